/* comm_mpi_messages.c: comm_messages.h over MPI. */
#include "comm_mpi_messages.h"

#include <stddef.h>
#include <stdlib.h>

enum { MOST_BYTES = 1 << 30 };

static int chunks_of(int64_t bytes, int64_t most) { return (int)((bytes + most - 1) / most); }

static sb_status allocate(const sb_traffic *traffic, int peers, int64_t most, sb_messages *m) {
  size_t requests = 0;
  for (int i = 0; i < peers; i++) {
    requests += (size_t)chunks_of(traffic[i].send_bytes, most);
    requests += (size_t)chunks_of(traffic[i].receive_bytes, most);
  }
  m->receive = calloc((size_t)peers + 1, sizeof *m->receive);
  m->send = calloc((size_t)peers + 1, sizeof *m->send);
  m->request = calloc(requests + 1, sizeof(MPI_Request));
  m->under_way = calloc(requests + 1, sizeof *m->under_way);
  m->requests = (int)requests;
  const bool all = m->receive != NULL && m->send != NULL && m->request != NULL;
  return all && m->under_way != NULL ? SB_OK
                                     : sb_fail(SB_NO_MEMORY, "no memory for a plan of messages");
}

/* Chunks of a message share its tag: MPI keeps the order in which they are started. */
static void plan(const sb_traffic *traffic, int64_t most, sb_messages *m) {
  MPI_Request *next = m->request;
  for (int i = 0; i < m->peers; i++) {
    const sb_traffic *with = &traffic[i];
    m->receive[i].request = next;
    for (int64_t at = 0; at < with->receive_bytes; at += most, next++) {
      const int64_t left = with->receive_bytes - at;
      MPI_Recv_init((char *)with->receive + at, (int)(left < most ? left : most), MPI_BYTE,
                    with->rank, 0, m->comm, next);
    }
    m->receive[i].chunks = (int)(next - m->receive[i].request);
    m->send[i].request = next;
    for (int64_t at = 0; at < with->send_bytes; at += most, next++) {
      const int64_t left = with->send_bytes - at;
      sb_messages_send_init((const char *)with->send + at, (int)(left < most ? left : most),
                            with->rank, m->comm, next);
    }
    m->send[i].chunks = (int)(next - m->send[i].request);
  }
}

sb_status sb_messages_create(sb_comm *comm, const sb_traffic *traffic, int peers,
                             sb_messages **messages) {
  const int64_t most = sb_environment_int("SB_MESSAGE_MOST", MOST_BYTES);
  sb_status status = SB_OK;
  sb_messages *m = *messages = calloc(1, sizeof *m);
  if (m == NULL) {
    status = sb_fail(SB_NO_MEMORY, "no memory for a plan of messages");
  } else {
    m->of = comm;
    m->comm = MPI_COMM_NULL;
    status = allocate(traffic, peers, most, m);
  }
  /* Duplicating is collective, and so is what destroys the duplicate. */
  SB_TRY(sb_comm_agree(comm, status));
  sb_comm_set_waiting(true);
  MPI_Comm_dup(comm->world, &m->comm);
  sb_comm_set_waiting(false);
  m->peers = peers;
  plan(traffic, most, m);
  return SB_OK;
cleanup:
  sb_messages_destroy(messages);
  return status;
}

/* One by one: MPI_Startall may start them in any order. */
static void start(sb_messages *m, const sb_stream *s) {
  for (int c = 0; c < s->chunks; c++) {
    MPI_Start(&s->request[c]);
    m->under_way[s->request + c - m->request] = true;
  }
}

static bool complete(sb_messages *m, const sb_stream *s) {
  for (int c = 0; c < s->chunks; c++) {
    const ptrdiff_t request = s->request + c - m->request;
    if (m->under_way[request]) m->under_way[request] = !sb_messages_complete(m, (int)request);
    if (m->under_way[request]) return false;
  }
  return true;
}

void sb_messages_receive(sb_messages *messages) {
  /* The last peer sends to this rank first: peers are in rotated order. */
  for (int i = messages->peers - 1; i >= 0; i--) start(messages, &messages->receive[i]);
}

void sb_messages_receive_from(sb_messages *messages, int peer) {
  start(messages, &messages->receive[peer]);
}

void sb_messages_send(sb_messages *messages, int peer) { start(messages, &messages->send[peer]); }

bool sb_messages_arrived(sb_messages *messages, int peer) {
  return complete(messages, &messages->receive[peer]);
}

bool sb_messages_sent(sb_messages *messages) {
  bool all = true;
  for (int i = 0; i < messages->peers; i++) all = complete(messages, &messages->send[i]) && all;
  return all;
}

static void release(const sb_stream *s) {
  for (int c = 0; c < s->chunks; c++) MPI_Request_free(&s->request[c]);
}

void sb_messages_destroy(sb_messages **messages) {
  sb_messages *m = *messages;
  if (m == NULL) return;
  for (int i = 0; i < m->peers; i++) {
    release(&m->receive[i]);
    release(&m->send[i]);
  }
  if (m->comm != MPI_COMM_NULL) MPI_Comm_free(&m->comm);
  free(m->receive);
  free(m->send);
  free(m->request);
  free(m->under_way);
  free(m);
  *messages = NULL;
}
