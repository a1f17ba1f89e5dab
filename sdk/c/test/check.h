/* Checks for the tests: a failed one says where and what, and the test goes on. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void check_that(bool holds, const char *file, int line, const char *what);
void check_texts(const char *had, const char *wanted, const char *file, int line);
void check_part(const char *had, const char *wanted, const char *file, int line);
void check_numbers(long long had, long long wanted, const char *file, int line);

/* Says loudly that a test was not made; with CI=true it fails instead. */
void check_skip(const char *why, const char *file, int line);

#define CHECK(holds) check_that(holds, __FILE__, __LINE__, #holds)
#define CHECK_TEXT(had, wanted) check_texts(had, wanted, __FILE__, __LINE__)
#define CHECK_PART(had, wanted) check_part(had, wanted, __FILE__, __LINE__)
#define CHECK_NUMBER(had, wanted) check_numbers(had, wanted, __FILE__, __LINE__)
#define SKIP(why) check_skip(why, __FILE__, __LINE__)

struct check {
  const char *name;
  void (*run)(void);
};

#define TEST(function) {#function, function}

extern const struct check json_tests[];
extern const struct check api_tests[];
extern const struct check preferences_tests[];
extern const struct check core_tests[];
extern const struct check program_tests[];
extern const struct check real_core_tests[];

#endif
