#include "verify.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static sb_check *find(sb_checks *checks, const char *name) {
  for (int i = 0; i < checks->count; i++) {
    if (strcmp(checks->check[i].name, name) == 0) return &checks->check[i];
  }
  return NULL;
}

void sb_checks_expect(sb_checks *checks, const char *name, const char *source) {
  if (find(checks, name) != NULL) return;
  if (checks->count == SB_CHECKS_MAX) {
    checks->overfull = true;
    return;
  }
  checks->check[checks->count++] = (sb_check){
      .name = name, .source = source, .error = (double)NAN, .bound = (double)NAN, .worst_rank = -1};
}

/* How far from passing: 0 passes; the larger, the worse. NaN, Inf and a missing record come first.
 */
static double badness(const sb_check *check) {
  if (!check->recorded) return (double)INFINITY;
  if (!isfinite(check->error) || !isfinite(check->bound)) return (double)INFINITY;
  return check->error <= check->bound ? 0.0 : check->error - check->bound;
}

void sb_checks_record(sb_checks *checks, const char *name, double error, double bound) {
  sb_check *check = find(checks, name);
  if (check == NULL) {
    checks->overfull = true;
    return;
  }
  const sb_check now = {.error = error, .bound = bound, .recorded = true};
  if (check->recorded && badness(check) > badness(&now)) return;
  if (check->recorded && badness(check) == badness(&now) && !(error > check->error)) return;
  check->error = error;
  check->bound = bound;
  check->recorded = true;
}

bool sb_check_passed(const sb_check *check) {
  return check->recorded && isfinite(check->error) && isfinite(check->bound) &&
         check->error <= check->bound;
}

/* One check of all ranks: the worst, by badness and then by error, with the rank that has it. */
static void agree_on(sb_comm *comm, sb_check *check) {
  struct {
    double error, bound;
    int recorded;
    char host[64];
  } worst = {.error = check->error, .bound = check->bound, .recorded = check->recorded};
  snprintf(worst.host, sizeof worst.host, "%s", sb_comm_host(comm));

  double bad = badness(check);
  int bad_rank = 0, error_rank = 0;
  sb_comm_max_f64(comm, &bad, &bad_rank, 1);
  double error = isfinite(check->error) ? check->error : 0.0;
  sb_comm_max_f64(comm, &error, &error_rank, 1);
  check->worst_rank = bad > 0.0 ? bad_rank : error_rank;
  sb_comm_broadcast_from(comm, check->worst_rank, &worst, sizeof worst);
  check->error = worst.error;
  check->bound = worst.bound;
  check->recorded = worst.recorded != 0;
  snprintf(check->host, sizeof check->host, "%s", worst.host);
}

void sb_checks_agree(sb_comm *comm, sb_checks *checks) {
  /* Ranks that expect different checks are a broken app: nothing of theirs can be compared. */
  int64_t count[3] = {checks->count, -checks->count, checks->overfull};
  sb_comm_max_i64(comm, count, 3);
  checks->overfull = count[2] != 0 || count[0] != -count[1];
  if (!checks->overfull) {
    for (int i = 0; i < checks->count; i++) agree_on(comm, &checks->check[i]);
  }
  checks->agreed = true;
}

bool sb_checks_passed(const sb_checks *checks) {
  if (!checks->agreed || checks->overfull || checks->count == 0) return false;
  for (int i = 0; i < checks->count; i++) {
    if (!sb_check_passed(&checks->check[i])) return false;
  }
  return true;
}
