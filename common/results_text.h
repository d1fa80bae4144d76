/* results_text.h: text that may go into any file: UTF-8. Local. */
#ifndef SCALEBAR_RESULTS_TEXT_H
#define SCALEBAR_RESULTS_TEXT_H

#include <stddef.h>

/* Bytes of the UTF-8 character at `text` (1 .. 4), 0 where there is none: a stray or cut sequence,
 * an overlong form, a surrogate, beyond U+10FFFF (RFC 3629). `text` ends in NUL. */
size_t sb_utf8_length(const char *text);

/* Replaces every byte that is not part of a UTF-8 character by '?', so lengths stay. */
void sb_utf8_clean(char *text);

#endif
