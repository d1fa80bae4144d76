/* own_folder.h: a folder of a test program's own, and what lies in it. Include after cmocka.h. */
#ifndef SCALEBAR_TESTS_OWN_FOLDER_H
#define SCALEBAR_TESTS_OWN_FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "status.h"

static char folder[64];

/* In memory where there is such a place: thousands of small files, some of them synced. */
static inline const char *folder_of_folders(void) {
  return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

/* Valid until the second next call. */
static inline const char *path_of(const char *name) {
  static char path[2][512];
  static int turn;
  turn = 1 - turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
  return path[turn];
}

static inline bool is_an_entry(const struct dirent *entry) {
  return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static inline int files_in_folder(void) {
  DIR *open = opendir(folder);
  assert_non_null(open);
  int count = 0;
  for (const struct dirent *entry; (entry = readdir(open)) != NULL;) count += is_an_entry(entry);
  closedir(open);
  return count;
}

/* Before each test: also what the test before said is forgotten. */
static inline int empty_folder(void **state) {
  (void)state;
  DIR *open = opendir(folder);
  if (open == NULL) return -1;
  for (const struct dirent *entry; (entry = readdir(open)) != NULL;) {
    if (is_an_entry(entry) && unlink(path_of(entry->d_name)) != 0) rmdir(path_of(entry->d_name));
  }
  closedir(open);
  sb_clear();
  return 0;
}

#endif
