/* comm_mpi_raw.c: comm_raw.h over MPI. */
#include "comm_raw.h"

#include "comm_mpi.h"

enum { TAG = 1 };

void sb_raw_send(sb_comm *comm, int to, const void *data, int bytes) {
  sb_comm_set_waiting(true);
  MPI_Send(data, bytes, MPI_BYTE, to, TAG, comm->world);
  sb_comm_set_waiting(false);
}

void sb_raw_receive(sb_comm *comm, int from, void *data, int bytes) {
  sb_comm_set_waiting(true);
  MPI_Recv(data, bytes, MPI_BYTE, from, TAG, comm->world, MPI_STATUS_IGNORE);
  sb_comm_set_waiting(false);
}

void sb_raw_window(sb_comm *comm, int peer, const void *data, int sends, void *room, int receives,
                   int bytes) {
  MPI_Request request[2 * SB_RAW_WINDOW];
  MPI_Status ended[2 * SB_RAW_WINDOW]; /* gcc takes MPICH's word for "no status" for an array */
  int requests = 0;
  sb_comm_set_waiting(true);
  for (int i = 0; i < receives; i++) {
    MPI_Irecv(room, bytes, MPI_BYTE, peer, TAG, comm->world, &request[requests++]);
  }
  for (int i = 0; i < sends; i++) {
    MPI_Isend(data, bytes, MPI_BYTE, peer, TAG, comm->world, &request[requests++]);
  }
  /* The analyser takes all elements of the array for requests, however many there are. */
  MPI_Waitall(requests, request, ended); /* NOLINT(clang-analyzer-optin.mpi*) */
  sb_comm_set_waiting(false);
}

void sb_raw_alltoall(sb_comm *comm, const void *data, void *room, int bytes) {
  sb_comm_set_waiting(true);
  MPI_Alltoall(data, bytes, MPI_BYTE, room, bytes, MPI_BYTE, comm->world);
  sb_comm_set_waiting(false);
}

void sb_raw_sum(sb_comm *comm, const double *values, double *sums, int n) {
  sb_comm_set_waiting(true);
  MPI_Allreduce(values, sums, n, MPI_DOUBLE, MPI_SUM, comm->world);
  sb_comm_set_waiting(false);
}
