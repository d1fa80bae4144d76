/* matmul_plan.h: how a product is dealt to ranks, and what it costs: arithmetic alone, all local.
 *
 * C(m x n) = A(m x k) B(k x n) is a box of m x n x k multiplications, cut by a process grid
 * pm x pn x pk (sb_dist over those three axes). The rank at (i, j, l) multiplies rows i of A by
 * columns j of B over layer l of k. What it needs of A is shared by the pn ranks of its row, each
 * of which owns the part of the layer's columns that sb_split gives it; B likewise by the pm ranks
 * of its column. So each entry of A and B has one owner. With layers (pk > 1) the layers' sums are
 * added, and rank l keeps the l-th part of the block's rows.
 *
 * Words that all ranks receive: m k (pn - 1) + k n (pm - 1) + m n (pk - 1).
 */
#ifndef SCALEBAR_MATMUL_PLAN_H
#define SCALEBAR_MATMUL_PLAN_H

#include "app.h"
#include "dist.h"

/* Axes of the distribution. */
enum { MATMUL_M, MATMUL_N, MATMUL_K };

typedef enum { MATMUL_NAIVE, MATMUL_BLOCKED, MATMUL_BLAS } matmul_kernel_kind;
typedef enum { MATMUL_REAL, MATMUL_INTEGER } matmul_entry_kind;
typedef enum { MATMUL_MEMORY, MATMUL_WORK } matmul_weak_law;

typedef struct {
  int64_t m, n, k;
  int kernel;  /* matmul_kernel_kind */
  int simd;    /* index in the choices of the key */
  int entries; /* matmul_entry_kind */
  int64_t panel;
  int weak_law;            /* matmul_weak_law */
  char grid[SB_TEXT_SIZE]; /* "2x3x1", "flat", or "" */
  bool flat;               /* only grids of one layer are to be chosen from */
  int given[SB_AXES];      /* the same as numbers; 0: to be chosen */
  int threads;             /* of a rank, 0: not known yet */
  int node_size;           /* ranks a node where all nodes hold as many, 0 elsewhere */
  bool fields;             /* A is copied to be stored */
  int largest_node;        /* ranks of the node with most */
  int64_t memory_node;     /* bytes free on the node with least, 0: not known */
} matmul_config;

typedef struct {
  sb_dist dist;
  int64_t panel; /* columns of A and rows of B that travel together, at most */
} matmul_layout;

/* The cheapest grid of at most `ranks` ranks under the memory of a node, or the one given.
 * SB_BAD_INPUT where the given grid does not fit. */
sb_status matmul_layout_make(const matmul_config *config, int ranks, matmul_layout *layout);

/* What one rank works on. Ranges are of the whole matrices. */
typedef struct {
  int position[SB_AXES]; /* i, j, l */
  sb_range rows, columns, layer;
  sb_range a_part; /* columns of A that it owns, of `rows` */
  sb_range b_part; /* rows of B that it owns, of `columns` */
  sb_range c_part; /* rows of C that it keeps, of `columns` */
} matmul_share;

/* All empty for idle ranks. */
matmul_share matmul_share_of(const matmul_layout *layout, int rank);

/* The columns of A (rows of B) that part `part` of `parts` owns within a layer. */
sb_range matmul_part(sb_range layer, int parts, int part);

/* Panels of a layer, cut so that each has one owner of its A and one of its B, and at most
 * layout->panel wide. `list` has room for matmul_panels_most; returns how many there are. */
int64_t matmul_panels_most(const matmul_layout *layout, sb_range layer);
int64_t matmul_panels_cut(const matmul_layout *layout, sb_range layer, sb_range *list);

/* The panel that the rank at (i, j) begins with: ranks of a row and of a column begin with
 * different ones, so that in each step each hands over to one and receives from one. */
int64_t matmul_first_panel(const matmul_layout *layout, int i, int j, sb_range layer,
                           const sb_range *list, int64_t panels);

/* Words that all ranks receive together, and the least that the rank with most words could, by
 * Kwasniewski et al. (SC 2019, COSMA), with V = m n k / p and S the words of this plan's memory of
 * a rank: 2 V / sqrt(S) + S where memory is scarce (S < V^(2/3)), otherwise 3 V^(2/3); less its
 * share of A, B and C, which that bound counts but nobody sends. */
double matmul_words(const matmul_config *config, const matmul_layout *layout);
double matmul_words_rank(const matmul_layout *layout, int rank);
double matmul_least_words(const matmul_config *config, const matmul_layout *layout);

/* The hook of sb_app. */
void matmul_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan);

/* How the threads of a rank cut a block of C: rows x columns pieces. */
void matmul_threads_grid(int64_t rows, int64_t columns, int threads, int grid[2]);

#endif
