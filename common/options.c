/* The order of sources, and rules between keys. */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "options_parts.h"

/* A file of options, as it was read. */
typedef struct {
  char *text; /* NULL when there is none */
  size_t bytes;
} source_file;

static sb_status set_defaults(const sb_parse *parse) {
  memset(parse->set->config, 0, parse->set->config_size);
  memset(parse->set->common, 0, sizeof *parse->set->common);
  for (int table = 0; table < 2; table++) {
    const sb_option *options = sb_parse_table(parse, table);
    for (int i = 0; options[i].key != NULL; i++) {
      sb_value value;
      if (i >= SB_KEYS_MAX) return sb_fail(SB_INTERNAL, "more than %d keys", SB_KEYS_MAX);
      const sb_status status = sb_option_read(&options[i], options[i].initial, "default", &value);
      if (status != SB_OK) return status == SB_BAD_INPUT ? SB_INTERNAL : status;
      sb_option_store(&options[i], &value, sb_parse_values(parse, table));
    }
  }
  return SB_OK;
}

static sb_status take_section(void *user, const char *place, const char *name) {
  const sb_parse *parse = user;
  char shown[SB_SHOWN_SIZE];
  if (strcmp(name, parse->set->app) == 0) return SB_OK;
  return sb_fail(SB_BAD_INPUT, "%s: [%s] is not a section of this program; allowed [%s]", place,
                 sb_shown(name, shown), parse->set->app);
}

static sb_status take_key(void *user, const char *place, int line, const char *key,
                          const char *value) {
  return sb_key_give(user, place, line, key, value);
}

static sb_status read_source(sb_parse *parse, sb_source source, const char *path, const char *place,
                             source_file *file) {
  const sb_ini_reader reader = {.section = take_section, .key = take_key, .user = parse};
  const sb_status status = sb_file_read(path, place, &file->text, &file->bytes);
  if (status != SB_OK) return status;
  parse->source = source;
  return sb_ini_parse(path, file->text, file->bytes, &reader);
}

/* The named size gives the size keys that the user did not. */
static sb_status read_size(sb_parse *parse, source_file *file) {
  sb_request *request = parse->request;
  char name[32], below[128], place[64];
  sb_option_text(&sb_common_options[0], parse->set->common, name, sizeof name);
  snprintf(place, sizeof place, "size = %s", name);
  snprintf(below, sizeof below, "inputs/%s/%s.ini", parse->set->app, name);
  const sb_status status = sb_share_path(below, request->size_file, sizeof request->size_file);
  if (status != SB_OK) return status;
  return read_source(parse, SB_FROM_SIZE_FILE, request->size_file, place, file);
}

/* A problem that the user shaped is not the named one. */
static void mark_custom(const sb_parse *parse) {
  for (int table = 0; table < 2; table++) {
    for (const sb_option *o = sb_parse_table(parse, table); o->key != NULL; o++)
      if (o->sizes && sb_key_given(parse, o->key)) parse->set->common->size = SB_SIZE_CUSTOM;
  }
  if (parse->set->common->memory > 0) parse->set->common->size = SB_SIZE_CUSTOM;
}

/* Where else than at `place` a key was given, in brackets: " (run.ini:3)"; "" where it was there.
 */
static const char *elsewhere(const sb_parse *parse, const char *key, const char *place,
                             char text[SB_PLACE_SIZE + 4]) {
  char other[SB_PLACE_SIZE];
  text[0] = '\0';
  if (strcmp(sb_key_place(parse, key, other), place) != 0)
    snprintf(text, SB_PLACE_SIZE + 4, " (%s)", other);
  return text;
}

/* memory= would replace what these keys say, and the results would not tell. */
static sb_status check_memory(const sb_parse *parse) {
  if (parse->set->common->memory <= 0.0) return SB_OK;
  for (int table = 0; table < 2; table++) {
    for (const sb_option *o = sb_parse_table(parse, table); o->key != NULL; o++) {
      char place[SB_PLACE_SIZE], other[SB_PLACE_SIZE + 4], value[SB_TEXT_SIZE];
      if (!o->by_memory || !sb_key_given(parse, o->key)) continue;
      sb_option_text(o, sb_parse_values(parse, table), value, sizeof value);
      sb_key_place(parse, o->key, place);
      return sb_fail(
          SB_BAD_INPUT,
          "%s: %s = %s and memory = %.15g%s both set the size of the problem; allowed is "
          "one of the two",
          place, o->key, value, parse->set->common->memory,
          elsewhere(parse, "memory", place, other));
    }
  }
  return SB_OK;
}

/* Of min_reps and max_reps, one given alone moves the default of the other. */
static sb_status check_reps(const sb_parse *parse) {
  sb_common *common = parse->set->common;
  char place[SB_PLACE_SIZE];
  if (common->min_reps <= common->max_reps) return SB_OK;
  if (!sb_key_given(parse, "min_reps")) {
    common->min_reps = common->max_reps;
  } else if (!sb_key_given(parse, "max_reps")) {
    common->max_reps = common->min_reps;
  } else {
    return sb_fail(SB_BAD_INPUT, "%s: min_reps = %lld is above max_reps; allowed 1 .. %lld",
                   sb_key_place(parse, "min_reps", place), (long long)common->min_reps,
                   (long long)common->max_reps);
  }
  return SB_OK;
}

/* An output must not take the place of what the run reads or writes beside it. */
static sb_status check_output(const sb_parse *parse, const char *key, const char *path) {
  const sb_common *common = parse->set->common;
  char place[SB_PLACE_SIZE], name[SB_PLACE_SIZE];
  if (path[0] == '\0') return SB_OK;
  sb_key_place(parse, key, place);
  const bool input = parse->request->input[0] != '\0' && sb_file_same(path, parse->request->input);
  if (input || sb_file_same(path, parse->request->size_file) ||
      (common->expect[0] != '\0' && sb_file_same(path, common->expect)))
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s is a file that this run reads; name another", place,
                   key, sb_place(path, 0, name));
  if (path == common->json && common->output[0] != '\0' && sb_file_same(path, common->output))
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s is the output file too; name another", place, key,
                   sb_place(path, 0, name));
  return sb_file_check_output(path, key, place);
}

static sb_status check(const sb_parse *parse) {
  const sb_common *common = parse->set->common;
  sb_status status = SB_OK;
  char place[SB_PLACE_SIZE];
  SB_TRY(check_reps(parse));
  if (common->expect[0] != '\0')
    SB_TRY(sb_file_check_input(common->expect, "expect", sb_key_place(parse, "expect", place)));
  SB_TRY(check_output(parse, "output", common->output));
  SB_TRY(check_output(parse, "json", common->json));
cleanup:
  return status;
}

sb_status sb_options_parse(const sb_option_set *set, int argc, char **argv, sb_request *request) {
  sb_status status = SB_OK;
  sb_parse parse = {.set = set, .request = request, .source = SB_FROM_COMMAND_LINE};
  source_file input = {NULL, 0}, size = {NULL, 0};
  memset(request, 0, sizeof *request);

  SB_TRY(set_defaults(&parse));
  SB_TRY(sb_args_parse(&parse, argc, argv));
  if (request->action == SB_HELP || request->action == SB_VERSION) goto cleanup;
  if (request->input[0] != '\0')
    SB_TRY(read_source(&parse, SB_FROM_INPUT, request->input, "command line", &input));
  SB_TRY(check_memory(&parse));
  SB_TRY(read_size(&parse, &size));
  mark_custom(&parse);
  SB_TRY(check(&parse));

  request->seed_given = sb_key_given(&parse, "seed");
  request->memory_given = sb_key_given(&parse, "memory");
  const sb_piece pieces[] = {{size.text, size.bytes}, {input.text, input.bytes}};
  sb_sha256(pieces, 2, request->input_sha256);

cleanup:
  free(input.text);
  free(size.text);
  return status;
}
