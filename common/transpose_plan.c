/* transpose_plan.c: who needs which part of whose box, and the messages that follow. */
#include "transpose_plan.h"

#include <stdlib.h>
#include <string.h>

#include "exchange_copy.h"
#include "transpose_partners.h"

/* Messages shorter than this are joined, as far as a rank's planes go: their start would cost more
 * than it gains to send them early. */
static const int64_t WORTH_A_MESSAGE = (int64_t)128 << 10;

int64_t sb_transpose_flags_bytes(int plans) {
  const int64_t page = 4096, bytes = plans * (int64_t)sizeof(sb_transpose_flags);
  return (bytes + page - 1) / page * page;
}

static int64_t count_along(const sb_box *box, int axis) { return box->hi[axis] - box->lo[axis]; }

sb_box sb_transpose_planes(const sb_box *box, int axis, int64_t lo, int64_t hi) {
  sb_box part = *box;
  if (lo > part.lo[axis]) part.lo[axis] = lo;
  if (hi < part.hi[axis]) part.hi[axis] = hi;
  return part;
}

/* An array of a box; cells are `words` doubles. */
static sb_array array_of(const sb_box *box, int words, double *cell) {
  const int64_t row = count_along(box, 2) * words;
  return (sb_array){.cell = cell, .stride = {count_along(box, 1) * row, row, words}};
}

sb_array sb_transpose_packed(const sb_transpose_shape *shape, const sb_box *box, double *cell) {
  sb_array array = array_of(box, shape->words, cell);
  if (shape->planes == 1) {
    array.stride[0] = array.stride[1];
    array.stride[1] *= count_along(box, 0);
  }
  return array;
}

/* Planes of a batch of a rank's source: the same arithmetic for who sends and who receives. */
static int64_t batch_planes(const sb_transpose_shape *shape, const sb_box *from) {
  const int64_t planes = count_along(from, shape->planes);
  const int64_t parts = sb_partners_of(shape->to, from).count;
  const int64_t bytes = sb_box_count(from) / planes * shape->words * (int64_t)sizeof(double);
  const int64_t needed = (WORTH_A_MESSAGE * parts + bytes - 1) / bytes;
  return needed < planes ? needed : planes;
}

/* Whether `part` is one run of memory in the array of `whole`. */
static bool is_one_run(const sb_box *part, const sb_box *whole) {
  int a = 0;
  while (a < SB_AXES && count_along(part, a) == 1) a++;
  for (a++; a < SB_AXES; a++) {
    if (count_along(part, a) != count_along(whole, a)) return false;
  }
  return true;
}

static bool reaches(const sb_transpose *t, int rank) {
  return t->shared != NULL && sb_comm_node_rank_of(t->comm, rank) >= 0;
}

sb_transpose_flags *sb_transpose_flags_of(const sb_transpose *t, int rank) {
  if (!reaches(t, rank)) return NULL;
  sb_transpose_flags *flags = sb_shared_segment(t->shared, sb_comm_node_rank_of(t->comm, rank));
  return flags + t->number;
}

static double *source_of(const sb_transpose *t, int rank) {
  double *memory = t->memory;
  if (rank != t->rank) {
    char *segment = sb_shared_segment(t->shared, sb_comm_node_rank_of(t->comm, rank));
    memory = (double *)(void *)(segment + sb_transpose_flags_bytes(t->plans));
  }
  return memory + t->shape.source;
}

sb_box sb_transpose_parcel_box(const sb_transpose *t, const sb_parcel *parcel) {
  const sb_box there = sb_dist_box(t->shape.to, parcel->rank);
  return sb_box_intersect(&t->from, &there);
}

/* Packed parcels come after what arrives. */
static void place_parcel(sb_transpose *t, sb_parcel *parcel) {
  const int axis = t->shape.planes;
  const sb_box box = sb_transpose_parcel_box(t, parcel);
  const sb_box first = sb_transpose_planes(&box, axis, 0, box.lo[axis] + t->step);
  /* What is sent from where it is arrives in the same order, which must be that of packed ones. */
  parcel->direct = is_one_run(&first, &t->from) && (axis == 0 || count_along(&first, 0) == 1);
  if (parcel->direct) return;
  parcel->at = t->buffer_doubles;
  t->buffer_doubles += sb_box_count(&box) * t->shape.words;
}

static sb_status cut_parcels(sb_transpose *t) {
  const sb_partners p = sb_partners_of(t->shape.to, &t->from);
  t->step = p.count > 0 ? batch_planes(&t->shape, &t->from) : 1;
  t->parcel = calloc((size_t)p.count + 1, sizeof *t->parcel);
  if (t->parcel == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  for (int i = 0; i < p.count; i++) {
    const int rank = sb_partner_in_place(&p, t->rank, i);
    if (rank == t->rank) continue;
    if (reaches(t, rank)) {
      t->readers++;
      continue;
    }
    sb_parcel *parcel = &t->parcel[t->parcels++];
    *parcel = (sb_parcel){.rank = rank, .place = i};
    place_parcel(t, parcel);
  }
  return SB_OK;
}

static sb_status cut_pieces(sb_transpose *t) {
  const sb_partners p = sb_partners_of(t->shape.from, &t->to);
  t->pieces = p.count;
  t->piece = calloc((size_t)t->pieces + 1, sizeof *t->piece);
  t->arrival = calloc((size_t)t->pieces + 1, sizeof *t->arrival);
  if (t->piece == NULL || t->arrival == NULL)
    return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  for (int i = 0; i < t->pieces; i++) {
    const int rank = sb_partner(&p, i);
    const sb_box there = sb_dist_box(t->shape.from, rank);
    t->piece[i] = (sb_piece){.rank = rank, .box = sb_box_intersect(&t->to, &there)};
    const int64_t doubles = sb_box_count(&t->piece[i].box) * t->shape.words;
    t->arrival[i] = (sb_arrival){.at = -1};
    if (rank == t->rank) continue;
    if (reaches(t, rank)) {
      t->read_bytes += doubles * (int64_t)sizeof(double);
      continue;
    }
    t->arrival[i] = (sb_arrival){.at = t->buffer_doubles,
                                 .first = there.lo[t->shape.planes],
                                 .step = batch_planes(&t->shape, &there)};
    t->buffer_doubles += doubles;
  }
  return SB_OK;
}

sb_status sb_transpose_cut(sb_transpose *t) {
  sb_status status = SB_OK;
  t->from = sb_dist_box(t->shape.from, t->rank);
  t->to = sb_dist_box(t->shape.to, t->rank);
  SB_TRY(cut_pieces(t));
  SB_TRY(cut_parcels(t));
cleanup:
  return status;
}

/* Where a piece is. */
static void bind_piece(sb_transpose *t, int i) {
  sb_piece *piece = &t->piece[i];
  sb_array array;
  if (t->arrival[i].at < 0) {
    const sb_box there = sb_dist_box(t->shape.from, piece->rank);
    const sb_array whole = array_of(&there, t->shape.words, source_of(t, piece->rank));
    array = sb_within(&whole, &there, &piece->box);
  } else {
    array = sb_transpose_packed(&t->shape, &piece->box, t->buffer + t->arrival[i].at);
  }
  piece->data = array.cell;
  memcpy(piece->stride, array.stride, sizeof piece->stride);
}

/* The turns of the messages that bring a box, whose source begins at plane `first` and goes `step`
 * planes a message. Returns how many; `list` may be NULL. */
static int list_turns(const sb_box *box, int axis, int64_t first, int64_t step, sb_turn turn,
                      sb_turn *list) {
  const int begin = (int)((box->lo[axis] - first) / step);
  const int end = (int)((box->hi[axis] - 1 - first) / step) + 1;
  for (int i = begin; i < end && list != NULL; i++) {
    turn.step = i;
    *list++ = turn;
  }
  return end - begin;
}

static int list_sends(const sb_transpose *t, sb_turn *list) {
  const int axis = t->shape.planes;
  int count = 0;
  for (int i = 0; i < t->parcels; i++) {
    const sb_box box = sb_transpose_parcel_box(t, &t->parcel[i]);
    const sb_turn turn = {.place = t->parcel[i].place, .sender = t->rank, .of = i};
    count +=
        list_turns(&box, axis, t->from.lo[axis], t->step, turn, list != NULL ? list + count : NULL);
  }
  return count;
}

static int list_receives(const sb_transpose *t, sb_turn *list) {
  int count = 0;
  for (int i = 0; i < t->pieces; i++) {
    const sb_arrival *arrival = &t->arrival[i];
    if (arrival->at < 0) continue;
    const sb_piece *piece = &t->piece[i];
    const sb_box there = sb_dist_box(t->shape.from, piece->rank);
    const sb_partners theirs = sb_partners_of(t->shape.to, &there);
    const sb_turn turn = {.place = sb_place_of_partner(&theirs, piece->rank, t->rank),
                          .sender = piece->rank,
                          .of = i};
    count += list_turns(&piece->box, t->shape.planes, arrival->first, arrival->step, turn,
                        list != NULL ? list + count : NULL);
  }
  return count;
}

sb_status sb_transpose_bind(sb_transpose *t) {
  for (int i = 0; i < t->pieces; i++) bind_piece(t, i);
  t->sends = list_sends(t, NULL);
  t->receives = list_receives(t, NULL);
  t->send = calloc((size_t)t->sends + 1, sizeof *t->send);
  t->receive = calloc((size_t)t->receives + 1, sizeof *t->receive);
  if (t->send == NULL || t->receive == NULL)
    return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  list_sends(t, t->send);
  list_receives(t, t->receive);
  return SB_OK;
}

sb_box sb_transpose_sent_box(const sb_transpose *t, const sb_turn *turn) {
  const sb_box whole = sb_transpose_parcel_box(t, &t->parcel[turn->of]);
  const int64_t lo = t->from.lo[t->shape.planes] + turn->step * t->step;
  return sb_transpose_planes(&whole, t->shape.planes, lo, lo + t->step);
}

sb_traffic sb_transpose_sent(const sb_transpose *t, const sb_turn *turn) {
  const sb_parcel *parcel = &t->parcel[turn->of];
  const sb_box box = sb_transpose_sent_box(t, turn);
  const sb_array whole = array_of(&t->from, t->shape.words, source_of(t, t->rank));
  sb_array array = sb_within(&whole, &t->from, &box);
  if (!parcel->direct) {
    const sb_box all = sb_transpose_parcel_box(t, parcel);
    array = sb_transpose_packed(&t->shape, &all, t->buffer + parcel->at);
    array = sb_within(&array, &all, &box);
  }
  return (sb_traffic){.rank = parcel->rank,
                      .send = array.cell,
                      .send_bytes = sb_box_count(&box) * t->shape.words * (int64_t)sizeof(double)};
}

sb_traffic sb_transpose_received(const sb_transpose *t, const sb_turn *turn) {
  const sb_piece *piece = &t->piece[turn->of];
  const sb_arrival *arrival = &t->arrival[turn->of];
  const int axis = t->shape.planes;
  const int64_t lo = arrival->first + turn->step * arrival->step;
  const sb_box before = sb_transpose_planes(&piece->box, axis, 0, lo);
  const sb_box box = sb_transpose_planes(&piece->box, axis, lo, lo + arrival->step);
  const int64_t passed = lo > piece->box.lo[axis] ? sb_box_count(&before) : 0;
  return (sb_traffic){
      .rank = piece->rank,
      .receive = t->buffer + arrival->at + passed * t->shape.words,
      .receive_bytes = sb_box_count(&box) * t->shape.words * (int64_t)sizeof(double)};
}

int64_t sb_transpose_step(const sb_transpose *t) { return t->step; }

int64_t sb_transpose_bytes_rank(const sb_dist *from, const sb_dist *to, int words, int rank) {
  const sb_box before = sb_dist_box(from, rank), after = sb_dist_box(to, rank);
  const sb_box kept = sb_box_intersect(&before, &after);
  const int64_t moved = sb_box_count(&after) - (sb_box_empty(&kept) ? 0 : sb_box_count(&kept));
  return moved * words * (int64_t)sizeof(double);
}

int64_t sb_transpose_bytes(const sb_dist *from, const sb_dist *to, int words) {
  int64_t bytes = 0;
  for (int rank = 0; rank < sb_dist_ranks(to); rank++) {
    bytes += sb_transpose_bytes_rank(from, to, words, rank);
  }
  return bytes;
}

int64_t sb_transpose_memory(const sb_transpose_shape *shapes, int plans, int rank) {
  int64_t doubles[SB_BUFFER_SETS] = {0};
  for (int i = 0; i < plans; i++) {
    sb_transpose t = {.shape = shapes[i], .rank = rank};
    const sb_status status = sb_transpose_cut(&t);
    const int set = shapes[i].buffers;
    if (status == SB_OK && t.buffer_doubles > doubles[set]) doubles[set] = t.buffer_doubles;
    sb_transpose_uncut(&t);
  }
  return (doubles[0] + doubles[1]) * (int64_t)sizeof(double);
}

void sb_transpose_uncut(sb_transpose *t) {
  free(t->piece);
  free(t->arrival);
  free(t->parcel);
  free(t->send);
  free(t->receive);
  free(t->traffic);
}
