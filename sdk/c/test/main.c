/* Runs the tests, all or those whose name has the argument in it. */
#include "check.h"

#include <signal.h>
#include <stdlib.h>

static int failures;
static int skipped;

void check_that(bool holds, const char *file, int line, const char *what) {
  if (!holds) {
    failures++;
    printf("  %s:%d: not so: %s\n", file, line, what);
  }
}

void check_texts(const char *had, const char *wanted, const char *file, int line) {
  if (had == NULL || strcmp(had, wanted) != 0) {
    failures++;
    printf("  %s:%d: had    '%s'\n  %*s wanted '%s'\n", file, line, had == NULL ? "(NULL)" : had,
           (int)strlen(file) + 3, "", wanted);
  }
}

void check_part(const char *had, const char *wanted, const char *file, int line) {
  if (had == NULL || strstr(had, wanted) == NULL) {
    failures++;
    printf("  %s:%d: had '%s', which does not hold '%s'\n", file, line, had == NULL ? "(NULL)" : had, wanted);
  }
}

void check_numbers(long long had, long long wanted, const char *file, int line) {
  if (had != wanted) {
    failures++;
    printf("  %s:%d: had %lld, wanted %lld\n", file, line, had, wanted);
  }
}

void check_skip(const char *why, const char *file, int line) {
  const char *ci = getenv("CI");
  if (ci != NULL && strcmp(ci, "true") == 0) {
    failures++;
    printf("  %s:%d: %s, and CI=true asks for all tests\n", file, line, why);
  } else {
    skipped++;
    printf("  SKIPPED: %s\n", why);
  }
}

int main(int argc, char **argv) {
  const struct check *const groups[] = {json_tests, api_tests, preferences_tests, core_tests,
                                        program_tests, real_core_tests};
  int passed = 0;
  int failed = 0;
  size_t i;
  const struct check *test;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    for (test = groups[i]; test->run != NULL; test++) {
      int before = failures;
      int skips = skipped;
      if (argc > 1 && strstr(test->name, argv[1]) == NULL) {
        continue;
      }
      test->run();
      failed += failures > before;
      passed += failures == before && skipped == skips;
      printf("%s %s\n", failures > before ? "FAILED" : skipped > skips ? "skip  " : "ok    ", test->name);
    }
  }
  if (skipped > 0) {
    printf("%d SKIPPED; the lines above say why\n", skipped);
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0 || passed == 0;
}
