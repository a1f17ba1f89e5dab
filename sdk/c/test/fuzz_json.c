#include "fuzz_json.h"

#include "../leaf_json.h"

static void must(bool holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "fuzz_json: not so: %s\n", what);
    abort();
  }
}

/* Visits a value and all in it, which must themselves be right JSON. */
static void visit(struct leaf_json value) {
  struct leaf_json_walk items = leaf_json_items(value);
  struct leaf_json again;
  struct leaf_json name;
  struct leaf_json item;
  enum leaf_json_kind kind = leaf_json_kind(value);
  size_t length;
  double number;
  long long whole;
  bool flag;
  char *text = leaf_json_string(value, &length);
  must(leaf_json_parse(value.text, value.length, &again) == LEAF_JSON_OK, "a part of right JSON is right");
  must(again.length == value.length, "a value has no space around it");
  must((text != NULL) == (kind == LEAF_JSON_STRING), "only strings are strings");
  must(leaf_json_number(value, &number) == (kind == LEAF_JSON_NUMBER), "only numbers are numbers");
  must(!leaf_json_integer(value, &whole) || kind == LEAF_JSON_NUMBER, "only numbers are whole numbers");
  must(leaf_json_boolean(value, &flag) == (kind == LEAF_JSON_BOOLEAN), "only booleans are booleans");
  if (text != NULL && strlen(text) == length) {
    must(leaf_json_is(value, text), "a string is its own text");
  }
  free(text);
  while (leaf_json_next(&items, &name, &item)) {
    visit(item); /* no deeper than LEAF_JSON_DEPTH */
    if (items.object) {
      char *key = leaf_json_string(name, &length);
      must(key != NULL, "a name is a string");
      must(strlen(key) != length || leaf_json_member(value, key, &item), "a member is found by its name");
      free(key);
    }
  }
}

void fuzz_json_one(const uint8_t *data, size_t size) {
  /* memory of its very size, so that a read beyond it is seen */
  char *text = (char *)malloc(size == 0 ? 1 : size);
  struct leaf_json value;
  must(text != NULL, "there is memory");
  if (size > 0) {
    memcpy(text, data, size);
  }
  if (leaf_json_parse(text, size, &value) == LEAF_JSON_OK) {
    visit(value);
  } else {
    must(leaf_json_kind(value) == LEAF_JSON_NOTHING, "of wrong JSON there is no value");
  }
  free(text);
}

/* xorshift64* (Vigna 2016) */
static uint64_t draw(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(2685821657736338717);
}

void fuzz_json_run(unsigned long seed, unsigned long runs) {
  static const char *const seeds[] = {
      "{\"outbounds\":[{\"name\":\"us-1\",\"is_selected\":true,\"ping_ms\":42.1},"
      "{\"name\":\"日本 / a+b%🍃\",\"ping_ms\":null}]}",
      "[{\"id\":7,\"network\":\"tcp\",\"outbound_chain\":[\"OUT\",\"US\"],"
      "\"duration\":1.25,\"timings\":{\"dns_ms\":null}}]",
      "{\"a\":\"\\ud83d\\ude00 \\u0000 \\\" \\\\ \\/ \\b\",\"b\":[-1.5e-10,0,1E+2,[],{}],\"a\":false}",
      " [ [ [ \"x\" ] , { } ] , true ] "};
  static const char pieces[] = "{}[]\",:\\u0d8\0 tfn-+.eE19";
  uint64_t state = (uint64_t)seed * 2 + 1;
  uint8_t text[512];
  for (; runs > 0; runs--) {
    const char *from = seeds[draw(&state) % (sizeof seeds / sizeof seeds[0])];
    size_t size = strlen(from);
    unsigned changes = (unsigned)(draw(&state) % 6);
    memcpy(text, from, size);
    for (; changes > 0; changes--) {
      size_t at = size == 0 ? 0 : (size_t)(draw(&state) % size);
      switch (draw(&state) % 5) {
        case 0: /* another byte */
          if (size > 0) {
            text[at] = (uint8_t)draw(&state);
          }
          break;
        case 1: /* one more byte of JSON */
          if (size < sizeof text) {
            memmove(text + at + 1, text + at, size - at);
            text[at] = (uint8_t)pieces[draw(&state) % (sizeof pieces - 1)];
            size++;
          }
          break;
        case 2: /* one less */
          if (size > 0) {
            memmove(text + at, text + at + 1, size - at - 1);
            size--;
          }
          break;
        case 3: /* cut off */
          size = at;
          break;
        default: /* a part twice */
          if (size > 0) {
            size_t part = (size_t)(draw(&state) % (size - at) + 1);
            if (size + part <= sizeof text) {
              memmove(text + at + part, text + at, size - at);
              size += part;
            }
          }
      }
    }
    fuzz_json_one(text, size);
  }
}

#ifdef LEAF_LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_json_one(data, size);
  return 0;
}
#endif
