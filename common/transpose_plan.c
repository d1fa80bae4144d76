/* transpose_plan.c: who needs which part of whose box, and the messages that follow. */
#include "transpose_plan.h"

#include <stdlib.h>
#include <string.h>

#include "exchange_copy.h"

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

/* Positions whose boxes meet `box`. */
typedef struct {
  int lo[SB_AXES], hi[SB_AXES];
} partners;

static partners partners_of(const sb_dist *dist, const sb_box *box) {
  partners p = {.lo = {0}};
  if (!sb_box_empty(box)) sb_dist_owners(dist, box, p.lo, p.hi);
  return p;
}

static int count_partners(const partners *p) {
  int count = 1;
  for (int a = 0; a < SB_AXES; a++) count *= p->hi[a] - p->lo[a];
  return count;
}

static int partner(const sb_dist *dist, const partners *p, int i) {
  int position[SB_AXES];
  for (int a = SB_AXES - 1; a >= 0; a--) {
    position[a] = p->lo[a] + i % (p->hi[a] - p->lo[a]);
    i /= p->hi[a] - p->lo[a];
  }
  return sb_dist_rank(dist, position);
}

/* Planes of a batch of a rank's source: the same arithmetic for who sends and who receives. */
static int64_t batch_planes(const sb_transpose_shape *shape, const sb_box *from) {
  const partners p = partners_of(shape->to, from);
  const int64_t planes = count_along(from, shape->planes), parts = count_partners(&p);
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

/* Where the batch ends that begins at plane `lo` of `box`, in a source that begins at `first`. */
static int64_t batch_end(const sb_box *box, int axis, int64_t first, int64_t step, int64_t lo) {
  const int64_t end = first + ((lo - first) / step + 1) * step;
  return end < box->hi[axis] ? end : box->hi[axis];
}

/* `list` may be NULL. */
static int cut_batches(int parcel, const sb_box *box, int axis, int64_t first, int64_t step,
                       sb_batch *list) {
  int count = 0;
  for (int64_t lo = box->lo[axis], hi = 0; lo < box->hi[axis]; lo = hi, count++) {
    hi = batch_end(box, axis, first, step, lo);
    if (list != NULL) list[count] = (sb_batch){.parcel = parcel, .lo = lo, .hi = hi};
  }
  return count;
}

static int by_end(const void *left, const void *right) {
  const sb_batch *a = left, *b = right;
  if (a->hi != b->hi) return a->hi < b->hi ? -1 : 1;
  return (a->parcel > b->parcel) - (a->parcel < b->parcel);
}

/* Packed parcels come after what arrives. */
static void place_parcel(sb_transpose *t, sb_parcel *parcel, int64_t step) {
  const int axis = t->shape.planes;
  const sb_box first = sb_transpose_planes(&parcel->box, axis, 0, parcel->box.lo[axis] + step);
  /* What is sent from where it is arrives in the same order, which must be that of packed ones. */
  parcel->direct = is_one_run(&first, &t->from) && (axis == 0 || count_along(&first, 0) == 1);
  if (parcel->direct) return;
  parcel->at = t->buffer_doubles;
  t->buffer_doubles += sb_box_count(&parcel->box) * t->shape.words;
}

/* Where a rank begins with its partners: behind itself. Would all begin with the first, its node's
 * link would have to take what all send, while the others stood idle. */
static int first_partner(const sb_transpose *t, const partners *p, int count) {
  for (int i = 0; i < count; i++) {
    if (partner(t->shape.to, p, i) == t->rank) return i + 1;
  }
  return count > 0 ? t->rank % count : 0;
}

static sb_status cut_parcels(sb_transpose *t) {
  const partners p = partners_of(t->shape.to, &t->from);
  const int most = sb_box_empty(&t->from) ? 0 : count_partners(&p), axis = t->shape.planes;
  const int64_t step = most > 0 ? batch_planes(&t->shape, &t->from) : 1;
  t->parcel = calloc((size_t)most + 1, sizeof *t->parcel);
  if (t->parcel == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  const int first = first_partner(t, &p, most);
  for (int i = 0; i < most; i++) {
    const int rank = partner(t->shape.to, &p, (first + i) % most);
    if (rank == t->rank) continue;
    if (reaches(t, rank)) {
      t->readers++;
      continue;
    }
    sb_parcel *parcel = &t->parcel[t->parcels++];
    const sb_box there = sb_dist_box(t->shape.to, rank);
    *parcel = (sb_parcel){.rank = rank, .box = sb_box_intersect(&t->from, &there)};
    place_parcel(t, parcel, step);
    t->batches += cut_batches(0, &parcel->box, axis, t->from.lo[axis], step, NULL);
  }
  t->batch = calloc((size_t)t->batches + 1, sizeof *t->batch);
  if (t->batch == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  int at = 0;
  for (int i = 0; i < t->parcels; i++) {
    at += cut_batches(i, &t->parcel[i].box, axis, t->from.lo[axis], step, t->batch + at);
  }
  qsort(t->batch, (size_t)t->batches, sizeof *t->batch, by_end);
  return SB_OK;
}

static sb_status cut_pieces(sb_transpose *t) {
  const partners p = partners_of(t->shape.from, &t->to);
  t->pieces = sb_box_empty(&t->to) ? 0 : count_partners(&p);
  t->piece = calloc((size_t)t->pieces + 1, sizeof *t->piece);
  t->received = calloc((size_t)t->pieces + 1, sizeof *t->received);
  if (t->piece == NULL || t->received == NULL)
    return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  for (int i = 0; i < t->pieces; i++) {
    const int rank = partner(t->shape.from, &p, i);
    const sb_box there = sb_dist_box(t->shape.from, rank);
    t->piece[i] = (sb_piece){.rank = rank, .box = sb_box_intersect(&t->to, &there)};
    const int64_t doubles = sb_box_count(&t->piece[i].box) * t->shape.words;
    t->received[i] = -1;
    if (rank == t->rank) continue;
    if (reaches(t, rank)) {
      t->read_bytes += doubles * (int64_t)sizeof(double);
      continue;
    }
    t->received[i] = t->buffer_doubles;
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

/* Where a piece is, and how many messages bring it. */
static int bind_piece(sb_transpose *t, int i, sb_traffic *traffic) {
  sb_piece *piece = &t->piece[i];
  const sb_box there = sb_dist_box(t->shape.from, piece->rank);
  sb_array array;
  if (t->received[i] < 0) {
    const sb_array whole = array_of(&there, t->shape.words, source_of(t, piece->rank));
    array = sb_within(&whole, &there, &piece->box);
  } else {
    array = sb_transpose_packed(&t->shape, &piece->box, t->buffer + t->received[i]);
  }
  piece->data = array.cell;
  memcpy(piece->stride, array.stride, sizeof piece->stride);
  if (t->received[i] < 0) return 0;
  const int axis = t->shape.planes;
  const int64_t first = there.lo[axis], step = batch_planes(&t->shape, &there);
  const int64_t plane = sb_box_count(&piece->box) / count_along(&piece->box, axis) * t->shape.words;
  double *to = t->buffer + t->received[i];
  int count = 0;
  for (int64_t lo = piece->box.lo[axis], hi = 0; lo < piece->box.hi[axis]; lo = hi, count++) {
    hi = batch_end(&piece->box, axis, first, step, lo);
    const int64_t doubles = (hi - lo) * plane;
    if (traffic != NULL)
      traffic[count] = (sb_traffic){
          .rank = piece->rank, .receive = to, .receive_bytes = doubles * (int64_t)sizeof(double)};
    to += doubles;
  }
  return count;
}

static sb_traffic send_of(const sb_transpose *t, const sb_batch *batch) {
  const sb_parcel *parcel = &t->parcel[batch->parcel];
  const sb_box box = sb_transpose_planes(&parcel->box, t->shape.planes, batch->lo, batch->hi);
  const sb_array whole = array_of(&t->from, t->shape.words, source_of(t, t->rank));
  sb_array array = sb_within(&whole, &t->from, &box);
  if (!parcel->direct) {
    array = sb_transpose_packed(&t->shape, &parcel->box, t->buffer + parcel->at);
    array = sb_within(&array, &parcel->box, &box);
  }
  return (sb_traffic){.rank = parcel->rank,
                      .send = array.cell,
                      .send_bytes = sb_box_count(&box) * t->shape.words * (int64_t)sizeof(double)};
}

sb_status sb_transpose_bind(sb_transpose *t) {
  int arriving = 0;
  for (int i = 0; i < t->pieces; i++) arriving += bind_piece(t, i, NULL);
  t->traffics = t->batches + arriving;
  t->traffic = calloc((size_t)t->traffics + 1, sizeof *t->traffic);
  if (t->traffic == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  for (int b = 0; b < t->batches; b++) t->traffic[b] = send_of(t, &t->batch[b]);
  int at = t->batches;
  for (int i = 0; i < t->pieces; i++) at += bind_piece(t, i, t->traffic + at);
  return SB_OK;
}

int64_t sb_transpose_step(const sb_transpose *t) {
  return sb_box_empty(&t->from) ? 1 : batch_planes(&t->shape, &t->from);
}

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
  free(t->received);
  free(t->parcel);
  free(t->batch);
  free(t->traffic);
}
