#include "cgroup.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sysfile.h"

/* The folder of the group this process is in, and how many of its last characters may be climbed.
 */
typedef struct {
  char path[SB_SYSFILE_PATH];
  size_t top; /* length of the mount point: groups above it cannot be seen */
} folder;

/* Whether `name` is one of the words of `list`, which commas part. */
static bool listed(const char *list, const char *name) {
  const size_t length = strlen(name);
  for (const char *word = list; word != NULL;) {
    if (strncmp(word, name, length) == 0 && (word[length] == ',' || word[length] == '\0'))
      return true;
    word = strchr(word, ',');
    if (word != NULL) word++;
  }
  return false;
}

/* Calls `take` with each line of a file until it says true. */
static bool any_line(const char *root, const char *path, bool (*take)(char *line, void *context),
                     void *context) {
  char name[SB_SYSFILE_PATH];
  snprintf(name, sizeof name, "%s%s", root, path);
  FILE *file = fopen(name, "r");
  if (file == NULL) return false;
  char *line = NULL;
  size_t room = 0;
  bool taken = false;
  while (!taken && getline(&line, &room, file) >= 0) {
    line[strcspn(line, "\n")] = '\0';
    taken = take(line, context);
  }
  free(line);
  fclose(file);
  return taken;
}

typedef struct {
  const char *controller; /* "" for version 2 */
  char group[SB_SYSFILE_PATH], mount_root[SB_SYSFILE_PATH], mount[SB_SYSFILE_PATH];
} search;

/* /proc/self/cgroup: "4:cpu,cpuacct:/slurm/job_7", "0::/user.slice" (cgroups(7)). */
static bool take_group(char *line, void *context) {
  search *s = context;
  char *controllers = strchr(line, ':');
  char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
  if (group == NULL) return false;
  *group++ = '\0';
  if (!listed(controllers + 1, s->controller)) return false;
  return snprintf(s->group, sizeof s->group, "%s", group) < (int)sizeof s->group;
}

/* /proc/self/mountinfo: "31 30 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu" (proc(5)). */
static bool take_mount(char *line, void *context) {
  search *s = context;
  char type[32], options[256];
  const char *rest = strstr(line, " - ");
  if (rest == NULL || sscanf(rest, " - %31s %*s %255s", type, options) != 2) return false;
  const bool v2 = s->controller[0] == '\0';
  if (strcmp(type, v2 ? "cgroup2" : "cgroup") != 0) return false;
  if (!v2 && !listed(options, s->controller)) return false;
  return sscanf(line, "%*s %*s %*s %1023s %1023s", s->mount_root, s->mount) == 2;
}

static bool find_folder(const char *root, const char *controller, folder *found) {
  search s = {.controller = controller};
  if (!any_line(root, "/proc/self/cgroup", take_group, &s)) return false;
  if (!any_line(root, "/proc/self/mountinfo", take_mount, &s)) return false;
  const size_t room = sizeof found->path;
  const int top = snprintf(found->path, room, "%s%s", root, s.mount);
  if (top < 0 || (size_t)top >= room) return false;
  found->top = (size_t)top;
  /* A container mounts its own group where others mount the root; its path may be told from
   * outside. */
  const size_t above = strcmp(s.mount_root, "/") == 0 ? 0 : strlen(s.mount_root);
  const char *below = strncmp(s.group, s.mount_root, above) == 0 ? s.group + above : "";
  if (strcmp(below, "/") != 0 && strstr(below, "..") == NULL)
    snprintf(found->path + top, room - found->top, "%s", below);
  return true;
}

/* Goes to the group above; false at the top. */
static bool climb(folder *at) {
  char *slash = strrchr(at->path, '/');
  if (slash == NULL || (size_t)(slash - at->path) < at->top) return false;
  *slash = '\0';
  return true;
}

/* CPUs that the group alone may use, 0 for no limit. */
static double quota(const char *path, bool v2) {
  char text[64];
  int64_t granted = -1, period = 0;
  if (v2) {
    if (!sb_sysfile_line(text, sizeof text, path, "/cpu.max")) return 0.0;
    const char *second = strchr(text, ' ');
    granted = sb_sysfile_parse(text); /* -1 for "max 100000": no limit */
    period = second != NULL ? sb_sysfile_parse(second + 1) : 0;
  } else {
    granted = sb_sysfile_number(path, "/cpu.cfs_quota_us"); /* -1: no limit */
    period = sb_sysfile_number(path, "/cpu.cfs_period_us");
  }
  return granted > 0 && period > 0 ? (double)granted / (double)period : 0.0;
}

static void tighten_cpus(const char *root, const char *controller, sb_grant *grant) {
  const bool v2 = controller[0] == '\0';
  folder at;
  if (!find_folder(root, controller, &at)) return;
  do {
    const double cpus = quota(at.path, v2);
    struct stat info;
    if (cpus > 0.0 && (grant->cpus <= 0.0 || cpus < grant->cpus) && stat(at.path, &info) == 0) {
      grant->cpus = cpus;
      grant->cpus_group = (uint64_t)info.st_ino; /* the same from inside and outside a container */
    }
  } while (climb(&at));
}

static void tighten_memory(const char *root, const char *controller, sb_grant *grant) {
  const bool v2 = controller[0] == '\0';
  folder at;
  if (!find_folder(root, controller, &at)) return;
  do {
    const int64_t limit = sb_sysfile_number(at.path, v2 ? "/memory.max" : "/memory.limit_in_bytes");
    const int64_t used =
        sb_sysfile_number(at.path, v2 ? "/memory.current" : "/memory.usage_in_bytes");
    if (limit < 0 || used < 0) continue; /* "max", or no such file */
    char text[64];
    const char *key = v2 ? "inactive_file" : "total_inactive_file";
    const bool told = sb_sysfile_value(text, sizeof text, at.path, "/memory.stat", key);
    const int64_t cached = told ? sb_sysfile_parse(text) : 0;
    const int64_t held = used > cached ? used - cached : 0;
    const int64_t free_now = limit > held ? limit - held : 0;
    if (free_now < grant->memory_free) grant->memory_free = free_now;
  } while (climb(&at));
}

sb_grant sb_cgroup_grant(const char *root) {
  sb_grant grant = {.memory_free = INT64_MAX};
  tighten_cpus(root, "cpu", &grant);
  tighten_cpus(root, "", &grant);
  tighten_memory(root, "memory", &grant);
  tighten_memory(root, "", &grant);
  return grant;
}
