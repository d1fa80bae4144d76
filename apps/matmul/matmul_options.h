/* matmul_options.h: the keys of matmul, and how the problem grows. The hooks of sb_app. */
#ifndef SCALEBAR_MATMUL_OPTIONS_H
#define SCALEBAR_MATMUL_OPTIONS_H

#include "app.h"
#include "matmul_plan.h"

extern const sb_option matmul_options[];

sb_status matmul_check_options(const sb_run *run, void *config);
sb_status matmul_check_sized(const sb_run *run, void *config);
sb_status matmul_grow(void *config, int64_t times);
sb_status matmul_fill(void *config, double bytes);

const char *matmul_simd_name(const matmul_config *config);

#endif
