#include "matmul_cut.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t told(int64_t ld, int64_t most) { return ld < 1 ? 1 : least(ld, most); }

void matmul_cut(const matmul_block *block, int64_t most, void (*product)(const matmul_block *)) {
  const matmul_block all = *block;
  /* a and c have m rows, b has k. */
  const int64_t most_m = all.lda > most || all.ldc > most ? 1 : most;
  const int64_t most_k = all.ldb > most ? 1 : most;
  matmul_block piece = {.a = all.a,
                        .b = all.b,
                        .lda = told(all.lda, most),
                        .ldb = told(all.ldb, most),
                        .ldc = told(all.ldc, most)};
  for (int64_t i = 0; i < all.m; i += piece.m) {
    piece.m = least(all.m - i, most_m);
    for (int64_t j = 0; j < all.n; j += piece.n) {
      piece.n = least(all.n - j, most);
      piece.c = all.c + i * all.ldc + j;
      int64_t p = 0;
      do { /* once where k is 0 */
        piece.k = least(all.k - p, most_k);
        if (all.k > 0) { /* else there may be no a and b */
          piece.a = all.a + i * all.lda + p;
          piece.b = all.b + p * all.ldb + j;
        }
        piece.add = all.add || p > 0;
        product(&piece);
        p += piece.k;
      } while (p < all.k);
    }
  }
}
