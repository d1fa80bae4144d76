/* faulty.h: what the test programs' two kinds of fault share. Local. */
#ifndef SCALEBAR_FAULTY_H
#define SCALEBAR_FAULTY_H

#include <stdbool.h>
#include <stddef.h>

/* The rank of this process once setup was called, -1 before. */
extern int faulty_rank;

/* The word after "key=" in the environment variable `name`, which holds words between blanks; false
 * (and "") when there is none. */
bool faulty_word(const char *name, const char *key, char *text, size_t bytes);

/* The same as a number, or `otherwise`. */
long faulty_number(const char *name, const char *key, long otherwise);

/* Says on stderr that a fault was planted, so that a test knows that it came to it. */
void faulty_say(const char *what, long number);

#endif
