/* sysfile.h: the small text files in which a kernel describes itself. Local.
 *
 * Every path is taken below `root`: "" on a real machine, a folder with a made-up /proc and /sys in
 * tests. A file that is missing or unreadable is nothing unusual (containers, other kernels), so it
 * is told by the return value and is no error.
 */
#ifndef SCALEBAR_SYSFILE_H
#define SCALEBAR_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SB_SYSFILE_PATH = 1024 };

/* The file's first line without its end, cut to fit; false (and "") when it cannot be read. */
bool sb_sysfile_line(char *text, size_t bytes, const char *root, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* The non-negative number that the file begins with, -1 when there is none. A number beyond int64
 * gives INT64_MAX. */
int64_t sb_sysfile_number(const char *root, const char *path, ...)
    __attribute__((format(printf, 2, 3)));

/* The value of the line "key : value" or "key value" of a file, cut to fit: MemAvailable in
 * /proc/meminfo, "model name" in /proc/cpuinfo, inactive_file in memory.stat. The first such line
 * counts; false (and "") when there is none. */
bool sb_sysfile_value(char *text, size_t bytes, const char *root, const char *path,
                      const char *key);

/* The number in `text`, as sb_sysfile_number reads it. */
int64_t sb_sysfile_parse(const char *text);

#endif
