/* The JSON reader: by hand, and by mutations of real replies under a seed that is printed. */
#include "../leaf_json.h"

#include "check.h"
#include "fuzz_json.h"

#include <limits.h>
#include <math.h>
#include <time.h>

static enum leaf_json_result result(const char *text) {
  struct leaf_json value;
  return leaf_json_parse(text, strlen(text), &value);
}

static struct leaf_json parsed(const char *text) {
  struct leaf_json value;
  CHECK(leaf_json_parse(text, strlen(text), &value) == LEAF_JSON_OK);
  return value;
}

static void right_json_is_taken(void) {
  static const char *const right[] = {
      "{}", "[]", " [ ] ", "null", "true", "false", "0", "-0", "12.5e+3", "1E9", "\"\"", "\"\\u00e9\\n\\/\"",
      "{\"a\":1,\"b\":[{},[],null,\"x\"],\"a\":2}", "\t\r\n[1 , 2]\n", "{\"日本\":\"😀\"}"};
  size_t i;
  for (i = 0; i < sizeof right / sizeof right[0]; i++) {
    CHECK_NUMBER(result(right[i]), LEAF_JSON_OK);
  }
}

static void wrong_json_is_told_from_half_json(void) {
  static const char *const wrong[] = {
      "{} x", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "[1 2]", "01", "1.", "-", ".5", "+1", "1e", "nul", "True",
      "\"\\x\"", "\"a\nb\"", "\"\\u12g4\"", "]", "{]", "[}", "'a'", "[1]]", "NaN", "//x\n1", "{\"a\":}", "\"\\u12"};
  static const char *const half[] = {"", " ", "{", "[", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[1,",
                                     "[[]", "\"abc", "{\"a\":{\"b\":[1,2,{\"c\":\"d\"}]"};
  size_t i;
  for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    if (result(wrong[i]) != LEAF_JSON_WRONG) {
      CHECK_TEXT("taken for right or half", wrong[i]);
    }
  }
  for (i = 0; i < sizeof half / sizeof half[0]; i++) {
    if (result(half[i]) != LEAF_JSON_ENDS_EARLY) {
      CHECK_TEXT("not taken for half", half[i]);
    }
  }
}

static void depth_is_bounded(void) {
  char deep[2 * (LEAF_JSON_DEPTH + 1)];
  struct leaf_json value;
  memset(deep, '[', LEAF_JSON_DEPTH);
  memset(deep + LEAF_JSON_DEPTH, ']', LEAF_JSON_DEPTH);
  CHECK_NUMBER(leaf_json_parse(deep, 2 * LEAF_JSON_DEPTH, &value), LEAF_JSON_OK);
  memset(deep, '[', LEAF_JSON_DEPTH + 1);
  memset(deep + LEAF_JSON_DEPTH + 1, ']', LEAF_JSON_DEPTH + 1);
  CHECK_NUMBER(leaf_json_parse(deep, sizeof deep, &value), LEAF_JSON_WRONG);
}

static void members_are_found(void) {
  struct leaf_json object = parsed("{\"a\":{\"tag\":1},\"t\\u0061g\":\"x\",\"n\":null,\"tag\":\"last\",\"\":[ ]}");
  struct leaf_json value;
  CHECK(leaf_json_member(object, "tag", &value) && leaf_json_is(value, "last"));
  CHECK(leaf_json_member(object, "n", &value) && leaf_json_kind(value) == LEAF_JSON_NULL);
  CHECK(leaf_json_member(object, "", &value) && leaf_json_kind(value) == LEAF_JSON_ARRAY);
  CHECK_NUMBER((long long)value.length, 3);
  CHECK(!leaf_json_member(object, "ta", &value) && leaf_json_kind(value) == LEAF_JSON_NOTHING);
  CHECK(!leaf_json_member(value, "x", &value));
  CHECK(!leaf_json_member(parsed("[{\"x\":1}]"), "x", &value));
}

static void items_come_in_order(void) {
  struct leaf_json_walk items = leaf_json_items(parsed(" [ 1 , \"b,]\" ,[2],{ \"k\" : [] } ] "));
  struct leaf_json value;
  struct leaf_json name;
  CHECK(leaf_json_next(&items, &name, &value) && leaf_json_kind(value) == LEAF_JSON_NUMBER);
  CHECK_NUMBER((long long)name.length, 0);
  CHECK(leaf_json_next(&items, NULL, &value) && leaf_json_is(value, "b,]"));
  CHECK(leaf_json_next(&items, NULL, &value) && leaf_json_kind(value) == LEAF_JSON_ARRAY);
  CHECK(leaf_json_next(&items, NULL, &value) && leaf_json_kind(value) == LEAF_JSON_OBJECT);
  CHECK(!leaf_json_next(&items, NULL, &value));
  CHECK(!leaf_json_next(&items, NULL, &value));
  items = leaf_json_items(parsed("{}"));
  CHECK(!leaf_json_next(&items, NULL, &value));
  items = leaf_json_items(parsed("12"));
  CHECK(!leaf_json_next(&items, NULL, &value));
}

static void check_string(const char *json, const char *wanted, size_t wanted_length) {
  size_t length = 0;
  char *text = leaf_json_string(parsed(json), &length);
  CHECK_NUMBER((long long)length, (long long)wanted_length);
  CHECK(text != NULL && length == wanted_length && memcmp(text, wanted, length) == 0);
  free(text);
}

static void strings_lose_their_escapes(void) {
  check_string("\"\"", "", 0);
  check_string("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t", 10 - 1);
  check_string("\"\\u0041\\u00e9\\u65e5\"", "Aé日", 6);
  check_string("\"\\ud83d\\ude00!\"", "😀!", 5);
  check_string("\"😀\"", "😀", 4);
  check_string("\"a\\u0000b\"", "a\0b", 3);
  check_string("\"\\ud83d\"", "\xef\xbf\xbd", 3);
  check_string("\"\\ude00x\"", "\xef\xbf\xbdx", 4);
  check_string("\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A", 4);
  check_string("\"\\ud83d\\n\"", "\xef\xbf\xbd\n", 4);
  CHECK(leaf_json_string(parsed("1"), NULL) == NULL);
  CHECK(leaf_json_is(parsed("\"a\\u0062\""), "ab"));
  CHECK(!leaf_json_is(parsed("\"a\\u0000\""), "a"));
  CHECK(!leaf_json_is(parsed("null"), "null"));
}

static void numbers_are_read(void) {
  double number = 0;
  long long whole = 0;
  bool flag = false;
  CHECK(leaf_json_number(parsed("128.7"), &number) && number > 128.69 && number < 128.71);
  CHECK(leaf_json_number(parsed("-1.5e3"), &number) && number < -1499 && number > -1501);
  CHECK(!leaf_json_number(parsed("null"), &number));
  CHECK(!leaf_json_number(parsed("\"1\""), &number));
  CHECK(leaf_json_integer(parsed("9223372036854775807"), &whole) && whole == LLONG_MAX);
  CHECK(leaf_json_integer(parsed("-9223372036854775808"), &whole) && whole == LLONG_MIN);
  CHECK(!leaf_json_integer(parsed("9223372036854775808"), &whole));
  CHECK(!leaf_json_integer(parsed("123456789012345678901234567890"), &whole));
  CHECK(leaf_json_integer(parsed("1.5e3"), &whole) && whole == 1500);
  CHECK(!leaf_json_integer(parsed("1.25"), &whole));
  CHECK(!leaf_json_integer(parsed("1e400"), &whole));
  CHECK(leaf_json_boolean(parsed("true"), &flag) && flag);
  CHECK(leaf_json_boolean(parsed("false"), &flag) && !flag);
  CHECK(!leaf_json_boolean(parsed("0"), &flag));
}

static void check_number(const char *json, double wanted) {
  double number = 0;
  if (!leaf_json_number(parsed(json), &number) || number != wanted) {
    printf("  %s: had %.17g, wanted %.17g\n", json, number, wanted);
    CHECK(number == wanted);
  }
}

static void numbers_are_the_nearest_doubles(void) {
  check_number("0", 0);
  check_number("-0.0", 0);
  check_number("128.7", 128.7);
  check_number("-0.1", -0.1);
  check_number("1.25e3", 1250);
  check_number("1.25E+3", 1250);
  check_number("125e-2", 1.25);
  check_number("0.30000000000000004", 0.30000000000000004);
  check_number("123456789012345678901234567890.5", 123456789012345678901234567890.5);
  check_number("2.2250738585072014e-308", 2.2250738585072014e-308);
  check_number("1e999999999999999999999999", HUGE_VAL);
  check_number("-1e400", -HUGE_VAL);
  check_number("1e-999999999999999999999999", 0);
}

static void texts_are_quoted_and_mended(void) {
  static const char bad[] = "a\"\\\n\x01\xff\xf0\x9f\x98 \xed\xa0\x80 é😀";
  struct leaf_buffer out;
  memset(&out, 0, sizeof out);
  leaf_buffer_quoted(&out, bad, sizeof bad - 1);
  CHECK_TEXT(out.text,
             "\"a\\\"\\\\\\u000a\\u0001\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd é😀\"");
  CHECK_NUMBER(result(out.text), LEAF_JSON_OK);
  leaf_buffer_free(&out);
}

/* Seeded mutations; LEAF_FUZZ_SEED repeats a run, LEAF_FUZZ_RUNS prolongs it. */
static void mutations_do_no_harm(void) {
  const char *seed_text = getenv("LEAF_FUZZ_SEED");
  const char *runs_text = getenv("LEAF_FUZZ_RUNS");
  unsigned long seed = seed_text != NULL ? strtoul(seed_text, NULL, 10) : (unsigned long)time(NULL);
  unsigned long runs = runs_text != NULL ? strtoul(runs_text, NULL, 10) : 200000;
  printf("  mutations under LEAF_FUZZ_SEED=%lu\n", seed);
  fuzz_json_run(seed, runs);
}

const struct check json_tests[] = {TEST(right_json_is_taken),
                                   TEST(wrong_json_is_told_from_half_json),
                                   TEST(depth_is_bounded),
                                   TEST(members_are_found),
                                   TEST(items_come_in_order),
                                   TEST(strings_lose_their_escapes),
                                   TEST(numbers_are_read),
                                   TEST(numbers_are_the_nearest_doubles),
                                   TEST(texts_are_quoted_and_mended),
                                   TEST(mutations_do_no_harm),
                                   {NULL, NULL}};
