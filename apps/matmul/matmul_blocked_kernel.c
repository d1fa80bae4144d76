/* The blocked product, in the loops and packed layout of Goto and van de Geijn (2008).
 *
 *   for panels of b, K x N         packed into strips of COLUMNS columns: third-level cache
 *     for blocks of a, M x K       packed into strips of ROWS rows: second-level cache
 *       for strips of the panel    K x COLUMNS: first-level cache
 *         for strips of the block  ROWS x K, streaming by
 *           a tile of c            ROWS x COLUMNS sums in registers; each of K steps adds the
 *                                  product of a column of one strip and a row of the other
 *
 * Packed strips are read from begin to end, whatever lda and ldb are, and are filled up with zeros
 * to whole tiles, so that one loop serves all of them. The part of a tile that lies in c is added
 * through a small buffer where it is not whole. */
#include "matmul_kernel.h"
#include "simd.h"

enum {
  /* The tile: as many sums as leave registers for two vectors of b and one entry of a. Measured
   * best: 8 x 3 vectors reach nine tenths of what 12 x 2 do with 32 registers, since a strip of b
   * is then as big as the first-level cache. */
  VECTORS = 2,
  ROWS = SB_REGISTERS == 32 ? 12 : 6,
  COLUMNS = VECTORS * SB_LANES_F64,
  M = MATMUL_PACKED_M,
  N = MATMUL_PACKED_N,
  K = MATMUL_PACKED_K
};
_Static_assert(M % ROWS == 0 && N % COLUMNS == 0, "strips fill what is packed");

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* k x n of b into strips of COLUMNS columns. */
static void pack_b(const double *b, int64_t ldb, int64_t k, int64_t n, double *packed) {
  for (int64_t j = 0; j < n; j += COLUMNS, packed += k * COLUMNS) {
    const int64_t width = least(COLUMNS, n - j);
    for (int64_t p = 0; p < k; p++) {
      const double *from = b + p * ldb + j;
      double *to = packed + p * COLUMNS;
      if (width == COLUMNS) {
        for (int v = 0; v < COLUMNS; v += SB_LANES_F64) sb_f64_store(to + v, sb_f64_load(from + v));
      } else {
        for (int64_t x = 0; x < COLUMNS; x++) to[x] = x < width ? from[x] : 0.0;
      }
    }
  }
}

/* m x k of a into strips of ROWS rows, turned: the entries of a step side by side. */
static void pack_a(const double *a, int64_t lda, int64_t m, int64_t k, double *packed) {
  for (int64_t i = 0; i < m; i += ROWS, packed += k * ROWS) {
    const int64_t height = least(ROWS, m - i);
    const double *from = a + i * lda;
    if (height == ROWS) {
      for (int64_t p = 0; p < k; p++) {
        for (int x = 0; x < ROWS; x++) packed[p * ROWS + x] = from[x * lda + p];
      }
    } else {
      for (int64_t p = 0; p < k; p++) {
        for (int64_t x = 0; x < ROWS; x++) {
          packed[p * ROWS + x] = x < height ? from[x * lda + p] : 0.0;
        }
      }
    }
  }
}

/* One tile, ROWS x COLUMNS, from a strip of each. */
static inline void tile(int64_t k, const double *restrict a, const double *restrict b, double *c,
                        int64_t ldc, bool add) {
  sb_f64 sum[ROWS][VECTORS];
  for (int i = 0; i < ROWS; i++) {
    sb_fetch(c + i * ldc);
    sb_fetch(c + i * ldc + COLUMNS - 1);
    for (int v = 0; v < VECTORS; v++) sum[i][v] = sb_f64_all(0.0);
  }
  for (int64_t p = 0; p < k; p++, a += ROWS, b += COLUMNS) {
    sb_f64 of_b[VECTORS];
    for (int64_t v = 0; v < VECTORS; v++) of_b[v] = sb_f64_load(b + v * SB_LANES_F64);
    for (int i = 0; i < ROWS; i++) {
      const sb_f64 of_a = sb_f64_all(a[i]);
      for (int v = 0; v < VECTORS; v++) sum[i][v] = sb_f64_fma(of_a, of_b[v], sum[i][v]);
    }
  }
  for (int i = 0; i < ROWS; i++) {
    for (int64_t v = 0; v < VECTORS; v++) {
      double *to = c + i * ldc + v * SB_LANES_F64;
      sb_f64_store(to, add ? sb_f64_add(sb_f64_load(to), sum[i][v]) : sum[i][v]);
    }
  }
}

/* The first `height` rows and `width` columns of a tile. */
static void part_of_tile(int64_t k, const double *a, const double *b, double *c, int64_t ldc,
                         bool add, int64_t height, int64_t width) {
  double sum[ROWS * COLUMNS];
  tile(k, a, b, sum, COLUMNS, false);
  for (int64_t i = 0; i < height; i++) {
    for (int64_t j = 0; j < width; j++) {
      c[i * ldc + j] = (add ? c[i * ldc + j] : 0.0) + sum[i * COLUMNS + j];
    }
  }
}

/* c(m x n) from a packed block and a packed panel. */
static void tiles(int64_t m, int64_t n, int64_t k, const double *a, const double *b, double *c,
                  int64_t ldc, bool add) {
  for (int64_t j = 0; j < n; j += COLUMNS) {
    const int64_t width = least(COLUMNS, n - j);
    for (int64_t i = 0; i < m; i += ROWS) {
      const int64_t height = least(ROWS, m - i);
      if (height == ROWS && width == COLUMNS) {
        tile(k, a + i * k, b + j * k, c + i * ldc + j, ldc, add);
      } else {
        part_of_tile(k, a + i * k, b + j * k, c + i * ldc + j, ldc, add, height, width);
      }
    }
  }
}

static void set_to_zero(const matmul_block *block) {
  for (int64_t i = 0; i < block->m; i++) {
    for (int64_t j = 0; j < block->n; j++) block->c[i * block->ldc + j] = 0.0;
  }
}

void SB_ISA_NAME(matmul_blocked)(const matmul_block *block, double *scratch) {
  double *panel = scratch, *strips = scratch + (int64_t)K * N;
  if (block->m == 0) return;
  if (block->k == 0 && !block->add) set_to_zero(block);
  for (int64_t j = 0; j < block->n; j += N) {
    const int64_t n = least(N, block->n - j);
    for (int64_t p = 0; p < block->k; p += K) {
      const int64_t k = least(K, block->k - p);
      pack_b(block->b + p * block->ldb + j, block->ldb, k, n, panel);
      for (int64_t i = 0; i < block->m; i += M) {
        const int64_t m = least(M, block->m - i);
        pack_a(block->a + i * block->lda + p, block->lda, m, k, strips);
        tiles(m, n, k, strips, panel, block->c + i * block->ldc + j, block->ldc,
              block->add || p > 0);
      }
    }
  }
}
