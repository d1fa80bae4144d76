/* probe_options.h: the keys of probe, and the rules between them: hooks of app.h. */
#ifndef SCALEBAR_PROBE_OPTIONS_H
#define SCALEBAR_PROBE_OPTIONS_H

#include "probe.h"

extern const sb_option probe_options[];

/* What the key `simd` names. Local. */
const char *probe_simd_name(const probe_config *config);

sb_status probe_grow(void *config, int64_t times);
sb_status probe_fill(void *config, double bytes);
sb_status probe_check_options(const sb_run *run, void *config);

#endif
