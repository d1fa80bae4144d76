/* Text <-> value, for every type of option. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "options_parts.h"

const char *sb_shown(const char *text, char shown[SB_SHOWN_SIZE]) {
  const bool quote = text[0] == '\0' || strpbrk(text, " \t,;") != NULL;
  size_t n = 0;
  if (quote) shown[n++] = '"';
  for (const char *c = text; *c != '\0'; c++) {
    if (n > SB_SHOWN_SIZE - 16) {
      n += (size_t)snprintf(shown + n, SB_SHOWN_SIZE - n, "...");
      break;
    }
    const bool printable = *c >= ' ' && *c <= '~';
    n += (size_t)snprintf(shown + n, SB_SHOWN_SIZE - n, printable ? "%c" : "\\x%02x",
                          (unsigned char)*c);
  }
  if (quote) shown[n++] = '"';
  shown[n] = '\0';
  return shown;
}

const char *sb_place(const char *path, int line, char place[SB_PLACE_SIZE]) {
  const size_t keep = 160, length = strlen(path);
  const char *from = length > keep ? path + (length - keep) : path;
  size_t n = 0;
  if (from != path) n += (size_t)snprintf(place, SB_PLACE_SIZE, "...");
  for (; *from != '\0' && n < SB_PLACE_SIZE - 20; from++) {
    const bool printable = *from >= ' ' && *from <= '~';
    n += (size_t)snprintf(place + n, SB_PLACE_SIZE - n, printable ? "%c" : "\\x%02x",
                          (unsigned char)*from);
  }
  if (line > 0) snprintf(place + n, SB_PLACE_SIZE - n, ":%d", line);
  return place;
}

/* Digits from *text on; *text ends behind them. No digit is BAD. */
static sb_number read_digits(const char **text, int64_t *value) {
  const char *c = *text;
  bool too_large = false;
  *value = 0;
  for (; *c >= '0' && *c <= '9'; c++) {
    if (*value > (INT64_MAX - (*c - '0')) / 10) too_large = true;
    if (!too_large) *value = *value * 10 + (*c - '0');
  }
  const bool none = c == *text;
  *text = c;
  if (none) return SB_NUMBER_BAD;
  return too_large ? SB_NUMBER_TOO_LARGE : SB_NUMBER_GOOD;
}

/* *value becomes *value * base^exponent. Above 64 factors the product is 0 or 1, or too large. */
static sb_number multiply(int64_t *value, int64_t base, int64_t exponent) {
  for (int64_t i = 0; i < exponent && i < 64; i++) {
    if (base != 0 && *value > INT64_MAX / base) return SB_NUMBER_TOO_LARGE;
    *value *= base;
  }
  return SB_NUMBER_GOOD;
}

sb_number sb_read_whole(const char *text, int64_t *value) {
  const bool negative = *text == '-';
  const char *c = text + negative;
  int64_t mantissa = 0, exponent = 0;
  const sb_number first = read_digits(&c, &mantissa);
  if (first == SB_NUMBER_BAD) return SB_NUMBER_BAD;
  sb_number last = SB_NUMBER_GOOD;
  const char sign = *c;
  if (sign == 'e' || sign == 'E' || sign == '^') {
    c++;
    last = read_digits(&c, &exponent);
    if (last == SB_NUMBER_TOO_LARGE) exponent = INT64_MAX;
  }
  if (last == SB_NUMBER_BAD || *c != '\0') return SB_NUMBER_BAD;
  if (first == SB_NUMBER_TOO_LARGE) return SB_NUMBER_TOO_LARGE;
  int64_t result = sign == '^' ? 1 : mantissa;
  if (multiply(&result, sign == '^' ? mantissa : 10, exponent) != SB_NUMBER_GOOD)
    return SB_NUMBER_TOO_LARGE;
  *value = negative ? -result : result;
  return SB_NUMBER_GOOD;
}

sb_number sb_read_real(const char *text, double *value) {
  /* strtod also takes blanks, hexadecimals, "inf" and "nan". */
  if (strspn(text, "0123456789.eE+-") != strlen(text)) return SB_NUMBER_BAD;
  char *end;
  errno = 0;
  *value = strtod(text, &end);
  if (end == text || *end != '\0') return SB_NUMBER_BAD;
  return errno == ERANGE || !isfinite(*value) ? SB_NUMBER_TOO_LARGE : SB_NUMBER_GOOD;
}

/* Bytes of the UTF-8 sequence that `c` begins, 0 when it is none: overlong forms, surrogates, code
 * points above 10FFFF and the C1 control characters are not taken (RFC 3629, section 4). */
static size_t utf8_bytes(const unsigned char *c) {
  if (c[0] < 0x80) return 1;
  size_t more = 0;
  unsigned char low = 0x80, high = 0xbf; /* of the second byte */
  if (c[0] >= 0xc2 && c[0] <= 0xdf) more = 1;
  if (c[0] >= 0xe0 && c[0] <= 0xef) more = 2;
  if (c[0] >= 0xf0 && c[0] <= 0xf4) more = 3;
  if (c[0] == 0xc2) low = 0xa0;
  if (c[0] == 0xe0) low = 0xa0;
  if (c[0] == 0xed) high = 0x9f;
  if (c[0] == 0xf0) low = 0x90;
  if (c[0] == 0xf4) high = 0x8f;
  if (more == 0 || c[1] < low || c[1] > high) return 0;
  for (size_t i = 2; i <= more; i++) {
    if (c[i] < 0x80 || c[i] > 0xbf) return 0;
  }
  return more + 1;
}

bool sb_plain_text(const char *text) {
  const unsigned char *c = (const unsigned char *)text;
  while (*c != '\0') {
    const size_t bytes = utf8_bytes(c);
    if (bytes == 0 || *c < ' ' || *c == 0x7f) return false;
    c += bytes;
  }
  return true;
}

/* Index of `text` among the words of "a|b|c", -1 when it is none of them. */
static int choice_index(const char *choices, const char *text) {
  const size_t length = strlen(text);
  int index = 0;
  for (const char *word = choices; word != NULL; index++) {
    const char *bar = strchr(word, '|');
    const size_t size = bar != NULL ? (size_t)(bar - word) : strlen(word);
    if (size == length && length > 0 && memcmp(word, text, size) == 0) return index;
    word = bar != NULL ? bar + 1 : NULL;
  }
  return -1;
}

/* Reads `text`; NULL when it is good, else what is wrong with it. */
static const char *wrong_with(const sb_option *option, const char *text, sb_value *value) {
  sb_number number;
  const bool word = option->word != NULL && strcmp(text, option->word) == 0;
  switch (option->type) {
    case SB_INT:
      value->whole = 0;
      if (word) return NULL;
      number = sb_read_whole(text, &value->whole);
      if (number == SB_NUMBER_BAD) return "is not a whole number";
      if (number == SB_NUMBER_TOO_LARGE || value->whole < (int64_t)option->low ||
          value->whole > (int64_t)option->high)
        return "is out of range";
      return NULL;
    case SB_REAL:
      number = sb_read_real(text, &value->real);
      if (number == SB_NUMBER_BAD) return "is not a finite number";
      if (number == SB_NUMBER_TOO_LARGE || value->real < option->low || value->real > option->high)
        return "is out of range";
      return NULL;
    case SB_CHOICE:
      value->index = choice_index(option->choices, text);
      return value->index < 0 ? "is not one of its choices" : NULL;
    case SB_FLAG:
      value->index = strcmp(text, "yes") == 0;
      return value->index || strcmp(text, "no") == 0 ? NULL : "is neither yes nor no";
    case SB_TEXT:
      if (strlen(text) >= SB_TEXT_SIZE) return "is too long";
      if (text[0] == '\0') return "says nothing";
      if (!sb_plain_text(text)) return "holds a control character or is not UTF-8";
      memset(value->text, 0, SB_TEXT_SIZE);
      if (!word) memcpy(value->text, text, strlen(text));
      return NULL;
  }
  return "is of an unknown type";
}

sb_status sb_option_read(const sb_option *option, const char *text, const char *place,
                         sb_value *value) {
  const char *wrong = wrong_with(option, text, value);
  if (wrong == NULL) return SB_OK;
  char shown[SB_SHOWN_SIZE], allowed[SB_ALLOWED_SIZE];
  return sb_fail(SB_BAD_INPUT, "%s: %s = %s %s; allowed %s", place, option->key,
                 sb_shown(text, shown), wrong, sb_option_allowed(option, allowed));
}

static size_t value_bytes(const sb_option *option) {
  switch (option->type) {
    case SB_INT:
      return sizeof(int64_t);
    case SB_REAL:
      return sizeof(double);
    case SB_TEXT:
      return SB_TEXT_SIZE;
    default:
      return sizeof(int);
  }
}

void sb_option_store(const sb_option *option, const sb_value *value, void *values) {
  memcpy((char *)values + option->offset, value, value_bytes(option));
}

/* A decimal number, as short as 15 digits allow, that reads back as the same double. */
static void real_text(double value, char *text, size_t bytes) {
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, bytes, "%.*g", digits, value);
    if (strtod(text, NULL) == value) return;
  }
}

/* The bound of a range as a user may write it: large powers as 1e6 or 2^53. */
static void bound_text(double value, char *text, size_t bytes) {
  int exponent;
  if (value >= 1e6 && value == pow(10, round(log10(value)))) {
    snprintf(text, bytes, "1e%.0f", log10(value));
  } else if (value >= 1e6 && frexp(value, &exponent) == 0.5) {
    snprintf(text, bytes, "2^%d", exponent - 1);
  } else {
    real_text(value, text, bytes);
  }
}

const char *sb_option_allowed(const sb_option *option, char text[SB_ALLOWED_SIZE]) {
  char low[32], high[32];
  size_t n = 0;
  text[0] = '\0';
  switch (option->type) {
    case SB_INT:
    case SB_REAL:
      bound_text(option->low, low, sizeof low);
      bound_text(option->high, high, sizeof high);
      if (option->word != NULL) n = (size_t)snprintf(text, SB_ALLOWED_SIZE, "%s or ", option->word);
      snprintf(text + n, SB_ALLOWED_SIZE - n, "%s .. %s", low, high);
      break;
    case SB_CHOICE:
      for (const char *c = option->choices; *c != '\0' && n < SB_ALLOWED_SIZE - 3; c++)
        n += (size_t)snprintf(text + n, SB_ALLOWED_SIZE - n, *c == '|' ? ", " : "%c", *c);
      break;
    case SB_FLAG:
      snprintf(text, SB_ALLOWED_SIZE, "yes, no");
      break;
    case SB_TEXT:
      if (option->word != NULL) n = (size_t)snprintf(text, SB_ALLOWED_SIZE, "%s or ", option->word);
      snprintf(text + n, SB_ALLOWED_SIZE - n, "%s",
               option->choices != NULL ? option->choices : "a path");
      break;
  }
  return text;
}

/* Word number `index` of "a|b|c"; `beyond` when there are fewer. */
static void choice_text(const char *choices, int index, const char *beyond, char *text,
                        size_t bytes) {
  const char *word = choices;
  for (; index > 0 && word != NULL; index--) {
    const char *bar = strchr(word, '|');
    word = bar != NULL ? bar + 1 : NULL;
  }
  if (word == NULL) word = beyond != NULL ? beyond : "";
  snprintf(text, bytes, "%.*s", (int)strcspn(word, "|"), word);
}

void sb_option_text(const sb_option *option, const void *values, char *text, size_t bytes) {
  sb_value value;
  memcpy(&value, (const char *)values + option->offset, value_bytes(option));
  switch (option->type) {
    case SB_INT:
      if (value.whole == 0 && option->word != NULL) {
        snprintf(text, bytes, "%s", option->word);
      } else {
        snprintf(text, bytes, "%lld", (long long)value.whole);
      }
      break;
    case SB_REAL:
      real_text(value.real, text, bytes);
      break;
    case SB_CHOICE:
      choice_text(option->choices, value.index, option->word, text, bytes);
      break;
    case SB_FLAG:
      snprintf(text, bytes, "%s", value.index ? "yes" : "no");
      break;
    case SB_TEXT:
      snprintf(text, bytes, "%s",
               value.text[0] != '\0' || option->word == NULL ? value.text : option->word);
      break;
  }
}
