/* fft_options.h: the keys of fft, the rules between them, and how its problem grows. */
#ifndef SCALEBAR_FFT_OPTIONS_H
#define SCALEBAR_FFT_OPTIONS_H

#include "fft_plan.h"

extern const sb_option fft_options[];

/* Hooks of sb_app. */
sb_status fft_check_options(const sb_run *run, void *config);
sb_status fft_check_sized(const sb_run *run, void *config);
sb_status fft_grow(void *config, int64_t times);
sb_status fft_fill_memory(void *config, double bytes);

#endif
