/* threads.h: the threads of a rank. The only file that includes omp.h.
 *
 * Without -fopenmp every function here tells of one thread, and the `omp parallel` pragmas around
 * the calls do nothing, so the serial and mpi programs hold no OpenMP at all. All functions are
 * local.
 */
#ifndef SCALEBAR_THREADS_H
#define SCALEBAR_THREADS_H

#include <stdbool.h>

#ifdef _OPENMP
#include <omp.h>

static inline bool sb_threads_built(void) { return true; }
static inline int sb_thread(void) { return omp_get_thread_num(); }
static inline int sb_thread_count(void) { return omp_get_num_threads(); }
static inline void sb_threads_set(int threads) {
  omp_set_dynamic(0);
  omp_set_num_threads(threads);
}

/* CPUs that OpenMP binds threads to (OMP_PLACES, OMP_PROC_BIND): once bound, the main thread's own
 * affinity no longer tells what the process may use. 0 places when threads are not bound. */
static inline int sb_place_count(void) { return omp_get_num_places(); }
static inline int sb_place_size(int place) { return omp_get_place_num_procs(place); }
static inline void sb_place_cpus(int place, int *cpus) { omp_get_place_proc_ids(place, cpus); }
#else
static inline bool sb_threads_built(void) { return false; }
static inline int sb_thread(void) { return 0; }
static inline int sb_thread_count(void) { return 1; }
static inline void sb_threads_set(int threads) { (void)threads; }
static inline int sb_place_count(void) { return 0; }
static inline int sb_place_size(int place) { return (void)place, 0; }
static inline void sb_place_cpus(int place, int *cpus) {
  (void)place;
  (void)cpus;
}
#endif

#endif
