#include "efficiency.h"

#include <math.h>

static double quotient(double part, double whole) {
  return whole > 0.0 ? part / whole : (double)NAN;
}

sb_efficiency sb_efficiency_from(double useful_mean, double useful_max, double elapsed) {
  return (sb_efficiency){.load_balance = quotient(useful_mean, useful_max),
                         .communication_efficiency = quotient(useful_max, elapsed),
                         .parallel_efficiency = quotient(useful_mean, elapsed)};
}

sb_efficiency sb_efficiency_of(sb_comm *comm, const sb_measurement *measurement) {
  double useful = 0.0, elapsed = 0.0;
  for (int rep = 0; rep < measurement->reps; rep++) {
    useful += measurement->phase[rep * SB_PHASES + SB_COMPUTE];
    elapsed += measurement->elapsed[rep];
  }
  double sum = useful, maximum = useful;
  sb_comm_sum_f64(comm, &sum, 1);
  sb_comm_max_f64(comm, &maximum, NULL, 1);
  return sb_efficiency_from(sum / sb_comm_size(comm), maximum, elapsed);
}
