/* machine.h: what this node is, and what these programs were built from. */
#ifndef SCALEBAR_MACHINE_H
#define SCALEBAR_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/* The node that the calling rank runs on. Unknown numbers are 0, unknown words "unknown". Holds no
 * pointers, so it can be sent as it is. */
typedef struct {
  char cpu_model[128];
  char architecture[32];                            /* "x86_64" */
  char instruction_set[32];                         /* best that hot kernels can use: "avx512" */
  int sockets, cores, hardware_threads, numa_nodes; /* of the whole node */
  int usable_cores, usable_cpus; /* this process may run on (affinity and cgroup cpuset) */
  double cpu_quota;              /* CPU seconds a second that its cgroup grants, 0: no limit */
  int64_t l1d_bytes, l2_bytes, l3_bytes; /* of one cache instance, as the system reports it */
  int l3_caches;                         /* of the third level on the whole node */
  int64_t memory_bytes;                  /* installed, less what the kernel keeps for itself */
  int64_t memory_available;              /* free to this process: MemAvailable, cgroup limit */
  int64_t page_bytes;
  char huge_pages[32]; /* /sys/kernel/mm/transparent_hugepage/enabled, the word chosen */
  char kernel[128];    /* "Linux 6.1.0-..." : uname sysname and release */
  char hypervisor[32]; /* "yes", "no", "unknown" */
} sb_machine;

/* Reads the node's topology (hwloc where built in, else /proc and sysfs). What cannot be read stays
 * unknown, so this does not fail in odd containers. Takes some milliseconds. Local; call it before
 * any thread but the first runs. */
sb_status sb_machine_observe(sb_machine *machine);

/* The part of it that is read from files below <root>/proc and <root>/sys: cpu_model, hypervisor,
 * huge_pages, memory, quota. `root` is "" on a real machine, a folder with made-up files in tests.
 * Local. */
void sb_machine_read(const char *root, sb_machine *machine);

/* Whether memory that processes share (tmpfs) can have huge pages: the word chosen in
 * /sys/kernel/mm/transparent_hugepage/shmem_enabled. Mostly not. Local. */
bool sb_shared_huge_pages(const char *root);

/* How this program was built, from build_info.h, which CMake writes at each build. */
typedef struct {
  const char *version;        /* "0.1.0" */
  const char *git_commit;     /* 40 hex digits, or "unknown" */
  int git_dirty;              /* 1 when the tree differed from the commit */
  const char *compiler;       /* "GNU 12.2.0" */
  const char *compiler_flags; /* as given to the compiler, no paths */
  const char *build_type;     /* preset or build type */
} sb_build;

const sb_build *sb_build_info(void);

/* SHA-256 of the running executable, 64 hex digits; "unknown" where it cannot be read or the build
 * has no libcrypto. Local. */
void sb_binary_sha256(char hex[65]);

enum { SB_PACKAGES = 64 };

/* Counters that a plain user may read, before and after the measurement; -1 where not readable. */
typedef struct {
  int64_t clock_hz;        /* present clock of the CPU this thread runs on */
  int64_t throttle_events; /* thermal throttling, sum over hardware threads that are online */
  int64_t
      energy_microjoule; /* sum of the packages' energies, each since its counter last wrapped */
  int64_t memory_errors; /* corrected plus uncorrected (EDAC) */
  int packages;          /* whose energy could be read (powercap) */
  int64_t energy[SB_PACKAGES], energy_range[SB_PACKAGES]; /* of each, microjoule */
} sb_counters;

void sb_counters_read(sb_counters *counters); /* local */

/* The same below `root`, for tests; `cpu` is the CPU whose clock is meant. Local. */
void sb_counters_read_below(const char *root, int cpu, sb_counters *counters);

/* Microjoules from `before` to `after`, each package's counter having wrapped at most once (at 200
 * W that takes 20 minutes or more); -1 where not readable. Local. */
int64_t sb_counters_energy_between(const sb_counters *before, const sb_counters *after);

#endif
