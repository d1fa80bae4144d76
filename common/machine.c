#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include "cgroup.h"
#include "cores.h"
#include "isa.h"
#include "sysfile.h"
#include "topology.h"

static const char cpuinfo[] = "/proc/cpuinfo", meminfo[] = "/proc/meminfo";

static void set_word(char *word, size_t bytes, const char *text) {
  snprintf(word, bytes, "%.*s", (int)bytes - 1, text[0] != '\0' ? text : "unknown");
}

/* "model name" on x86, "cpu" on POWER; Arm gives numbers, which identify the core as well. */
static void read_model(const char *root, char *model, size_t bytes) {
  static const char *const keys[] = {"model name", "cpu", "Model"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (sb_sysfile_value(model, bytes, root, cpuinfo, keys[i]) && model[0] != '\0') return;
  char maker[16], part[16];
  if (sb_sysfile_value(maker, sizeof maker, root, cpuinfo, "CPU implementer") &&
      sb_sysfile_value(part, sizeof part, root, cpuinfo, "CPU part")) {
    snprintf(model, bytes, "implementer %s part %s", maker, part);
    return;
  }
#ifdef __APPLE__
  if (sysctlbyname("machdep.cpu.brand_string", model, &bytes, NULL, 0) == 0) return;
#endif
  set_word(model, bytes, "");
}

/* x86 tells by a CPU flag; elsewhere only a hypervisor that names itself is known. */
static const char *find_hypervisor(const char *root) {
  char text[8192];
  if (sb_sysfile_line(text, sizeof text, root, "/sys/hypervisor/type")) return "yes";
  if (!sb_sysfile_value(text, sizeof text, root, cpuinfo, "flags")) return "unknown";
  return strstr(text, " hypervisor") != NULL ? "yes" : "no";
}

/* The word in brackets of "always [madvise] never". */
static void read_huge_pages(const char *root, const char *file, char *word, size_t bytes) {
  char text[128];
  sb_sysfile_line(text, sizeof text, root, "/sys/kernel/mm/transparent_hugepage/%s", file);
  char *open = strchr(text, '[');
  char *close = open != NULL ? strchr(open, ']') : NULL;
  if (close != NULL) *close = '\0';
  set_word(word, bytes, close != NULL ? open + 1 : "");
}

bool sb_shared_huge_pages(const char *root) {
  char word[32];
  read_huge_pages(root, "shmem_enabled", word, sizeof word);
  return strcmp(word, "never") != 0 && strcmp(word, "deny") != 0 && strcmp(word, "unknown") != 0;
}

/* A line of /proc/meminfo, in bytes; 0 when unknown. */
static int64_t memory_line(const char *root, const char *key) {
  char text[64];
  if (!sb_sysfile_value(text, sizeof text, root, meminfo, key)) return 0;
  const int64_t kibibytes = sb_sysfile_parse(text);
  return kibibytes > 0 ? kibibytes * 1024 : 0;
}

void sb_machine_read(const char *root, sb_machine *machine) {
  read_model(root, machine->cpu_model, sizeof machine->cpu_model);
  set_word(machine->hypervisor, sizeof machine->hypervisor, find_hypervisor(root));
  read_huge_pages(root, "enabled", machine->huge_pages, sizeof machine->huge_pages);
  machine->memory_bytes = memory_line(root, "MemTotal");
  machine->memory_available = memory_line(root, "MemAvailable");
  const sb_grant grant = sb_cgroup_grant(root);
  if (machine->memory_available > grant.memory_free) machine->memory_available = grant.memory_free;
  machine->cpu_quota = grant.cpus;
}

static void read_topology(sb_machine *machine) {
  const sb_topology best = sb_topology_hwloc();
  const sb_topology spare = sb_topology_sysfs("");
  machine->sockets = best.sockets > 0 ? best.sockets : spare.sockets;
  machine->cores = best.cores > 0 ? best.cores : spare.cores;
  machine->hardware_threads =
      best.hardware_threads > 0 ? best.hardware_threads : spare.hardware_threads;
  machine->numa_nodes = best.numa_nodes > 0 ? best.numa_nodes : spare.numa_nodes;
  machine->l1d_bytes = best.l1d_bytes > 0 ? best.l1d_bytes : spare.l1d_bytes;
  machine->l2_bytes = best.l2_bytes > 0 ? best.l2_bytes : spare.l2_bytes;
  machine->l3_bytes = best.l3_bytes > 0 ? best.l3_bytes : spare.l3_bytes;
  machine->l3_caches = best.l3_caches > 0 ? best.l3_caches : spare.l3_caches;
}

static void read_usable(sb_machine *machine) {
  const sb_cpuset cpus = sb_cpus_of_process();
  sb_core_map map;
  sb_core_map_read("", &cpus, &map);
  const sb_cpuset cores = sb_cores_of(&map, &cpus);
  machine->usable_cpus = sb_cpuset_count(&cpus);
  machine->usable_cores = sb_cpuset_count(&cores);
}

sb_status sb_machine_observe(sb_machine *machine) {
  *machine = (sb_machine){0};
  sb_machine_read("", machine);
  read_topology(machine);
  read_usable(machine);

  struct utsname name;
  const int known = uname(&name) >= 0;
  set_word(machine->architecture, sizeof machine->architecture, known ? name.machine : "");
  char kernel[sizeof name.sysname + sizeof name.release + 1] = "";
  if (known) snprintf(kernel, sizeof kernel, "%s %s", name.sysname, name.release);
  set_word(machine->kernel, sizeof machine->kernel, kernel);
  set_word(machine->instruction_set, sizeof machine->instruction_set, sb_isa_name(sb_isa_best()));

  const long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);
  if (page > 0) machine->page_bytes = page;
  if (machine->memory_bytes == 0 && page > 0 && pages > 0)
    machine->memory_bytes = (int64_t)page * pages;
  return SB_OK;
}
