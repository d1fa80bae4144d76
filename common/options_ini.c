/* INI text, through inih.
 *
 * inih splits a line into key and value. What it would let pass in silence is looked at here before
 * it sees the line: lines that it would cut in two, continuations, text behind "]". Its handler
 * knows no line number in many builds, so the lines are counted here.
 */
#include <ini.h>
#include <string.h>

#include "options_parts.h"

typedef struct {
  const char *path;
  const char *next, *end; /* what is left of the text */
  int line;               /* of the line that inih works on */
  bool waiting;           /* inih got a line that must hold a key, and has not given it back */
  bool in_section;
  sb_status status;
  const sb_ini_reader *reader;
  char text[SB_INI_LINE + 1]; /* of that line, for sentences */
} ini;

static sb_status refuse_line(ini *in, const char *what) {
  char place[SB_PLACE_SIZE], shown[SB_SHOWN_SIZE];
  return sb_fail(SB_BAD_INPUT, "%s: %s %s", sb_place(in->path, in->line, place),
                 sb_shown(in->text, shown), what);
}

/* "[name]" with nothing but a comment behind it; cuts the text at the end of the name. */
static sb_status take_section(ini *in) {
  char *close = strchr(in->text, ']');
  if (close == NULL) return refuse_line(in, "has no closing ]; write [section]");
  const char *rest = close + 1 + strspn(close + 1, " \t");
  if (*rest != '\0' && *rest != ';' && *rest != '#')
    return refuse_line(in, "has text behind ]; begin a new line");
  *close = '\0';
  char place[SB_PLACE_SIZE];
  in->in_section = true;
  return in->reader->section(in->reader->user, sb_place(in->path, in->line, place), in->text + 1);
}

/* Looks at the line in->text of `length` bytes in the file. */
static sb_status look_at_line(ini *in, size_t length) {
  char place[SB_PLACE_SIZE];
  const char *first = in->text + strspn(in->text, " \t");
  if (*first == '\0' || *first == ';' || *first == '#') {
    in->text[0] = '\0'; /* blank or comment */
    return SB_OK;
  }
  if (length > SB_INI_LINE)
    return sb_fail(SB_BAD_INPUT, "%s: the line has %zu characters; allowed are up to %d",
                   sb_place(in->path, in->line, place), length, SB_INI_LINE);
  for (const char *c = in->text; *c != '\0'; c++) {
    if ((*c >= '\0' && *c < ' ' && *c != '\t') || *c == 0x7f)
      return refuse_line(in, "holds a control character; only text is allowed");
  }
  if (first != in->text) return refuse_line(in, "is indented; begin lines without blanks");
  if (*first == '[') {
    const sb_status status = take_section(in);
    in->text[0] = '\0';
    return status;
  }
  if (strchr(in->text, '=') == NULL) return refuse_line(in, "has no '='; write key = value");
  if (!in->in_section) return refuse_line(in, "stands before any [section]; put one above it");
  in->waiting = true;
  return SB_OK;
}

/* Takes the next line of the text, without its end; false when there is none. */
static bool take_line(ini *in, size_t *length) {
  if (in->next == in->end) return false;
  const size_t left = (size_t)(in->end - in->next);
  const char *newline = memchr(in->next, '\n', left);
  *length = newline != NULL ? (size_t)(newline - in->next) : left;
  const char *begin = in->next;
  in->next += *length + (newline != NULL);
  in->line++;
  if (*length > 0 && begin[*length - 1] == '\r') --*length;
  const size_t kept = *length < SB_INI_LINE ? *length : SB_INI_LINE;
  memcpy(in->text, begin, kept);
  in->text[kept] = '\0';
  return true;
}

/* Works as fgets does, for inih. One call is one line. */
static char *next_line(char *buffer, int size, void *stream) {
  ini *in = stream;
  size_t length;
  if (in->status == SB_OK && in->waiting)
    in->status = refuse_line(in, "has no key; write key = value");
  if (in->status != SB_OK || !take_line(in, &length)) return NULL;
  in->status = look_at_line(in, length);
  if (in->status == SB_OK && strlen(in->text) + 2 > (size_t)size)
    in->status = refuse_line(in, "is longer than this build of inih can read");
  if (in->status != SB_OK) return NULL;
  snprintf(buffer, (size_t)size, "%s\n", in->text);
  return buffer;
}

/* inih's handler: non-zero when the key was taken. */
static int take_key(void *user, const char *section, const char *name, const char *value) {
  (void)section; /* inih cuts long names */
  ini *in = user;
  char place[SB_PLACE_SIZE], key[SB_SHOWN_SIZE], shown[SB_SHOWN_SIZE];
  sb_place(in->path, in->line, place);
  in->waiting = false;
  const char *hash = strchr(value, '#');
  if (name[0] == '\0') {
    in->status = refuse_line(in, "has no key; write key = value");
  } else if (hash != NULL && (hash == value || hash[-1] == ' ' || hash[-1] == '\t')) {
    in->status =
        sb_fail(SB_BAD_INPUT, "%s: %s = %s has '#' behind a blank; comments begin with ';'", place,
                sb_shown(name, key), sb_shown(value, shown));
  } else {
    in->status = in->reader->key(in->reader->user, place, in->line, name, value);
  }
  return in->status == SB_OK;
}

sb_status sb_ini_parse(const char *path, const char *text, size_t bytes,
                       const sb_ini_reader *reader) {
  ini in = {.path = path, .next = text, .end = text + bytes, .reader = reader};
  if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) in.next += 3; /* byte-order mark */

  const char *nul = memchr(text, '\0', bytes);
  if (nul != NULL) {
    char place[SB_PLACE_SIZE];
    for (const char *c = text; c < nul; c++) in.line += *c == '\n';
    return sb_fail(SB_BAD_INPUT, "%s: the line holds a NUL byte; only text is allowed",
                   sb_place(path, in.line + 1, place));
  }

  const int error = ini_parse_stream(next_line, &in, take_key, &in);
  if (in.status == SB_OK && error == -2) in.status = sb_fail(SB_NO_MEMORY, "%s: no memory", path);
  if (in.status == SB_OK && error != 0) in.status = refuse_line(&in, "cannot be read");
  return in.status;
}
