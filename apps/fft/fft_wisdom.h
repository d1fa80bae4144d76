/* fft_wisdom.h: FFTW's choices, kept in a file. Collective.
 */
#ifndef SCALEBAR_FFT_WISDOM_H
#define SCALEBAR_FFT_WISDOM_H

#include "app.h"

/* Gives all ranks what the file says. A file that is not there is no error; what another version of
 * FFTW wrote, and this one does not take, is a warning. SB_BAD_INPUT: it is none of FFTW's, cannot
 * be read, or would be new in a folder that takes none. SB_NO_MEMORY. */
sb_status fft_wisdom_read(const sb_run *run, const char *path);

/* Writes what FFTW of rank 0 knows by now, the file whole or not at all. SB_FAILED_WRITE */
sb_status fft_wisdom_write(const sb_run *run, const char *path);

#endif
