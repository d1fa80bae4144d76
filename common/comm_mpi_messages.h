/* comm_mpi_messages.h: what is inside a plan of messages; comm_mpi*.c alone see it. */
#ifndef SCALEBAR_COMM_MPI_MESSAGES_H
#define SCALEBAR_COMM_MPI_MESSAGES_H

#include <stdbool.h>

#include "comm_messages.h"
#include "comm_mpi.h"

/* The requests of one peer in one direction. */
typedef struct {
  int first, chunks;
} sb_stream;

struct sb_messages {
  sb_comm *of;
  int tag;      /* the plan's own */
  int64_t most; /* bytes of a chunk */
  int peers;
  sb_stream *receive, *send; /* one for each peer or slot */
  MPI_Request *request;      /* all of them */
  bool *under_way;           /* of each: started, and not yet seen to be complete */
  int asked;                 /* the last of those that were found not to be complete */
  int requests;
};

/* Sends so many bytes, as MPI_Isend does; and plans to, as MPI_Send_init does. */
void sb_messages_send_now(const void *data, int bytes, int to, int tag, MPI_Comm comm,
                          MPI_Request *request);
void sb_messages_send_init(const void *data, int bytes, int to, int tag, MPI_Comm comm,
                           MPI_Request *request);

/* Whether that request of the plan, which is under way, is complete. Makes progress. */
bool sb_messages_complete(sb_messages *messages, int request);

#endif
