#include <string.h>

#include "cores.h"
#include "machine.h"
#include "sysfile.h"

/* The governor's clock where there is one; virtual machines only tell a nominal one. */
static int64_t read_clock(const char *root, int cpu) {
  const int64_t kilohertz =
      sb_sysfile_number(root, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
  if (kilohertz > 0) return kilohertz * 1000;
  char text[64];
  if (!sb_sysfile_value(text, sizeof text, root, "/proc/cpuinfo", "cpu MHz")) return -1;
  const int64_t megahertz = sb_sysfile_parse(text);
  return megahertz > 0 ? megahertz * 1000000 : -1;
}

static int64_t read_throttling(const char *root) {
  char text[4096];
  sb_cpuset cpus;
  if (!sb_sysfile_line(text, sizeof text, root, "/sys/devices/system/cpu/online") ||
      !sb_cpuset_parse(&cpus, text))
    return -1;
  int64_t sum = -1;
  for (int cpu = sb_cpuset_next(&cpus, 0); cpu >= 0; cpu = sb_cpuset_next(&cpus, cpu + 1)) {
    const int64_t events = sb_sysfile_number(
        root, "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count", cpu);
    if (events < 0) return sum; /* a kernel has it for all CPUs or for none */
    sum = (sum < 0 ? 0 : sum) + events;
  }
  return sum;
}

/* Zones of powercap whose name says package; others are parts of these or the whole board. */
static void read_energy(const char *root, sb_counters *counters) {
  char name[64];
  counters->packages = 0;
  counters->energy_microjoule = -1;
  for (int zone = 0; zone < SB_PACKAGES; zone++) {
    if (!sb_sysfile_line(name, sizeof name, root, "/sys/class/powercap/intel-rapl:%d/name", zone))
      return;
    if (strncmp(name, "package", strlen("package")) != 0) continue;
    const int64_t energy =
        sb_sysfile_number(root, "/sys/class/powercap/intel-rapl:%d/energy_uj", zone);
    const int64_t range =
        sb_sysfile_number(root, "/sys/class/powercap/intel-rapl:%d/max_energy_range_uj", zone);
    if (energy < 0 || range < 0) continue; /* only root may read it on many systems */
    counters->energy[counters->packages] = energy;
    counters->energy_range[counters->packages++] = range;
    if (counters->energy_microjoule < 0) counters->energy_microjoule = 0;
    counters->energy_microjoule += energy;
  }
}

static int64_t read_memory_errors(const char *root) {
  int64_t sum = -1;
  for (int controller = 0;; controller++) {
    const int64_t corrected =
        sb_sysfile_number(root, "/sys/devices/system/edac/mc/mc%d/ce_count", controller);
    const int64_t uncorrected =
        sb_sysfile_number(root, "/sys/devices/system/edac/mc/mc%d/ue_count", controller);
    if (corrected < 0 || uncorrected < 0) return sum;
    sum = (sum < 0 ? 0 : sum) + corrected + uncorrected;
  }
}

void sb_counters_read_below(const char *root, int cpu, sb_counters *counters) {
  *counters = (sb_counters){0};
  counters->clock_hz = read_clock(root, cpu);
  counters->throttle_events = read_throttling(root);
  counters->memory_errors = read_memory_errors(root);
  read_energy(root, counters);
}

void sb_counters_read(sb_counters *counters) {
  const int cpu = sb_cpu_now();
  sb_counters_read_below("", cpu >= 0 ? cpu : 0, counters);
}

int64_t sb_counters_energy_between(const sb_counters *before, const sb_counters *after) {
  if (before->packages == 0 || before->packages != after->packages) return -1;
  int64_t sum = 0;
  for (int p = 0; p < after->packages; p++) {
    const int64_t used = after->energy[p] - before->energy[p];
    sum += used >= 0 ? used : used + after->energy_range[p];
  }
  return sum;
}
