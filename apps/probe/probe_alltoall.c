/* probe_alltoall.c: all ranks send at the same time: to all others, and across the middle. */
#include "comm_raw.h"
#include "probe_latency.h"
#include "probe_pattern.h"
#include "probe_plan.h"
#include "probe_samples.h"

enum { WORD = 8 };

typedef struct {
  const probe_mail *mail;
  int bytes; /* from each to each */
  int peer;  /* across the middle; -1: none */
} job;

/* A stream for each sender and receiver, behind those of the senders alone. */
static uint64_t stream_of(const probe_mail *mail, int from, int to) {
  const uint64_t ranks = (uint64_t)sb_comm_size(mail->comm);
  return ranks + (uint64_t)from * ranks + (uint64_t)to;
}

/* The block of a rank in an array of all of them. */
static uint64_t *block(uint64_t *all, int rank, int64_t words) { return all + rank * words; }

static void fill(const probe_mail *mail, int bytes) {
  const int own = sb_comm_rank(mail->comm);
  const int64_t words = bytes / WORD;
  for (int rank = 0; rank < sb_comm_size(mail->comm); rank++) {
    uint64_t *to = block(mail->send, rank, words), *from = block(mail->room, rank, words);
    probe_words(mail->seed, stream_of(mail, own, rank), to, words);
    probe_words(mail->seed, stream_of(mail, rank, own), from, words);
    for (int64_t i = 0; i < words; i++) from[i] = ~from[i]; /* seen, if nothing comes */
  }
}

static int64_t wrong_bytes(const probe_mail *mail, int bytes) {
  const int own = sb_comm_rank(mail->comm);
  int64_t wrong = 0;
  for (int rank = 0; rank < sb_comm_size(mail->comm); rank++) {
    wrong += probe_words_wrong(mail->seed, stream_of(mail, rank, own),
                               block(mail->room, rank, bytes / WORD), bytes);
  }
  return wrong;
}

static void work_all(void *context, int64_t loops) {
  const job *j = context;
  for (int64_t i = 0; i < loops; i++) {
    sb_raw_alltoall(j->mail->comm, j->mail->send, j->mail->room, j->bytes);
  }
}

static void work_across(void *context, int64_t loops) {
  const job *j = context;
  if (j->peer >= 0) probe_windows_both(j->mail, j->peer, j->bytes, loops);
}

static sb_status all_to_all(probe_state *s) {
  const int ranks = sb_comm_size(s->run->comm);
  const int bytes = probe_alltoall_bytes(&s->config, ranks);
  probe_mail mail;
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(s->run->comm, probe_mail_create(s, (int64_t)bytes * ranks, &mail)));
  fill(&mail, bytes);
  job j = {.mail = &mail, .bytes = bytes};
  sb_summary time;
  SB_TRY(probe_time(s, work_all, &j, 1.0, &time));
  probe_count_wrong(s, PROBE_CHECK_ALLTOALL, (double)wrong_bytes(&mail, bytes));
  probe_add_rate(s, (probe_name){"alltoall", "sent by each rank to the others, from all to all"},
                 "byte/s", (double)bytes * (double)(ranks - 1), &time);
  probe_add_time(s, (probe_name){"alltoall_time", "one exchange from all to all"}, 1.0, &time);
  sb_figures_add(&s->figures, "alltoall_bytes", "from each rank to each in it", "byte", "byte",
                 (double)bytes);
cleanup:
  probe_mail_destroy(&mail);
  return status;
}

/* Rank r of the lower half and rank r + half of the upper; a last odd one waits. */
static sb_status across(probe_state *s) {
  enum { LONG = 1 << 20 };
  const int64_t most = s->config.message_max < LONG ? s->config.message_max : LONG;
  const int half = sb_comm_size(s->run->comm) / 2, rank = sb_comm_rank(s->run->comm);
  probe_mail mail;
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(s->run->comm, probe_mail_create(s, most, &mail)));
  job j = {.mail = &mail, .bytes = (int)most, .peer = -1};
  if (rank < 2 * half) j.peer = rank < half ? rank + half : rank - half;
  if (j.peer >= 0) probe_mail_spoil(&mail, j.peer, most);
  sb_summary time;
  SB_TRY(probe_time(s, work_across, &j, 1.0, &time));
  if (j.peer >= 0) {
    probe_count_wrong(s, PROBE_CHECK_ALLTOALL, (double)probe_mail_wrong(&mail, j.peer, most));
  }
  probe_add_rate(s,
                 (probe_name){"bisection",
                              "between the lower and the upper half of the ranks, "
                              "both ways together"},
                 "byte/s", 2.0 * half * (double)most * probe_window(most), &time);
cleanup:
  probe_mail_destroy(&mail);
  return status;
}

sb_status probe_alltoall(probe_state *state) {
  sb_status status = SB_OK;
  SB_TRY(all_to_all(state));
  SB_TRY(across(state));
cleanup:
  return status;
}
