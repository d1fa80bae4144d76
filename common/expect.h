/* expect.h: reference files (key `expect`): how fast a run on this machine should be. Local.
 *
 * A reference file is INI text. A section names a program and one way to run it; a line in it names
 * a figure of merit, its value with unit, and how far below and above it a run may lie, as
 * fractions of the value ("none": without bound):
 *
 *   [heat_mpi size=medium nodes=1 ranks=8 threads=1]
 *   rate = 3.1e9 cell/s, -0.05, none        ; at least 95 % of the reference
 *   time = 0.0102 s, none, 0.05             ; at most 105 %
 *
 * The figure that is compared is the median. A figure outside its bounds on either side makes the
 * run SLOW: the file's writer says which side is bad by bounding it. Comments begin with ';'.
 */
#ifndef SCALEBAR_EXPECT_H
#define SCALEBAR_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "figures.h"
#include "status.h"

typedef struct {
  char name[64], unit[32]; /* "rate", "cell/s" */
  double value;            /* > 0 */
  double lower, upper;     /* fractions: -1 .. 0 and 0 .. 1e6; -INFINITY and INFINITY: no bound */
  char place[256];         /* "machine.ini:12" */
} sb_expectation;

typedef struct {
  sb_expectation item[SB_FIGURES_MAX];
  int count;
} sb_expectations;

/* Reads the section of this run. Errors (SB_BAD_INPUT, file and line): a line or section anywhere
 * in the file that is not of the form above, a figure or section given twice, a line without any
 * bound; no section for this run; one without figures. */
sb_status sb_expect_read(const char *path, const char *program, const char *size, int nodes,
                         int ranks, int threads, sb_expectations *expected);

/* Compares one expectation with the figure of its name.
 *
 *   within   [out] false when the figure is outside its bounds or not finite: the run is SLOW
 *   sentence [out] "rate 2.1e+09 cell/s is 32.3 % below 3.1e+09 (allowed 5 %)"
 *
 * Errors (SB_BAD_INPUT): the run has no such figure, or has it in another unit. */
sb_status sb_expect_compare(const sb_expectation *expectation, const sb_figures *figures,
                            bool *within, char *sentence, size_t bytes);

#endif
