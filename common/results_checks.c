/* The part of schema 1 that says whether the answers are right. */
#include <stdio.h>

#include "results_schema.h"

/* The checks, turned from one struct each into one array per property. */
typedef struct {
  double error[SB_CHECKS_MAX], bound[SB_CHECKS_MAX];
  int8_t passed[SB_CHECKS_MAX];
  int64_t rank[SB_CHECKS_MAX];
  char name[SB_CHECKS_MAX][SB_HOST_TEXT], host[SB_CHECKS_MAX][SB_HOST_TEXT];
  char source[SB_CHECKS_MAX][256];
} check_columns;

static void turn_checks(const sb_checks *checks, check_columns *c) {
  *c = (check_columns){.error = {0.0}};
  for (int i = 0; i < checks->count; i++) {
    const sb_check *check = &checks->check[i];
    c->error[i] = check->error;
    c->bound[i] = check->bound;
    c->passed[i] = sb_check_passed(check) ? 1 : 0;
    c->rank[i] = check->worst_rank;
    snprintf(c->name[i], sizeof c->name[i], "%s", check->name);
    snprintf(c->host[i], sizeof c->host[i], "%s", check->host);
    snprintf(c->source[i], sizeof c->source[i], "%s", check->source);
  }
}

sb_status sb_schema_checks(const sb_checks *checks, sb_sink *sink) {
  check_columns c;
  turn_checks(checks, &c);
  const sb_item items[] = {
      {.name = "check",
       .long_name = "name of the check",
       .type = SB_CHARS,
       .width = sizeof c.name[0],
       .data = c.name},
      {.name = "error", .long_name = "worst error of all ranks", .units = "1", .data = c.error},
      {.name = "bound", .long_name = "largest error that passes", .units = "1", .data = c.bound},
      {.name = "passed",
       .long_name = "1 where the check passed",
       .units = "1",
       .type = SB_I8,
       .data = c.passed},
      {.name = "source",
       .long_name = "where the bound comes from",
       .type = SB_CHARS,
       .width = sizeof c.source[0],
       .data = c.source},
      {.name = "rank",
       .long_name = "rank with the worst error",
       .units = "1",
       .type = SB_I64,
       .data = c.rank},
      {.name = "host",
       .long_name = "host of that rank",
       .type = SB_CHARS,
       .width = sizeof c.host[0],
       .data = c.host}};
  sb_status status = SB_OK;
  SB_TRY(sink->group(sink, "verification"));
  SB_TRY(sb_sink_flag(sink, "verified", sb_checks_passed(checks)));
  SB_TRY(sink->axis(sink, "check_index", "number of the check", checks->count));
  for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
    sb_item item = items[i];
    item.dims = 1;
    item.axis[0] = "check_index";
    item.n[0] = checks->count;
    SB_TRY(sink->item(sink, &item));
  }
cleanup:
  return status;
}
