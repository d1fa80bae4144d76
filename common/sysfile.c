#include "sysfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_below(const char *root, const char *path, va_list arguments) {
  char name[SB_SYSFILE_PATH];
  const int front = snprintf(name, sizeof name, "%s", root);
  if (front < 0 || (size_t)front >= sizeof name) return NULL;
  const size_t room = sizeof name - (size_t)front;
  const int back = vsnprintf(name + front, room, path, arguments);
  if (back < 0 || (size_t)back >= room) return NULL;
  return fopen(name, "r");
}

static bool first_line(FILE *file, char *text, size_t bytes) {
  text[0] = '\0';
  if (file == NULL) return false;
  const bool read = fgets(text, (int)bytes, file) != NULL;
  fclose(file);
  if (!read) text[0] = '\0';
  text[strcspn(text, "\n")] = '\0';
  return read;
}

bool sb_sysfile_line(char *text, size_t bytes, const char *root, const char *path, ...) {
  va_list arguments;
  va_start(arguments, path);
  FILE *file = open_below(root, path, arguments);
  va_end(arguments);
  return first_line(file, text, bytes);
}

int64_t sb_sysfile_parse(const char *text) {
  if (!isdigit((unsigned char)text[0])) return -1;
  const long long value = strtoll(text, NULL, 10); /* saturates */
  return value;
}

int64_t sb_sysfile_number(const char *root, const char *path, ...) {
  char text[64];
  va_list arguments;
  va_start(arguments, path);
  FILE *file = open_below(root, path, arguments);
  va_end(arguments);
  return first_line(file, text, sizeof text) ? sb_sysfile_parse(text) : -1;
}

/* Where the value begins if `line` is "key : value" or, without a colon, "key value"; else NULL. */
static const char *value_of(const char *line, const char *key) {
  const size_t length = strlen(key);
  if (strncmp(line, key, length) != 0) return NULL;
  const char *colon = strchr(line, ':');
  const char *rest = line + length;
  const size_t blanks = strspn(rest, " \t");
  rest += blanks;
  if (colon != NULL) return rest == colon ? rest + 1 + strspn(rest + 1, " \t") : NULL;
  return blanks > 0 ? rest : NULL;
}

bool sb_sysfile_value(char *text, size_t bytes, const char *root, const char *path,
                      const char *key) {
  text[0] = '\0';
  char name[SB_SYSFILE_PATH];
  const int length = snprintf(name, sizeof name, "%s%s", root, path);
  if (length < 0 || (size_t)length >= sizeof name) return false;
  FILE *file = fopen(name, "r");
  if (file == NULL) return false;
  char *line = NULL;
  size_t room = 0;
  bool found = false;
  while (!found && getline(&line, &room, file) >= 0) {
    const char *value = value_of(line, key);
    if (value == NULL) continue;
    found = true;
    snprintf(text, bytes, "%s", value);
    text[strcspn(text, "\n")] = '\0';
  }
  free(line);
  fclose(file);
  return found;
}
