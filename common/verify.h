/* verify.h: checks that fail closed.
 *
 * An app first says which checks belong to this run (sb_checks_expect), then records each one. A
 * run is right only if at least one check was expected, every expected check was recorded on every
 * rank, and every error is finite and no larger than its finite bound. Nothing loosens that.
 */
#ifndef SCALEBAR_VERIFY_H
#define SCALEBAR_VERIFY_H

#include <stdbool.h>

#include "comm.h"

enum { SB_CHECKS_MAX = 16 };

typedef struct {
  const char *name;   /* one word, "golden_count" */
  const char *source; /* where the bound comes from, in a phrase */
  double error, bound;
  bool recorded;
  int worst_rank; /* after sb_checks_agree: the rank that gave `error`, or did not record */
  char host[64];  /* its host */
} sb_check;

typedef struct {
  sb_check check[SB_CHECKS_MAX];
  int count;
  bool overfull; /* more than SB_CHECKS_MAX expected, or an unexpected one recorded: never right */
  bool agreed;   /* sb_checks_agree was called */
} sb_checks;

/* Local; all ranks expect the same checks in the same order. `name` and `source` must outlive the
 * checks (string literals). */
void sb_checks_expect(sb_checks *checks, const char *name, const char *source);

/* Local. A second record of the same check keeps the worse one. */
void sb_checks_record(sb_checks *checks, const char *name, double error, double bound);

/* One check by itself: recorded, both numbers finite, error <= bound. Local. */
bool sb_check_passed(const sb_check *check);

/* Makes every rank's checks the worst of all ranks', with rank and host of the worst. Collective.
 */
void sb_checks_agree(sb_comm *comm, sb_checks *checks);

/* The verdict; false before sb_checks_agree. Local. */
bool sb_checks_passed(const sb_checks *checks);

#endif
