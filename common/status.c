#include "status.h"

#include <stdarg.h>
#include <stdio.h>

static char message[1024];

const char *sb_verdict_word(sb_verdict verdict) {
  switch (verdict) {
    case SB_PASS:
      return "PASS";
    case SB_WRONG:
      return "WRONG";
    case SB_SLOW:
      return "SLOW";
    case SB_FAILED:
      break;
  }
  return "ERROR";
}

sb_status sb_fail(sb_status code, const char *format, ...) {
  if (message[0] == '\0') {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
  }
  return code;
}

const char *sb_message(void) { return message; }

void sb_clear(void) { message[0] = '\0'; }
