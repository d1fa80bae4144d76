/* The command line. */
#include <string.h>

#include "options_parts.h"

#define HERE "command line"

/* Adds to the stored command line; what does not fit ends it in "...". */
static void remember(sb_request *request, const char *before, const char *text) {
  const size_t n = strlen(request->command_line), room = SB_TEXT_SIZE - n;
  /* What a shell reads as one plain word stands as it is. */
  const bool plain = text[strspn(text,
                                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789_-+=.,:/@%^")] == '\0';
  const int length =
      snprintf(request->command_line + n, room, plain ? "%s%s" : "%s'%s'", before, text);
  if (length >= (int)room) memcpy(request->command_line + SB_TEXT_SIZE - 4, "...", 4);
}

/* The last name of a path, slashes at its end included: "/home/me/run.ini" -> "run.ini". */
static const char *base_name(const char *path) {
  const char *base = path;
  for (const char *c = path; *c != '\0'; c++)
    if (*c == '/' && c[1] != '/' && c[1] != '\0') base = c + 1;
  return base;
}

static sb_status take_input(sb_parse *parse, const char *path) {
  sb_request *request = parse->request;
  char shown[SB_SHOWN_SIZE], first[SB_SHOWN_SIZE], key[SB_SHOWN_SIZE];
  const size_t length = strcspn(path, "=");
  if (path[length] == '=' && length < sizeof key) {
    int table, index;
    snprintf(key, sizeof key, "%.*s", (int)length, path);
    if (sb_key_find(parse, key, &table, &index) != NULL)
      return sb_fail(SB_BAD_INPUT, HERE ": %s is not an option; write --%s=VALUE",
                     sb_shown(path, shown), key);
  }
  if (path[0] == '\0') return sb_fail(SB_BAD_INPUT, HERE ": an argument is empty; leave it out");
  if (path[0] == '-')
    return sb_fail(SB_BAD_INPUT, HERE ": %s is not an option; options begin with --, see %s --help",
                   sb_shown(path, shown), parse->set->program);
  if (request->input[0] != '\0')
    return sb_fail(SB_BAD_INPUT, HERE ": %s is a second input file after %s; allowed is one",
                   sb_shown(path, shown), sb_shown(request->input, first));
  if (strlen(path) >= SB_TEXT_SIZE || !sb_plain_text(path))
    return sb_fail(SB_BAD_INPUT,
                   HERE
                   ": %s is no path that can be read; allowed are up to %d"
                   " bytes of UTF-8 without control characters",
                   sb_shown(path, shown), SB_TEXT_SIZE - 1);
  snprintf(request->input, sizeof request->input, "%s", path);
  remember(request, " ", base_name(path));
  return SB_OK;
}

/* argv[*i] is "--key=value", or "--key" with its value in argv[*i + 1], to which *i moves. */
static sb_status take_option(sb_parse *parse, int argc, char **argv, int *i) {
  char key[SB_SHOWN_SIZE], allowed[SB_ALLOWED_SIZE], before[SB_SHOWN_SIZE + 8];
  const char *written = argv[*i], *name = written + 2;
  const size_t length = strcspn(name, "=");
  int table, index;
  snprintf(key, sizeof key, "%.*s", (int)(length < sizeof key ? length : sizeof key - 1), name);
  for (char *c = key; *c != '\0'; c++)
    if (*c == '-') *c = '_';

  const sb_option *option = sb_key_find(parse, key, &table, &index);
  if (option == NULL) {
    snprintf(before, sizeof before, "--%.*s", (int)(length < sizeof key ? length : sizeof key - 1),
             name);
    return sb_key_unknown(parse, HERE, before, key);
  }
  const char *value = NULL;
  if (name[length] == '=') value = name + length + 1;
  /* A value that begins with -- is far more often a forgotten value; --key=--value says it. */
  const bool joined = value != NULL;
  if (!joined && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0) value = argv[++*i];
  if (value == NULL)
    return sb_fail(SB_BAD_INPUT, HERE ": --%s has no value; allowed %s", key,
                   sb_option_allowed(option, allowed));
  const sb_status status = sb_key_give(parse, HERE, 0, key, value);
  if (status != SB_OK) return status;
  snprintf(before, sizeof before, " --%s%s", key, joined ? "=" : " ");
  remember(parse->request, before, option->type == SB_TEXT ? base_name(value) : value);
  return SB_OK;
}

static const struct {
  const char *text;
  sb_action action;
} actions[] = {{"--help", SB_HELP},
               {"--version", SB_VERSION},
               {"--dry-run", SB_DRY_RUN},
               {"--dry_run", SB_DRY_RUN}};

static sb_action action_of(const char *argument) {
  for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
    if (strcmp(argument, actions[i].text) == 0) return actions[i].action;
  return SB_RUN;
}

sb_status sb_args_parse(sb_parse *parse, int argc, char **argv) {
  sb_request *request = parse->request;
  remember(request, "", parse->set->program);

  /* Who asks for help gets it, whatever else is wrong. */
  for (int i = 1; i < argc; i++) {
    const sb_action action = action_of(argv[i]);
    if (action == SB_HELP || action == SB_VERSION) {
      request->action = action;
      return SB_OK;
    }
  }
  for (int i = 1; i < argc; i++) {
    sb_status status = SB_OK;
    if (action_of(argv[i]) == SB_DRY_RUN) {
      request->action = SB_DRY_RUN;
      remember(request, " ", "--dry-run");
    } else if (strncmp(argv[i], "--", 2) == 0) {
      status = take_option(parse, argc, argv, &i);
    } else {
      status = take_input(parse, argv[i]);
    }
    if (status != SB_OK) return status;
  }
  return SB_OK;
}
