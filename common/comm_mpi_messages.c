/* comm_mpi_messages.c: comm_messages.h over MPI. */
#include "comm_mpi_messages.h"

#include <stddef.h>
#include <stdlib.h>

/* Tags of plans, which every MPI library has room for (MPI_TAG_UB >= 32767); below are those of
 * comm_raw.h. A plan with the tag of one so many plans ago meets none of its messages. */
enum { MOST_BYTES = 1 << 30, FIRST_TAG = 2, TAGS = 16384 };

static int chunks_of(const sb_messages *m, int64_t bytes) {
  return (int)((bytes + m->most - 1) / m->most);
}

static int chunk_bytes(const sb_messages *m, int64_t bytes, int chunk) {
  const int64_t left = bytes - chunk * m->most;
  return (int)(left < m->most ? left : m->most);
}

/* A plan without requests. */
static sb_status make(sb_comm *comm, int peers, sb_messages **messages) {
  sb_messages *m = *messages = calloc(1, sizeof *m);
  const int tag = FIRST_TAG + comm->plans++ % TAGS; /* all ranks make the same plans, in turn */
  if (m == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a plan of messages");
  m->of = comm;
  m->tag = tag;
  m->most = sb_environment_int("SB_MESSAGE_MOST", MOST_BYTES);
  m->peers = peers;
  m->receive = calloc((size_t)peers + 1, sizeof *m->receive);
  m->send = calloc((size_t)peers + 1, sizeof *m->send);
  return m->receive != NULL && m->send != NULL
             ? SB_OK
             : sb_fail(SB_NO_MEMORY, "no memory for a plan of messages");
}

static sb_status make_requests(sb_messages *m, int requests) {
  m->request = calloc((size_t)requests + 1, sizeof(MPI_Request));
  m->under_way = calloc((size_t)requests + 1, sizeof *m->under_way);
  if (m->request == NULL || m->under_way == NULL) {
    return sb_fail(SB_NO_MEMORY, "no memory for a plan of messages");
  }
  for (; m->requests < requests; m->requests++) m->request[m->requests] = MPI_REQUEST_NULL;
  return SB_OK;
}

static sb_status make_for_peers(sb_comm *comm, const sb_traffic *traffic, int peers,
                                sb_messages **messages) {
  sb_status status = SB_OK;
  int requests = 0;
  SB_TRY(make(comm, peers, messages));
  sb_messages *m = *messages;
  for (int i = 0; i < peers; i++) {
    m->receive[i] = (sb_stream){requests, chunks_of(m, traffic[i].receive_bytes)};
    requests += m->receive[i].chunks;
    m->send[i] = (sb_stream){requests, chunks_of(m, traffic[i].send_bytes)};
    requests += m->send[i].chunks;
  }
  SB_TRY(make_requests(m, requests));
cleanup:
  return status;
}

/* Chunks of a message share its tag: MPI keeps the order in which they are started. */
static void plan(sb_messages *m, int peer, const sb_traffic *with) {
  const sb_stream *receive = &m->receive[peer], *send = &m->send[peer];
  for (int c = 0; c < receive->chunks; c++) {
    MPI_Recv_init((char *)with->receive + c * m->most, chunk_bytes(m, with->receive_bytes, c),
                  MPI_BYTE, with->rank, m->tag, m->of->world, &m->request[receive->first + c]);
  }
  for (int c = 0; c < send->chunks; c++) {
    sb_messages_send_init((const char *)with->send + c * m->most,
                          chunk_bytes(m, with->send_bytes, c), with->rank, m->tag, m->of->world,
                          &m->request[send->first + c]);
  }
}

sb_status sb_messages_create(sb_comm *comm, const sb_traffic *traffic, int peers,
                             sb_messages **messages) {
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(comm, make_for_peers(comm, traffic, peers, messages)));
  for (int i = 0; i < peers; i++) plan(*messages, i, &traffic[i]);
  return SB_OK;
cleanup:
  sb_messages_destroy(messages);
  return status;
}

sb_status sb_messages_create_slots(sb_comm *comm, int slots, int64_t most, sb_messages **messages) {
  sb_status status = make(comm, slots, messages);
  if (status == SB_OK) {
    sb_messages *m = *messages;
    const int chunks = chunks_of(m, most);
    for (int i = 0; i < slots; i++) {
      m->receive[i].first = 2 * i * chunks;
      m->send[i].first = (2 * i + 1) * chunks;
    }
    status = make_requests(m, 2 * slots * chunks);
  }
  SB_TRY(sb_comm_agree(comm, status));
  return SB_OK;
cleanup:
  sb_messages_destroy(messages);
  return status;
}

void sb_messages_receive_once(sb_messages *m, int slot, const sb_traffic *peer) {
  sb_stream *s = &m->receive[slot];
  s->chunks = chunks_of(m, peer->receive_bytes);
  for (int c = 0; c < s->chunks; c++) {
    MPI_Irecv((char *)peer->receive + c * m->most, chunk_bytes(m, peer->receive_bytes, c), MPI_BYTE,
              peer->rank, m->tag, m->of->world, &m->request[s->first + c]);
    m->under_way[s->first + c] = true;
  }
}

void sb_messages_send_once(sb_messages *m, int slot, const sb_traffic *peer) {
  sb_stream *s = &m->send[slot];
  s->chunks = chunks_of(m, peer->send_bytes);
  for (int c = 0; c < s->chunks; c++) {
    sb_messages_send_now((const char *)peer->send + c * m->most,
                         chunk_bytes(m, peer->send_bytes, c), peer->rank, m->tag, m->of->world,
                         &m->request[s->first + c]);
    m->under_way[s->first + c] = true;
  }
}

/* One by one: MPI_Startall may start them in any order. */
static void start(sb_messages *m, const sb_stream *s) {
  for (int r = s->first; r < s->first + s->chunks; r++) {
    MPI_Start(&m->request[r]);
    m->under_way[r] = true;
  }
}

static bool complete(sb_messages *m, const sb_stream *s) {
  for (int r = s->first; r < s->first + s->chunks; r++) {
    if (m->under_way[r]) m->under_way[r] = !sb_messages_complete(m, r);
    if (m->under_way[r]) return false;
  }
  return true;
}

void sb_messages_receive(sb_messages *messages) {
  /* The last peer sends to this rank first: peers are in rotated order. */
  for (int i = messages->peers - 1; i >= 0; i--) sb_messages_receive_from(messages, i);
}

void sb_messages_receive_from(sb_messages *messages, int peer) {
  start(messages, &messages->receive[peer]);
}

void sb_messages_send(sb_messages *messages, int peer) { start(messages, &messages->send[peer]); }

bool sb_messages_arrived(sb_messages *messages, int peer) {
  return complete(messages, &messages->receive[peer]);
}

bool sb_messages_sent_to(sb_messages *messages, int peer) {
  return complete(messages, &messages->send[peer]);
}

bool sb_messages_sent(sb_messages *messages) {
  bool all = true;
  for (int i = 0; i < messages->peers; i++) all = sb_messages_sent_to(messages, i) && all;
  return all;
}

void sb_messages_destroy(sb_messages **messages) {
  sb_messages *m = *messages;
  if (m == NULL) return;
  for (int r = 0; r < m->requests; r++) {
    if (m->request[r] != MPI_REQUEST_NULL) MPI_Request_free(&m->request[r]);
  }
  free(m->receive);
  free(m->send);
  free(m->request);
  free(m->under_way);
  free(m);
  *messages = NULL;
}
