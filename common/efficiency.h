/* efficiency.h: how well the ranks were used, by the definitions of POP (Performance Optimisation
 * and Productivity, pop-coe.eu, "standard metrics").
 *
 * With U_i the time that rank i computed, outside communication and outside of I/O, which counts as
 * lost, and T the run time:
 *   load balance             = mean of U / max of U
 *   communication efficiency = max of U / T
 *   parallel efficiency      = their product = mean of U / T
 */
#ifndef SCALEBAR_EFFICIENCY_H
#define SCALEBAR_EFFICIENCY_H

#include "comm.h"
#include "repeat.h"

typedef struct {
  double load_balance, communication_efficiency, parallel_efficiency; /* 0 .. 1 */
} sb_efficiency;

/* From mean and maximum of the ranks' useful time and the run time, all in s. NaN where a quotient
 * has no meaning: nobody did useful work, or no time passed. Local. */
sb_efficiency sb_efficiency_from(double useful_mean, double useful_max, double elapsed);

/* Over all samples of a measurement together. Same answer on all ranks. Collective. */
sb_efficiency sb_efficiency_of(sb_comm *comm, const sb_measurement *measurement);

#endif
