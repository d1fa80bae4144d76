#include "figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static sb_figure *append(sb_figures *figures, sb_figure figure) {
  if (figures->count == SB_FIGURES_MAX) return NULL;
  figures->figure[figures->count] = figure;
  return &figures->figure[figures->count++];
}

sb_figure *sb_figures_add(sb_figures *figures, const char *name, const char *long_name,
                          const char *unit, const char *udunit, double value) {
  return append(figures, (sb_figure){.name = name,
                                     .long_name = long_name,
                                     .unit = unit,
                                     .udunit = udunit,
                                     .value = value,
                                     .low = (double)NAN,
                                     .high = (double)NAN,
                                     .n = 1,
                                     .digits = 6});
}

sb_figure *sb_figures_add_count(sb_figures *figures, const char *name, const char *long_name,
                                int64_t count) {
  return append(figures, (sb_figure){.name = name,
                                     .long_name = long_name,
                                     .unit = "count",
                                     .udunit = "1",
                                     .value = (double)count,
                                     .count = count,
                                     .is_count = true,
                                     .low = (double)NAN,
                                     .high = (double)NAN,
                                     .n = 1,
                                     .digits = 6});
}

const char *sb_figure_text(const sb_figure *figure, char text[40]) {
  if (figure->is_count) {
    snprintf(text, 40, "%" PRId64, figure->count);
  } else {
    snprintf(text, 40, "%.*g", figure->digits, figure->value);
  }
  return text;
}
