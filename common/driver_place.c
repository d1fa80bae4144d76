/* driver_place.c: whether ranks and threads have cores of their own, on nodes alike, and work. */
#include "driver.h"
#include "fleet.h"
#include "simulation.h"

static sb_status judge(sb_driver *d) {
  char text[SB_PLACEMENT_WARNING] = "";
  if (sb_simulated_platform() != NULL) {
    d->placement_ok = true; /* the cores that are seen are those of the machine that simulates */
    return SB_OK;
  }
  d->placement_ok = sb_placement_judge(d->comm, d->placement, text, sizeof text);
  if (!d->placement_ok) sb_warn(&d->run, "placement: %s", text);
  return sb_fleet_compare(&d->run, &d->machine);
}

sb_status sb_driver_place(sb_driver *d) {
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(d->comm, sb_placement_create(d->comm, d->run.threads, &d->placement)));
  SB_TRY(judge(d));
  if (d->plan.idle_ranks > 0 || d->plan.idle_threads > 0) {
    sb_warn(&d->run, "idle: %d ranks and %d threads have no work", d->plan.idle_ranks,
            d->plan.idle_threads);
  }
cleanup:
  return status;
}
