/*
 * Reads JSON (RFC 8259) in place: a value is a part of the text it stands in, and nothing is copied but
 * the strings that are asked for. The text must outlive its values.
 *
 *   struct leaf_json reply, node, name;
 *   struct leaf_json_walk nodes;
 *   if (leaf_json_parse(text, length, &reply) == LEAF_JSON_OK && leaf_json_member(reply, "outbounds", &node)) {
 *     nodes = leaf_json_items(node);
 *     while (leaf_json_next(&nodes, NULL, &node)) {
 *       char *tag = leaf_json_member(node, "name", &name) ? leaf_json_string(name, NULL) : NULL;
 *       puts(tag == NULL ? "?" : tag);
 *       free(tag);
 *     }
 *   }
 *
 * Functions do not share state, so any thread may call any of them.
 */
#ifndef LEAF_JSON_H
#define LEAF_JSON_H

#include "leaf_text.h"

#include <errno.h>

/* How deep arrays and objects may lie in each other; a deeper text counts as wrong. */
#define LEAF_JSON_DEPTH 255

enum leaf_json_result {
  LEAF_JSON_OK,
  LEAF_JSON_WRONG,     /* not JSON, or more than one value */
  LEAF_JSON_ENDS_EARLY /* JSON up to its end, where more should follow */
};

enum leaf_json_kind {
  LEAF_JSON_NOTHING, /* a value that was not found */
  LEAF_JSON_NULL,
  LEAF_JSON_BOOLEAN,
  LEAF_JSON_NUMBER,
  LEAF_JSON_STRING,
  LEAF_JSON_ARRAY,
  LEAF_JSON_OBJECT
};

/* A value that leaf_json_parse, leaf_json_member or leaf_json_next found. */
struct leaf_json {
  const char *text;
  size_t length;
};

/* Where an iteration over an array or object is. */
struct leaf_json_walk {
  const char *at;
  const char *end;
  bool object;
};

static inline const char *leaf_json_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
    at++;
  }
  return at;
}

static inline bool leaf_json_digit(const char *at, const char *end) {
  return at < end && *at >= '0' && *at <= '9';
}

/* The value of a hexadecimal digit; 16 for any other character. */
static inline unsigned leaf_json_hex(char c) {
  if (c >= '0' && c <= '9') {
    return (unsigned)(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return (unsigned)(c - 'a') + 10;
  }
  return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

static inline enum leaf_json_result leaf_json_scan_string(const char **at, const char *end) {
  const char *p = *at + 1; /* after the quote */
  while (p < end && *p != '"') {
    if ((unsigned char)*p < 0x20) {
      return LEAF_JSON_WRONG;
    }
    if (*p++ != '\\') {
      continue;
    }
    if (p >= end || *p == '\0' || strchr("\"\\/bfnrtu", *p) == NULL) {
      return LEAF_JSON_WRONG;
    }
    if (*p++ == 'u') {
      int i;
      for (i = 0; i < 4; i++, p++) {
        if (p >= end || leaf_json_hex(*p) > 15) {
          return LEAF_JSON_WRONG;
        }
      }
    }
  }
  if (p >= end) {
    return LEAF_JSON_ENDS_EARLY;
  }
  *at = p + 1;
  return LEAF_JSON_OK;
}

static inline enum leaf_json_result leaf_json_scan_number(const char **at, const char *end) {
  const char *p = *at;
  if (*p == '-') {
    p++;
  }
  if (!leaf_json_digit(p, end)) {
    return LEAF_JSON_WRONG;
  }
  if (*p == '0') {
    p++;
  } else {
    while (leaf_json_digit(p, end)) {
      p++;
    }
  }
  if (p < end && *p == '.') {
    p++;
    if (!leaf_json_digit(p, end)) {
      return LEAF_JSON_WRONG;
    }
    while (leaf_json_digit(p, end)) {
      p++;
    }
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < end && (*p == '+' || *p == '-')) {
      p++;
    }
    if (!leaf_json_digit(p, end)) {
      return LEAF_JSON_WRONG;
    }
    while (leaf_json_digit(p, end)) {
      p++;
    }
  }
  *at = p;
  return LEAF_JSON_OK;
}

/* A string, number, true, false or null. */
static inline enum leaf_json_result leaf_json_scan_scalar(const char **at, const char *end) {
  static const char *const words[] = {"true", "false", "null"};
  size_t i;
  if (**at == '"') {
    return leaf_json_scan_string(at, end);
  }
  for (i = 0; i < sizeof words / sizeof words[0]; i++) {
    size_t length = strlen(words[i]);
    if ((size_t)(end - *at) >= length && memcmp(*at, words[i], length) == 0) {
      *at += length;
      return LEAF_JSON_OK;
    }
  }
  return leaf_json_scan_number(at, end);
}

/* The name of a member with its colon, and the space around them. */
static inline enum leaf_json_result leaf_json_scan_name(const char **at, const char *end) {
  enum leaf_json_result result;
  *at = leaf_json_space(*at, end);
  if (*at >= end) {
    return LEAF_JSON_ENDS_EARLY;
  }
  if (**at != '"') {
    return LEAF_JSON_WRONG;
  }
  result = leaf_json_scan_string(at, end);
  if (result != LEAF_JSON_OK) {
    return result;
  }
  *at = leaf_json_space(*at, end);
  if (*at >= end) {
    return LEAF_JSON_ENDS_EARLY;
  }
  if (**at != ':') {
    return LEAF_JSON_WRONG;
  }
  ++*at;
  return LEAF_JSON_OK;
}

/* Moves from the beginning of a value to its end. Goes by a stack of its own, never deeper than that. */
static inline enum leaf_json_result leaf_json_scan(const char **at, const char *end) {
  char closing[LEAF_JSON_DEPTH];
  int depth = 0;
  const char *p = *at;
  for (;;) {
    enum leaf_json_result result = LEAF_JSON_OK;
    bool whole = true;
    p = leaf_json_space(p, end);
    if (p >= end) {
      return LEAF_JSON_ENDS_EARLY;
    }
    if (*p == '{' || *p == '[') {
      if (depth == LEAF_JSON_DEPTH) {
        return LEAF_JSON_WRONG;
      }
      closing[depth++] = *p == '{' ? '}' : ']';
      p = leaf_json_space(p + 1, end);
      if (p >= end) {
        return LEAF_JSON_ENDS_EARLY;
      }
      if (*p == closing[depth - 1]) {
        depth--;
        p++;
      } else {
        whole = false;
        result = closing[depth - 1] == '}' ? leaf_json_scan_name(&p, end) : LEAF_JSON_OK;
      }
    } else {
      result = leaf_json_scan_scalar(&p, end);
    }
    if (result != LEAF_JSON_OK) {
      return result;
    }
    while (whole) {
      if (depth == 0) {
        *at = p;
        return LEAF_JSON_OK;
      }
      p = leaf_json_space(p, end);
      if (p >= end) {
        return LEAF_JSON_ENDS_EARLY;
      }
      if (*p == closing[depth - 1]) {
        depth--;
        p++;
        continue;
      }
      if (*p++ != ',') {
        return LEAF_JSON_WRONG;
      }
      whole = false;
      result = closing[depth - 1] == '}' ? leaf_json_scan_name(&p, end) : LEAF_JSON_OK;
      if (result != LEAF_JSON_OK) {
        return result;
      }
    }
  }
}

/* Checks that a text is one JSON value, whole and right, and gives that value. */
static inline enum leaf_json_result leaf_json_parse(const char *text, size_t length, struct leaf_json *value) {
  const char *end;
  const char *from;
  const char *at;
  enum leaf_json_result result;
  if (length == 0) {
    text = ""; /* may have been NULL */
  }
  end = text + length;
  from = leaf_json_space(text, end);
  at = from;
  result = leaf_json_scan(&at, end);
  if (result == LEAF_JSON_OK && leaf_json_space(at, end) != end) {
    result = LEAF_JSON_WRONG;
  }
  value->text = result == LEAF_JSON_OK ? from : NULL;
  value->length = result == LEAF_JSON_OK ? (size_t)(at - from) : 0;
  return result;
}

static inline enum leaf_json_kind leaf_json_kind(struct leaf_json value) {
  if (value.length == 0) {
    return LEAF_JSON_NOTHING;
  }
  switch (value.text[0]) {
    case '{':
      return LEAF_JSON_OBJECT;
    case '[':
      return LEAF_JSON_ARRAY;
    case '"':
      return LEAF_JSON_STRING;
    case 't':
    case 'f':
      return LEAF_JSON_BOOLEAN;
    case 'n':
      return LEAF_JSON_NULL;
    default:
      return LEAF_JSON_NUMBER;
  }
}

/* Begins at the first item of an array or member of an object; of any other value there is none. */
static inline struct leaf_json_walk leaf_json_items(struct leaf_json value) {
  enum leaf_json_kind kind = leaf_json_kind(value);
  struct leaf_json_walk items;
  bool has = kind == LEAF_JSON_ARRAY || kind == LEAF_JSON_OBJECT;
  items.at = has ? value.text + 1 : NULL;
  items.end = has ? value.text + value.length - 1 : NULL;
  items.object = kind == LEAF_JSON_OBJECT;
  return items;
}

/*
 * Gives the next item, or the next member's name and value, and whether there was one. 'name' may be
 * NULL; in an array it becomes nothing.
 */
static inline bool leaf_json_next(struct leaf_json_walk *items, struct leaf_json *name, struct leaf_json *value) {
  const char *p;
  const char *from;
  if (items->at == NULL) {
    return false;
  }
  p = leaf_json_space(items->at, items->end);
  if (name != NULL) {
    name->text = NULL;
    name->length = 0;
  }
  if (items->object) {
    from = p;
    if (p >= items->end || *p != '"' || leaf_json_scan_string(&p, items->end) != LEAF_JSON_OK) {
      return false;
    }
    if (name != NULL) {
      name->text = from;
      name->length = (size_t)(p - from);
    }
    p = leaf_json_space(p, items->end);
    if (p >= items->end || *p != ':') {
      return false;
    }
    p = leaf_json_space(p + 1, items->end);
  }
  from = p;
  if (p >= items->end || leaf_json_scan(&p, items->end) != LEAF_JSON_OK) {
    return false;
  }
  value->text = from;
  value->length = (size_t)(p - from);
  p = leaf_json_space(p, items->end);
  items->at = p < items->end && *p == ',' ? p + 1 : items->end;
  return true;
}

static inline unsigned long leaf_json_four(const char *digits) {
  return (unsigned long)((leaf_json_hex(digits[0]) << 12) | (leaf_json_hex(digits[1]) << 8) |
                         (leaf_json_hex(digits[2]) << 4) | leaf_json_hex(digits[3]));
}

/*
 * Adds the characters of a string, freed from its quotes and escapes, to a buffer. Half a surrogate pair
 * becomes U+FFFD. False when the value is no string.
 */
static inline bool leaf_json_unescape(struct leaf_json value, struct leaf_buffer *out) {
  const char *p;
  const char *end;
  if (leaf_json_kind(value) != LEAF_JSON_STRING || value.length < 2) {
    return false;
  }
  p = value.text + 1;
  end = value.text + value.length - 1;
  leaf_buffer_add(out, "", 0);
  while (p < end) {
    const char *plain = p;
    while (p < end && *p != '\\') {
      p++;
    }
    leaf_buffer_add(out, plain, (size_t)(p - plain));
    if (end - p < 2) {
      break;
    }
    if (p[1] != 'u') {
      static const char letters[] = "bfnrt";
      static const char meant[] = "\b\f\n\r\t";
      const char *letter = strchr(letters, p[1]);
      leaf_buffer_add(out, letter == NULL ? p + 1 : meant + (letter - letters), 1);
      p += 2;
    } else {
      unsigned long point = end - p < 6 ? 0xfffd : leaf_json_four(p + 2);
      p += end - p < 6 ? end - p : 6;
      if (point >= 0xd800 && point <= 0xdbff && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
        unsigned long low = leaf_json_four(p + 2);
        if (low >= 0xdc00 && low <= 0xdfff) {
          point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
          p += 6;
        }
      }
      leaf_buffer_code_point(out, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
    }
  }
  return true;
}

/*
 * The characters of a string, to be freed; NULL when the value is no string or memory has run out.
 * 'length' may be NULL; it is of use where zero bytes (\u0000) are to be told.
 */
static inline char *leaf_json_string(struct leaf_json value, size_t *length) {
  struct leaf_buffer out;
  memset(&out, 0, sizeof out);
  if (!leaf_json_unescape(value, &out) || out.failed) {
    leaf_buffer_free(&out);
    return NULL;
  }
  if (length != NULL) {
    *length = out.length;
  }
  return out.text;
}

/* Whether a value is the string of this text. */
static inline bool leaf_json_is(struct leaf_json value, const char *text) {
  size_t length = strlen(text);
  bool same;
  if (leaf_json_kind(value) == LEAF_JSON_STRING && value.length == length + 2 &&
      memchr(value.text, '\\', value.length) == NULL) {
    return memcmp(value.text + 1, text, length) == 0; /* the usual case needs no copy */
  } else {
    size_t had = 0;
    char *string = leaf_json_string(value, &had);
    same = string != NULL && had == length && memcmp(string, text, length) == 0;
    free(string);
  }
  return same;
}

/* Finds a member of an object by its name, the last one where several have it. */
static inline bool leaf_json_member(struct leaf_json object, const char *name, struct leaf_json *value) {
  struct leaf_json_walk members = leaf_json_items(object);
  struct leaf_json key;
  struct leaf_json one;
  value->text = NULL;
  value->length = 0;
  while (members.object && leaf_json_next(&members, &key, &one)) {
    if (leaf_json_is(key, name)) {
      *value = one;
    }
  }
  return value->text != NULL;
}

/* Reads true or false; the answer is whether the value is one of them. */
static inline bool leaf_json_boolean(struct leaf_json value, bool *out) {
  if (leaf_json_kind(value) != LEAF_JSON_BOOLEAN) {
    return false;
  }
  *out = value.text[0] == 't';
  return true;
}

/*
 * Reads a number, infinite where it is too large; the answer is whether the value is one. It is handed to
 * strtod without its point (1.25e3 as 125e1), which in some locales would have to be a comma.
 */
static inline bool leaf_json_number(struct leaf_json value, double *out) {
  struct leaf_buffer text;
  size_t at;
  long long fraction = 0;
  long long exponent = 0;
  bool after_point = false;
  if (leaf_json_kind(value) != LEAF_JSON_NUMBER) {
    return false;
  }
  memset(&text, 0, sizeof text);
  for (at = 0; at < value.length && value.text[at] != 'e' && value.text[at] != 'E'; at++) {
    if (value.text[at] == '.') {
      after_point = true;
    } else {
      leaf_buffer_add(&text, value.text + at, 1);
      fraction += after_point;
    }
  }
  if (at < value.length) {
    bool negative = value.text[++at] == '-';
    for (at += negative || value.text[at] == '+'; at < value.length && exponent < 1000000000000000; at++) {
      exponent = exponent * 10 + (value.text[at] - '0');
    }
    exponent = negative ? -exponent : exponent;
  }
  leaf_buffer_format(&text, "e%lld", exponent - fraction);
  if (text.failed) {
    leaf_buffer_free(&text);
    return false;
  }
  *out = strtod(text.text, NULL);
  leaf_buffer_free(&text);
  return true;
}

/* Reads a whole number; the answer is whether the value is one and fits. */
static inline bool leaf_json_integer(struct leaf_json value, long long *out) {
  char text[24];
  char *end;
  if (leaf_json_kind(value) != LEAF_JSON_NUMBER) {
    return false;
  }
  if (value.length < sizeof text && memchr(value.text, '.', value.length) == NULL &&
      memchr(value.text, 'e', value.length) == NULL && memchr(value.text, 'E', value.length) == NULL) {
    memcpy(text, value.text, value.length);
    text[value.length] = '\0';
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' && end != text;
  } else {
    /* such as 1.5e3: a double tells whole numbers up to 2^53 exactly */
    double number;
    if (!leaf_json_number(value, &number) || !(number >= -9007199254740992.0 && number <= 9007199254740992.0) ||
        number != (double)(long long)number) {
      return false;
    }
    *out = (long long)number;
    return true;
  }
}

#endif
