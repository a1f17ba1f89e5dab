#define _XOPEN_SOURCE 700 /* nftw */

#include "folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const variables[] = {"HOME",            "LEAF_HOME",      "XDG_CONFIG_HOME",
                                        "XDG_STATE_HOME", "XDG_CACHE_HOME", "LEAF_BIN"};

static void must(bool done, const char *what) {
  if (!done) {
    fprintf(stderr, "folder: %s: %s\n", what, strerror(errno));
    abort();
  }
}

void make_folder(char *out, size_t size) {
  snprintf(out, size, "/tmp/leaf-c-XXXXXX");
  must(mkdtemp(out) != NULL, "mkdtemp");
}

void make_inside(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  must(mkdir(path, 0700) == 0, path);
}

void write_file(const char *folder, const char *name, const char *text) {
  char path[4096];
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = fopen(path, "wb");
  must(file != NULL, path);
  must(fwrite(text, 1, strlen(text), file) == strlen(text) && fclose(file) == 0, path);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at) {
  (void)info;
  (void)type;
  (void)at;
  return remove(path);
}

void remove_folder(const char *folder) { must(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, folder); }

struct saved_environment save_environment(void) {
  struct saved_environment saved;
  size_t i;
  for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
    const char *value = getenv(variables[i]);
    saved.values[i] = value == NULL ? NULL : strdup(value);
    unsetenv(variables[i]);
  }
  return saved;
}

void restore_environment(struct saved_environment *saved) {
  size_t i;
  for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
    if (saved->values[i] == NULL) {
      unsetenv(variables[i]);
    } else {
      setenv(variables[i], saved->values[i], 1);
      free(saved->values[i]);
      saved->values[i] = NULL;
    }
  }
}
