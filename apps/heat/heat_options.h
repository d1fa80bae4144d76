/* heat_options.h: the keys of heat, the rules between them, and the sizes that follow from others.
 * Hooks of sb_app (app.h). */
#ifndef SCALEBAR_HEAT_OPTIONS_H
#define SCALEBAR_HEAT_OPTIONS_H

#include "heat.h"

extern const sb_option heat_options[];

sb_status heat_check_options(const sb_run *run, void *config);
sb_status heat_check_sized(const sb_run *run, void *config);
sb_status heat_grow(void *config, int64_t times);
sb_status heat_fill(void *config, double bytes);

/* The instruction set, as sb_isa_choose takes it. */
const char *heat_simd_name(const heat_config *config);

#endif
