/* blas.c: blas.h over the C interface of BLAS (J. Dongarra et al., A set of level 3 basic linear
 * algebra subprograms, ACM TOMS 16, 1990). A build without BLAS has blas_none.c instead. */
#include "blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

/* OpenBLAS alone has these; with another BLAS they are NULL. */
__attribute__((weak)) char *openblas_get_config(void);
__attribute__((weak)) void openblas_set_num_threads(int threads);

/* Our threads call BLAS: one that came with threads of its own (no serial one was there to link)
 * would put them on the same cores. Before main, as no later place is ahead of every thread. */
__attribute__((constructor)) static void without_own_threads(void) {
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

/* OpenBLAS without threads, as Debian builds it (0.3.21, no USE_LOCKING), finds a free buffer for a
 * call without a lock: two callers may get the same one, and small products come out wrong
 * (OpenBLAS issues 2126, 4030). It calls these two functions through the table of symbols, where a
 * program's own come first; these put a lock around the library's. The test of several callers
 * (tests/unit/test_matmul_blas.c) tells where that does not hold. Another BLAS never calls them. */
void *blas_memory_alloc(int where);
void blas_memory_free(void *buffer);

static pthread_mutex_t buffers = PTHREAD_MUTEX_INITIALIZER;
static void *(*library_alloc)(int);
static void (*library_free)(void *);

__attribute__((constructor)) static void find_buffers(void) {
  *(void **)&library_alloc = dlsym(RTLD_NEXT, "blas_memory_alloc");
  *(void **)&library_free = dlsym(RTLD_NEXT, "blas_memory_free");
}

/* The library's own constructors, which run before ours, may call. */
static void need_buffers(void) {
  if (library_alloc == NULL || library_free == NULL) find_buffers();
  if (library_alloc == NULL || library_free == NULL) abort();
}

void *blas_memory_alloc(int where) {
  pthread_mutex_lock(&buffers);
  need_buffers();
  void *buffer = library_alloc(where);
  pthread_mutex_unlock(&buffers);
  return buffer;
}

void blas_memory_free(void *buffer) {
  pthread_mutex_lock(&buffers);
  need_buffers();
  library_free(buffer);
  pthread_mutex_unlock(&buffers);
}

bool sb_blas_built(void) { return true; }

const char *sb_blas_name(void) { return openblas_get_config ? openblas_get_config() : "BLAS"; }

void sb_blas_multiply(int m, int n, int k, const double *a, int lda, const double *b, int ldb,
                      bool add, double *c, int ldc) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0, a, lda, b, ldb,
              add ? 1.0 : 0.0, c, ldc);
}
