/* faulty_main.c: the mini-app pi with a fault planted in one hook of one rank. Programs for users
 * are linked from the same objects and hold nothing of this.
 *
 * The environment says what: SB_FAULT="kind=kill hook=run rank=1 call=2"
 *   hook   setup, run, verify, output or teardown
 *   rank   which one has the fault, -1: all; default 0
 *   call   at which call of the hook; default 1
 * Kinds at any hook, before it does its work:
 *   kill, segv, stop, abort   the signal; `hang` sleeps forever
 *   exit0        leaves with exit code 0, without a word to the other ranks
 *   sb_abort     asks comm.h to end all ranks with exit code code=N
 *   fsize        limits the size of files to bytes=N
 *   readonly     takes the right to write away from the folder path=P; `vanish` renames it
 * and after its work: `error` makes it return SB_NO_MEMORY.
 * faulty_checks.c has the kinds of verify, faulty_count.c those of run. */
#include "faulty_pi.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORD = 32, PATH = 512 };

static sb_app app;
static const sb_run *the_run;

bool fault_is(const char *kind) {
  char text[WORD];
  return faulty_word("SB_FAULT", "kind", text, sizeof text) && strcmp(text, kind) == 0;
}

bool fault_is_mine(void) {
  const long rank = faulty_number("SB_FAULT", "rank", 0);
  return rank == -1 || rank == faulty_rank;
}

static void change_folder(bool vanish) {
  char path[PATH], away[PATH + 8];
  faulty_word("SB_FAULT", "path", path, sizeof path);
  snprintf(away, sizeof away, "%s.away", path);
  const int failed = vanish ? rename(path, away) : chmod(path, 0555);
  if (failed != 0) fprintf(stderr, "%s: %s\n", path, strerror(errno));
}

static void limit_files(void) {
  const rlim_t bytes = (rlim_t)faulty_number("SB_FAULT", "bytes", 0);
  const struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) perror("setrlimit");
}

static void strike(void) {
  faulty_say("hook of rank", faulty_rank);
  if (fault_is("kill")) raise(SIGKILL);
  if (fault_is("segv")) raise(SIGSEGV);
  if (fault_is("stop")) raise(SIGSTOP);
  if (fault_is("abort")) abort();
  if (fault_is("exit0")) _exit(0);
  if (fault_is("sb_abort")) sb_comm_abort((int)faulty_number("SB_FAULT", "code", 0));
  if (fault_is("fsize")) limit_files();
  if (fault_is("readonly")) change_folder(false);
  if (fault_is("vanish")) change_folder(true);
  while (fault_is("hang")) pause();
}

/* True at the call of `hook` that the fault is meant for. Counts the calls of that hook. */
static bool is_due(const char *hook) {
  static long calls;
  char text[WORD];
  if (!faulty_word("SB_FAULT", "hook", text, sizeof text) || strcmp(text, hook) != 0) return false;
  return ++calls == faulty_number("SB_FAULT", "call", 1) && fault_is_mine();
}

/* What the hook returns when it did its work. An error comes after it: a hook that calls the other
 * ranks must have done so before it gives up, or end the run itself. */
static sb_status outcome(bool due, sb_status status) {
  if (!due || !fault_is("error")) return status;
  return sb_fail(SB_NO_MEMORY, "planted: no memory");
}

static sb_status setup(const sb_run *run, void *config, void **state) {
  the_run = run;
  faulty_rank = sb_comm_rank(run->comm);
  const bool due = is_due("setup");
  if (due) strike();
  const sb_status status = pi_app.setup(run, config, state);
  if (status == SB_OK) fault_counter_setup(*state);
  return outcome(due, status);
}

static sb_status run(void *state, sb_clock *clock) {
  const bool due = is_due("run");
  if (due) strike();
  fault_counter_arm(due);
  const sb_status status = pi_app.run(state, clock);
  fault_counter_disarm();
  return outcome(due, status);
}

static sb_status verify(void *state, sb_checks *checks) {
  const bool due = is_due("verify");
  if (due) strike();
  if (due && fault_is("no_checks")) return SB_OK;
  const sb_status status = pi_app.verify(state, checks);
  fault_checks(checks, due, sb_comm_size(the_run->comm));
  return outcome(due, status);
}

static sb_status output(void *state, sb_figures *figures, sb_fields *fields) {
  const bool due = is_due("output");
  if (due) strike();
  return outcome(due, pi_app.output(state, figures, fields));
}

static void teardown(void **state) {
  if (is_due("teardown")) strike();
  pi_app.teardown(state);
}

int main(int argc, char **argv) {
  app = pi_app;
  app.setup = setup;
  app.run = run;
  app.verify = verify;
  app.output = output;
  app.teardown = teardown;
  return sb_main(&app, argc, argv);
}
