#include "results_text.h"

#include <stdint.h>

size_t sb_utf8_length(const char *text) {
  const unsigned char first = (unsigned char)text[0];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  uint32_t code = first & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    const unsigned char next = (unsigned char)text[i];
    if ((next & 0xc0U) != 0x80U) return 0;
    code = code << 6 | (next & 0x3fU);
  }
  const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
  return length;
}

void sb_utf8_clean(char *text) {
  while (*text != '\0') {
    const size_t length = sb_utf8_length(text);
    if (length == 0) *text = '?';
    text += length > 0 ? length : 1;
  }
}
