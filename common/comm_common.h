/* comm_common.h: what comm_mpi.c and comm_self.c share. Local. */
#ifndef SCALEBAR_COMM_COMMON_H
#define SCALEBAR_COMM_COMMON_H

#include <stdint.h>

enum { SB_HOST_SIZE = 64 };

/* This host's name up to the first dot, cut to fit; "unknown" where there is none. */
void sb_host_name(char host[SB_HOST_SIZE]);

/* `code` brought into 1..125, the exit codes that every launcher and shell passes on as they are.
 */
int sb_exit_code(int code);

/* Doubles as integers of the same order, for reductions: NaN is the largest, whatever its sign,
 * then +Inf; so a maximum over these cannot lose bad news. */
int64_t sb_ordered_from_double(double value);
double sb_double_from_ordered(int64_t ordered);

/* The whole number > 0 in an environment variable, or `otherwise`. */
int sb_environment_int(const char *name, int otherwise);

#endif
