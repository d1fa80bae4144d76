#include "probe_quanta.h"

#include <math.h>

void probe_quanta_add(probe_quanta *quanta, double seconds) {
  quanta->count++;
  quanta->sum += seconds;
  quanta->least = fmin(quanta->least, seconds);
  quanta->most = fmax(quanta->most, seconds);
}

double probe_quanta_loss(const probe_quanta *quanta) {
  return 1.0 - quanta->least / (quanta->sum / (double)quanta->count);
}

double probe_quanta_detour(const probe_quanta *quanta) { return quanta->most - quanta->least; }
