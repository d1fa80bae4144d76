/* driver_results.c: what a run leaves on disk. */
#include "driver.h"
#include "watchdog.h"

static sb_status write_sidecar(sb_driver *d) {
  sb_status status = SB_OK;
  if (d->app->sidecar == NULL) return SB_OK;
  if (sb_comm_rank(d->comm) == 0) status = d->app->sidecar(d->state, d->common.output);
  return sb_comm_agree(d->comm, status);
}

sb_status sb_driver_write_results(sb_driver *d) {
  if (d->common.output[0] == '\0' && d->common.json[0] == '\0') return SB_OK;
  sb_status status = SB_OK;
  char allowed[SB_CPUS_TEXT], seen[SB_CPUS_TEXT], sha256[65], created[SB_UTC_TEXT], kernel[64];
  sb_watchdog_phase("result files");
  sb_placement_allowed(d->placement, allowed);
  sb_placement_seen(d->placement, seen);
  if (sb_comm_rank(d->comm) == 0) sb_binary_sha256(sha256);
  sb_comm_broadcast(d->comm, sha256, sizeof sha256);
  sb_utc(created);
  d->app->kernel_name(d->config, kernel, sizeof kernel);
  const sb_record record = {
      .app = d->app,
      .common = &d->common,
      .config = d->asked,
      .request = &d->request,
      .variant = sb_comm_variant(),
      .kernel = kernel,
      .blas_library = d->app->blas_name != NULL ? d->app->blas_name() : NULL,
      .fft_library = d->app->fft_name != NULL ? d->app->fft_name() : NULL,
      .exchange = d->app->exchange != NULL ? d->app->exchange(d->state) : "none",
      .result = sb_verdict_word(d->verdict),
      .warnings = d->warnings,
      .created_utc = created,
      .binary_sha256 = sha256,
      .placement_ok = d->placement_ok,
      .threads = d->run.threads,
      .machine = &d->machine,
      .before = &d->before,
      .after = &d->after,
      .cpus_allowed = allowed,
      .cpus_seen = seen,
      .plan = &d->plan,
      .measurement = d->measurement,
      .checks = &d->checks,
      .figures = &d->figures,
      .fields = &d->fields};
  if (d->common.output[0] != '\0') {
    SB_TRY(sb_results_write_hdf5(d->comm, &record, d->common.output));
    SB_TRY(write_sidecar(d));
  }
  if (d->common.json[0] != '\0') SB_TRY(sb_results_write_json(d->comm, &record, d->common.json));
cleanup:
  return status;
}
