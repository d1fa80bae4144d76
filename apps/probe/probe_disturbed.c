#include "probe_disturbed.h"

#include <string.h>

/* Whether the names are X_all and X_core. */
static bool belong(const char *all, const char *core) {
  const size_t length = strlen(all);
  if (length < 4 || strcmp(all + length - 4, "_all") != 0) return false;
  return strncmp(all, core, length - 3) == 0 && strcmp(core + length - 3, "core") == 0;
}

int probe_disturbed(const sb_figures *figures, int start, int *core) {
  for (int i = start; i < figures->count; i++) {
    for (int k = 0; k < figures->count; k++) {
      const sb_figure *all = &figures->figure[i], *one = &figures->figure[k];
      if (belong(all->name, one->name) && all->value < PROBE_DISTURBED * one->value) {
        *core = k;
        return i;
      }
    }
  }
  return -1;
}
