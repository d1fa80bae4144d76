/* driver_place.c: whether ranks and threads have cores of their own, and work. */
#include "driver.h"
#include "simulation.h"

static void judge_placement(sb_driver *d) {
  char text[256] = "";
  if (sb_simulated_platform() != NULL) {
    d->placement_ok = true; /* the cores that are seen are those of the machine that simulates */
    return;
  }
  d->placement_ok = sb_placement_judge(d->comm, d->placement, text, sizeof text);
  if (!d->placement_ok) sb_warn(&d->run, "placement: %s", text);
}

sb_status sb_driver_place(sb_driver *d) {
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(d->comm, sb_placement_create(d->comm, d->run.threads, &d->placement)));
  judge_placement(d);
  if (d->plan.idle_ranks > 0 || d->plan.idle_threads > 0) {
    sb_warn(&d->run, "idle: %d ranks and %d threads have no work", d->plan.idle_ranks,
            d->plan.idle_threads);
  }
cleanup:
  return status;
}
