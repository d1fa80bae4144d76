/* figures.h: figures of merit, each with its unit. Local. */
#ifndef SCALEBAR_FIGURES_H
#define SCALEBAR_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

enum { SB_FIGURES_MAX = 64 };

typedef struct {
  const char *name;      /* "rate": printed as FOM <app>.rate, stored as /figures/rate */
  const char *long_name; /* one phrase, stored as long_name */
  const char *unit;      /* as printed: "sample/s" */
  const char *udunit;    /* as stored, what udunits parses: "s-1" */
  double value;
  int64_t count;    /* the value when is_count: exact beyond 2^53 */
  bool is_count;    /* stored as int64, printed without a fraction */
  double low, high; /* 95 % interval of the median, NaN where there is none */
  int n;            /* samples behind it, 1 for a single value */
  int digits;       /* significant digits printed, 6 unless the app asks for more */
} sb_figure;

typedef struct {
  sb_figure figure[SB_FIGURES_MAX];
  int count;
} sb_figures;

/* Adds a figure without interval. Strings must outlive the list. NULL when the list is full. */
sb_figure *sb_figures_add(sb_figures *figures, const char *name, const char *long_name,
                          const char *unit, const char *udunit, double value);
sb_figure *sb_figures_add_count(sb_figures *figures, const char *name, const char *long_name,
                                int64_t count);

/* As FOM lines show it: `digits` digits, all digits of a count. Returns `text`. */
const char *sb_figure_text(const sb_figure *figure, char text[40]);

#endif
