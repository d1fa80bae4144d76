/* transpose_flow.h: the messages of a round of a transpose, a few at a time.
 *
 * A rank of p has some 2 sqrt(p) partners. Were its messages to all of them under way at once, what
 * the network has to keep in mind would grow with the machine, and so would the memory that MPI
 * keeps for them. So a rank has as many messages each way under way as SB_FLOW_PARTNERS partners
 * get (one each, or more where boxes are so large that their planes leave in several steps), and
 * begins the next when the oldest is through. (MPICH's MPI_Alltoallv does the same, with 32 of
 * them: MPIR_CVAR_ALLTOALL_THROTTLE.)
 *
 * Where all of a rank's messages may be under way, they are planned once (persistent requests);
 * else MPI is told of each when it begins, and keeps no more than those under way.
 *
 * No rank can wait for ever: all messages of all ranks have one order (sb_turn), each rank begins
 * its own in this order, both ways, and where it has to wait for one message, it waits for the
 * first in this order. The first of all that is not through is therefore begun by both its ends.
 *
 * The main thread alone calls these functions.
 */
#ifndef SCALEBAR_TRANSPOSE_FLOW_H
#define SCALEBAR_TRANSPOSE_FLOW_H

#include "transpose_plan.h"

/* Puts the turns in order and makes room for messages. After sb_transpose_bind. Collective; errors,
 * agreed on: SB_NO_MEMORY. */
sb_status sb_flow_plan(sb_transpose *transpose);

/* A new round: begins to receive. */
void sb_flow_begin(sb_transpose *transpose);

/* Notes which messages are through, and begins to receive what may be begun. Cheap. */
void sb_flow_test(sb_transpose *transpose);

/* Sends what was offered (transpose->offered) as far as it may be begun now. `pack` is called
 * before each message leaves. */
void sb_flow_send(sb_transpose *transpose, void (*pack)(sb_transpose *, const sb_turn *));

bool sb_flow_may_send(const sb_transpose *transpose);  /* whether the above would send something */
bool sb_flow_arrived(const sb_transpose *transpose);   /* all, as far as noted */
bool sb_flow_all_begun(const sb_transpose *transpose); /* all messages left */
bool sb_flow_all_sent(const sb_transpose *transpose);  /* and may be written again */

#endif
