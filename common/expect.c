#include "expect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "options_parts.h"

/* What a section names, and what the run is. */
typedef struct {
  char program[64], size[32];
  int64_t nodes, ranks, threads;
} setting;

typedef struct {
  setting run;
  bool found, mine; /* the run's section was seen; the present section is it */
  sb_expectations *expected;
  sb_expectations other; /* of the present section, when it is not the run's: read all the same */
} reading;

#define FORM "allowed [program size=WORD nodes=N ranks=N threads=N]"

/* Reads "key=value" of a section's name into the setting. A key given before is refused. */
static bool take_word(setting *s, const char *word) {
  const struct {
    const char *key;
    int64_t *value;
  } numbers[] = {{"nodes=", &s->nodes}, {"ranks=", &s->ranks}, {"threads=", &s->threads}};
  if (strncmp(word, "size=", 5) == 0) {
    const bool good = s->size[0] == '\0' && word[5] != '\0' && strlen(word + 5) < sizeof s->size;
    if (good) memcpy(s->size, word + 5, strlen(word + 5) + 1);
    return good;
  }
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    const size_t length = strlen(numbers[i].key);
    if (strncmp(word, numbers[i].key, length) != 0) continue;
    return *numbers[i].value == 0 &&
           sb_read_whole(word + length, numbers[i].value) == SB_NUMBER_GOOD &&
           *numbers[i].value > 0;
  }
  if (s->program[0] != '\0' || strchr(word, '=') != NULL || strlen(word) >= sizeof s->program)
    return false;
  memcpy(s->program, word, strlen(word) + 1);
  return true;
}

static sb_status take_section(void *user, const char *place, const char *name) {
  reading *r = user;
  setting s = {.nodes = 0};
  char copy[SB_INI_LINE + 1], shown[SB_SHOWN_SIZE], *rest = NULL;
  bool good = true;
  snprintf(copy, sizeof copy, "%s", name);
  for (char *word = strtok_r(copy, " \t", &rest); word != NULL && good;
       word = strtok_r(NULL, " \t", &rest)) {
    good = take_word(&s, word);
  }
  if (!good || s.program[0] == '\0' || s.size[0] == '\0' || s.nodes == 0 || s.ranks == 0 ||
      s.threads == 0)
    return sb_fail(SB_BAD_INPUT, "%s: section [%s] is malformed; " FORM, place,
                   sb_shown(name, shown));

  r->mine = strcmp(s.program, r->run.program) == 0 && strcmp(s.size, r->run.size) == 0 &&
            s.nodes == r->run.nodes && s.ranks == r->run.ranks && s.threads == r->run.threads;
  if (r->mine && r->found)
    return sb_fail(SB_BAD_INPUT, "%s: section [%s] is given a second time; allowed is once", place,
                   sb_shown(name, shown));
  r->found = r->found || r->mine;
  r->other.count = 0;
  return SB_OK;
}

/* A fraction within low .. high, or "none". */
static bool read_fraction(const char *text, double low, double high, double none, double *value) {
  *value = none;
  if (strcmp(text, "none") == 0) return true;
  return sb_read_real(text, value) == SB_NUMBER_GOOD && *value >= low && *value <= high;
}

/* Cuts blanks off both ends, in place. */
static char *trimmed(char *text) {
  text += strspn(text, " \t");
  size_t n = strlen(text);
  while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t')) n--;
  text[n] = '\0';
  return text;
}

/* Reads "3.1e9 cell/s, -0.05, none"; NULL when it is good, else what is wrong. */
static const char *read_line(const char *line, sb_expectation *e) {
  char copy[SB_INI_LINE + 1];
  snprintf(copy, sizeof copy, "%s", line);
  char *lower = strchr(copy, ',');
  char *upper = lower != NULL ? strchr(lower + 1, ',') : NULL;
  if (upper == NULL || strchr(upper + 1, ',') != NULL) return "does not have three parts";
  *lower++ = '\0';
  *upper++ = '\0';

  char *value = trimmed(copy);
  char *unit = value + strcspn(value, " \t");
  if (*unit == '\0') return "has no unit";
  *unit++ = '\0';
  unit = trimmed(unit);
  if (strpbrk(unit, " \t") != NULL || strlen(unit) >= sizeof e->unit)
    return "has no unit of one word";
  memcpy(e->unit, unit, strlen(unit) + 1);
  if (sb_read_real(value, &e->value) != SB_NUMBER_GOOD || e->value <= 0)
    return "has no value above 0";
  if (!read_fraction(trimmed(lower), -1, 0, -INFINITY, &e->lower))
    return "has a lower fraction outside -1 .. 0";
  if (!read_fraction(trimmed(upper), 0, 1e6, INFINITY, &e->upper))
    return "has an upper fraction outside 0 .. 1e6";
  if (isinf(e->lower) && isinf(e->upper)) return "bounds nothing";
  return NULL;
}

static sb_status take_key(void *user, const char *place, int line, const char *key,
                          const char *value) {
  reading *r = user;
  sb_expectations *list = r->mine ? r->expected : &r->other;
  sb_expectation e;
  char shown[SB_SHOWN_SIZE], key_shown[SB_SHOWN_SIZE];
  (void)line; /* in `place` */
  sb_shown(key, key_shown);
  const char *wrong = read_line(value, &e);
  if (wrong != NULL)
    return sb_fail(SB_BAD_INPUT,
                   "%s: %s = %s %s; allowed VALUE UNIT, LOWER, UPPER, such as "
                   "3.1e9 cell/s, -0.05, none",
                   place, key_shown, sb_shown(value, shown), wrong);
  for (int i = 0; i < list->count; i++) {
    if (strcmp(list->item[i].name, key) == 0)
      return sb_fail(SB_BAD_INPUT, "%s: %s is given a second time; allowed is once", place,
                     key_shown);
  }
  if (list->count == SB_FIGURES_MAX || strlen(key) >= sizeof e.name)
    return sb_fail(SB_BAD_INPUT, "%s: %s is too long or one figure too many; allowed are %d", place,
                   key_shown, SB_FIGURES_MAX);
  memcpy(e.name, key, strlen(key) + 1);
  snprintf(e.place, sizeof e.place, "%s", place);
  list->item[list->count++] = e;
  return SB_OK;
}

sb_status sb_expect_read(const char *path, const char *program, const char *size, int nodes,
                         int ranks, int threads, sb_expectations *expected) {
  sb_status status = SB_OK;
  char *text = NULL, place[SB_PLACE_SIZE];
  size_t bytes = 0;
  reading *r = calloc(1, sizeof *r);
  if (r == NULL) return sb_fail(SB_NO_MEMORY, "expect: no memory");
  *expected = (sb_expectations){.count = 0};
  r->expected = expected;
  r->run = (setting){.nodes = nodes, .ranks = ranks, .threads = threads};
  snprintf(r->run.program, sizeof r->run.program, "%s", program);
  snprintf(r->run.size, sizeof r->run.size, "%s", size);

  const sb_ini_reader reader = {.section = take_section, .key = take_key, .user = r};
  SB_TRY(sb_file_read(path, "expect", &text, &bytes));
  SB_TRY(sb_ini_parse(path, text, bytes, &reader));
  sb_place(path, 0, place);
  if (!r->found || expected->count == 0) {
    SB_TRY(sb_fail(SB_BAD_INPUT, "%s: expect: %s [%s size=%s nodes=%d ranks=%d threads=%d]", place,
                   r->found ? "there is no figure in" : "there is no section", program, size, nodes,
                   ranks, threads));
  }

cleanup:
  free(text);
  free(r);
  return status;
}

static const sb_figure *find_figure(const sb_figures *figures, const char *name) {
  for (int i = 0; i < figures->count; i++)
    if (strcmp(figures->figure[i].name, name) == 0) return &figures->figure[i];
  return NULL;
}

/* "allowed 5 %", or "no bound on this side". */
static void allowed_text(double fraction, char *text, size_t bytes) {
  if (isinf(fraction)) {
    snprintf(text, bytes, "no bound on this side");
  } else {
    snprintf(text, bytes, "allowed %.3g %%", 100 * fabs(fraction));
  }
}

sb_status sb_expect_compare(const sb_expectation *e, const sb_figures *figures, bool *within,
                            char *sentence, size_t bytes) {
  *within = false;
  const sb_figure *figure = find_figure(figures, e->name);
  if (figure == NULL)
    return sb_fail(SB_BAD_INPUT, "%s: this run has no figure called %s", e->place, e->name);
  if (strcmp(figure->unit, e->unit) != 0)
    return sb_fail(SB_BAD_INPUT, "%s: %s is in %s; allowed %s", e->place, e->name, e->unit,
                   figure->unit);

  const double value = figure->is_count ? (double)figure->count : figure->value;
  const double off = value / e->value - 1;
  char allowed[64];
  allowed_text(off < 0 ? e->lower : e->upper, allowed, sizeof allowed);
  if (!isfinite(value)) {
    snprintf(sentence, bytes, "%s is not a number, expected was %.4g %s", e->name, e->value,
             e->unit);
    return SB_OK;
  }
  *within = value >= e->value * (1 + e->lower) && value <= e->value * (1 + e->upper);
  snprintf(sentence, bytes, "%s %.4g %s is %.3g %% %s %.4g (%s)", e->name, value, e->unit,
           100 * fabs(off), off < 0 ? "below" : "above", e->value, allowed);
  return SB_OK;
}
