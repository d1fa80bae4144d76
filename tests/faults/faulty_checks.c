/* faulty_checks.c: faults in what the hook verify records (hook=verify).
 *
 *   nan, inf, minus_inf      the error of check number check=N
 *   nan_bound, inf_bound     its bound
 *   large                    its error, just above its bound
 *   skip                     one more check, expected on all ranks and not recorded on `rank`
 *   unexpected               one more check, recorded on `rank` and expected nowhere
 *   lonely                   one more check, expected and recorded on `rank` alone
 *   no_checks                nothing is expected and nothing recorded (faulty_main.c) */
#include <math.h>

#include "faulty_pi.h"

static void record_over(sb_checks *checks) {
  const sb_check *check = &checks->check[faulty_number("SB_FAULT", "check", 0)];
  const double bound = check->bound;
  const struct {
    const char *kind;
    double error, bound;
  } planted[] = {{"nan", (double)NAN, bound},
                 {"inf", (double)INFINITY, bound},
                 {"minus_inf", -(double)INFINITY, bound},
                 {"nan_bound", 0.0, (double)NAN},
                 {"inf_bound", 0.0, (double)INFINITY},
                 {"large", nextafter(bound, (double)INFINITY), bound}};
  for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
    if (!fault_is(planted[i].kind)) continue;
    sb_checks_record(checks, check->name, planted[i].error, planted[i].bound);
  }
}

void fault_checks(sb_checks *checks, bool due, int ranks) {
  static const char name[] = "planted", source[] = "planted by a test";
  if (due) record_over(checks);
  if (due && (fault_is("skip") || fault_is("lonely"))) faulty_say("check, of ranks", ranks);
  if (fault_is("skip") || (due && fault_is("lonely"))) sb_checks_expect(checks, name, source);
  if ((due && (fault_is("unexpected") || fault_is("lonely"))) ||
      (fault_is("skip") && !fault_is_mine())) {
    sb_checks_record(checks, name, 0.0, 0.0);
  }
}
