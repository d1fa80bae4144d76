/* timing.h: the clock, and the phases that a repetition's time is split into. Local. */
#ifndef SCALEBAR_TIMING_H
#define SCALEBAR_TIMING_H

/* What a rank does with its time. Only SB_COMPUTE counts as useful work (POP: time outside
 * communication). HDF5's own communication counts as SB_IO. */
typedef enum { SB_COMPUTE, SB_COMMUNICATE, SB_WAIT, SB_IO, SB_PHASES } sb_phase;

/* "compute", "communicate", "wait", "io": names of the datasets in /timing. */
const char *sb_phase_name(sb_phase phase);

typedef struct {
  double seconds[SB_PHASES]; /* spent in each phase since sb_clock_reset */
  double since;              /* when the present phase began */
  sb_phase now;
} sb_clock;

/* Seconds on a clock that never goes back (CLOCK_MONOTONIC); its zero means nothing. */
double sb_now(void);

/* The date and time of day, "2026-01-31T12:00:00Z". */
enum { SB_UTC_TEXT = 32 };
void sb_utc(char text[SB_UTC_TEXT]);

/* Cost of one sb_now call in seconds, measured when first asked (median of batches). */
double sb_now_cost(void);

void sb_clock_reset(sb_clock *clock, sb_phase first);

/* Ends the present phase and begins `phase`. Two clock reads a repetition cost some 50 ns. */
void sb_clock_enter(sb_clock *clock, sb_phase phase);

/* Ends the present phase; the clock stands until the next sb_clock_enter. */
void sb_clock_stop(sb_clock *clock);

#endif
