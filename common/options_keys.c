/* Keys: each belongs to one option, and comes once from each source. */
#include <string.h>

#include "options_parts.h"

enum { NEAR = 2, KEY_BYTES = 32 }; /* a near miss is at most NEAR edits away */

const sb_option *sb_parse_table(const sb_parse *parse, int table) {
  return table == 0 ? parse->set->table : sb_common_options;
}

void *sb_parse_values(const sb_parse *parse, int table) {
  return table == 0 ? parse->set->config : parse->set->common;
}

const sb_option *sb_key_find(const sb_parse *parse, const char *key, int *table, int *index) {
  for (*table = 0; *table < 2; ++*table) {
    const sb_option *options = sb_parse_table(parse, *table);
    for (*index = 0; options[*index].key != NULL; ++*index)
      if (strcmp(options[*index].key, key) == 0) return &options[*index];
  }
  return NULL;
}

static int least(int a, int b) { return a < b ? a : b; }

/* Edits that turn a into b: inserted, deleted, replaced, or two neighbours exchanged (optimal
 * string alignment; Damerau 1964). More than NEAR for texts that are too long to be near misses. */
static int distance(const char *a, const char *b) {
  const int m = (int)strnlen(a, KEY_BYTES), n = (int)strnlen(b, KEY_BYTES);
  int edits[KEY_BYTES][KEY_BYTES];
  if (m >= KEY_BYTES || n >= KEY_BYTES) return NEAR + 1;
  for (int i = 0; i <= m; i++) {
    for (int j = 0; j <= n; j++) {
      int best = i + j; /* right where i or j is 0 */
      if (i > 0 && j > 0) {
        best = least(edits[i - 1][j], edits[i][j - 1]) + 1;
        best = least(best, edits[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
          best = least(best, edits[i - 2][j - 2] + 1);
      }
      edits[i][j] = best;
    }
  }
  return edits[m][n];
}

/* The known word nearest to `key`, NULL when none is near. */
static const char *nearest(const sb_parse *parse, const char *key) {
  static const char *const actions[] = {"help", "version", "dry_run"};
  const char *best = NULL;
  int fewest = least(NEAR, (int)strnlen(key, KEY_BYTES) - 1) + 1; /* one letter is near to all */
  for (int table = 0; table < 2; table++) {
    for (const sb_option *o = sb_parse_table(parse, table); o->key != NULL; o++) {
      const int edits = distance(key, o->key);
      if (edits >= fewest) continue;
      fewest = edits;
      best = o->key;
    }
  }
  for (size_t i = 0; parse->source == SB_FROM_COMMAND_LINE && i < 3; i++) {
    const int edits = distance(key, actions[i]);
    if (edits >= fewest) continue;
    fewest = edits;
    best = i == 2 ? "dry-run" : actions[i];
  }
  return best;
}

sb_status sb_key_unknown(const sb_parse *parse, const char *place, const char *written,
                         const char *key) {
  char shown[SB_SHOWN_SIZE], hint[64] = "";
  const char *near = nearest(parse, key);
  if (near != NULL) snprintf(hint, sizeof hint, " (did you mean %s?)", near);
  return sb_fail(SB_BAD_INPUT, "%s: %s is not a key of %s%s; see %s --help", place,
                 sb_shown(written, shown), parse->set->app, hint, parse->set->program);
}

sb_status sb_key_give(sb_parse *parse, const char *place, int line, const char *key,
                      const char *value) {
  int table, index;
  sb_value read;
  const unsigned char bit = (unsigned char)(1U << parse->source);
  const sb_option *option = sb_key_find(parse, key, &table, &index);
  if (option == NULL) return sb_key_unknown(parse, place, key, key);
  if (parse->source == SB_FROM_SIZE_FILE && !option->sizes)
    return sb_fail(SB_BAD_INPUT, "%s: %s is not a size key; allowed here are size keys alone",
                   place, key);
  if (parse->given[table][index] & bit)
    return sb_fail(SB_BAD_INPUT, "%s: %s is given a second time; allowed is once", place, key);
  const sb_status status = sb_option_read(option, value, place, &read);
  if (status != SB_OK) return status;
  if (parse->given[table][index] == 0) {
    sb_option_store(option, &read, sb_parse_values(parse, table));
    parse->line[table][index] = line;
  }
  parse->given[table][index] |= bit;
  return SB_OK;
}

bool sb_key_given(const sb_parse *parse, const char *key) {
  int table, index;
  const unsigned user = 1U << SB_FROM_INPUT | 1U << SB_FROM_COMMAND_LINE;
  return sb_key_find(parse, key, &table, &index) != NULL && (parse->given[table][index] & user);
}

const char *sb_key_place(const sb_parse *parse, const char *key, char place[SB_PLACE_SIZE]) {
  int table, index;
  const bool from_file =
      sb_key_find(parse, key, &table, &index) != NULL && parse->line[table][index] > 0;
  if (from_file) return sb_place(parse->request->input, parse->line[table][index], place);
  snprintf(place, SB_PLACE_SIZE, "command line");
  return place;
}
