/*
 * Texts for the Leaf headers: a buffer that grows, UTF-8, percent-encoding. Programs include leaf.h or
 * leaf_core.h instead.
 */
#ifndef LEAF_TEXT_H
#define LEAF_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#define LEAF_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define LEAF_FORMAT(text, first)
#endif

/* A text that grows, always closed by a zero byte. Once memory has run out it stays 'failed'. */
struct leaf_buffer {
  char *text; /* NULL while nothing was added */
  size_t length;
  size_t capacity;
  bool failed;
};

static inline void leaf_buffer_free(struct leaf_buffer *buffer) {
  free(buffer->text);
  memset(buffer, 0, sizeof *buffer);
}

static inline void leaf_buffer_add(struct leaf_buffer *buffer, const char *bytes, size_t length) {
  if (buffer->failed) {
    return;
  }
  if (buffer->text == NULL || length >= buffer->capacity - buffer->length) {
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    char *grown;
    while (length >= capacity - buffer->length) {
      if (capacity > (size_t)-1 / 2) {
        buffer->failed = true;
        return;
      }
      capacity *= 2;
    }
    grown = (char *)realloc(buffer->text, capacity);
    if (grown == NULL) {
      buffer->failed = true;
      return;
    }
    buffer->text = grown;
    buffer->capacity = capacity;
  }
  if (length > 0) {
    memcpy(buffer->text + buffer->length, bytes, length);
  }
  buffer->length += length;
  buffer->text[buffer->length] = '\0';
}

static inline void leaf_buffer_text(struct leaf_buffer *buffer, const char *text) {
  leaf_buffer_add(buffer, text, strlen(text));
}

/* Adds what printf would print. */
static inline void leaf_buffer_list(struct leaf_buffer *buffer, const char *format, va_list list) {
  char small[512];
  va_list again;
  int length;
  va_copy(again, list);
  length = vsnprintf(small, sizeof small, format, list);
  if (length < 0) {
    buffer->failed = true;
  } else if ((size_t)length < sizeof small) {
    leaf_buffer_add(buffer, small, (size_t)length);
  } else {
    char *large = (char *)malloc((size_t)length + 1);
    if (large == NULL) {
      buffer->failed = true;
    } else {
      vsnprintf(large, (size_t)length + 1, format, again);
      leaf_buffer_add(buffer, large, (size_t)length);
      free(large);
    }
  }
  va_end(again);
}

LEAF_FORMAT(2, 3)
static inline void leaf_buffer_format(struct leaf_buffer *buffer, const char *format, ...) {
  va_list list;
  va_start(list, format);
  leaf_buffer_list(buffer, format, list);
  va_end(list);
}

/*
 * How many bytes the character at the beginning of a text has, 1 to 4; the length must not be 0. Where
 * the bytes are no UTF-8, 'valid' is false and the answer is how many of them belong to the one mistake
 * (Unicode 15, section 3.9, "substitution of maximal subparts").
 */
static inline size_t leaf_utf8_step(const char *text, size_t length, bool *valid) {
  const unsigned char *byte = (const unsigned char *)text;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  size_t more;
  size_t i;
  *valid = byte[0] < 0x80;
  if (*valid) {
    return 1;
  }
  if (byte[0] >= 0xc2 && byte[0] <= 0xdf) {
    more = 1;
  } else if (byte[0] >= 0xe0 && byte[0] <= 0xef) {
    more = 2;
    low = byte[0] == 0xe0 ? 0xa0 : low;   /* longer than needed */
    high = byte[0] == 0xed ? 0x9f : high; /* surrogates */
  } else if (byte[0] >= 0xf0 && byte[0] <= 0xf4) {
    more = 3;
    low = byte[0] == 0xf0 ? 0x90 : low;
    high = byte[0] == 0xf4 ? 0x8f : high; /* beyond U+10FFFF */
  } else {
    return 1;
  }
  for (i = 1; i <= more; i++) {
    if (i >= length || byte[i] < low || byte[i] > high) {
      return i;
    }
    low = 0x80;
    high = 0xbf;
  }
  *valid = true;
  return more + 1;
}

/* Adds a text; what is no UTF-8 in it becomes U+FFFD. */
static inline void leaf_buffer_utf8(struct leaf_buffer *buffer, const char *text, size_t length) {
  size_t done = 0;
  size_t at = 0;
  while (at < length) {
    bool valid;
    size_t step = leaf_utf8_step(text + at, length - at, &valid);
    if (!valid) {
      leaf_buffer_add(buffer, text + done, at - done);
      leaf_buffer_add(buffer, "\xef\xbf\xbd", 3);
      done = at + step;
    }
    at += step;
  }
  leaf_buffer_add(buffer, text + done, length - done);
}

/* Adds a code point, 0 to 0x10FFFF, as UTF-8. */
static inline void leaf_buffer_code_point(struct leaf_buffer *buffer, unsigned long point) {
  char byte[4];
  if (point < 0x80) {
    byte[0] = (char)point;
    leaf_buffer_add(buffer, byte, 1);
  } else if (point < 0x800) {
    byte[0] = (char)(0xc0 | (point >> 6));
    byte[1] = (char)(0x80 | (point & 0x3f));
    leaf_buffer_add(buffer, byte, 2);
  } else if (point < 0x10000) {
    byte[0] = (char)(0xe0 | (point >> 12));
    byte[1] = (char)(0x80 | ((point >> 6) & 0x3f));
    byte[2] = (char)(0x80 | (point & 0x3f));
    leaf_buffer_add(buffer, byte, 3);
  } else {
    byte[0] = (char)(0xf0 | (point >> 18));
    byte[1] = (char)(0x80 | ((point >> 12) & 0x3f));
    byte[2] = (char)(0x80 | ((point >> 6) & 0x3f));
    byte[3] = (char)(0x80 | (point & 0x3f));
    leaf_buffer_add(buffer, byte, 4);
  }
}

/*
 * Adds a text as a part of a path or query: all but the unreserved characters of RFC 3986 is encoded. A
 * part of dots alone is encoded too, lest it be taken for a step between folders.
 */
static inline void leaf_buffer_encoded(struct leaf_buffer *buffer, const char *text) {
  static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  bool dots = strcmp(text, ".") == 0 || strcmp(text, "..") == 0;
  for (; *text != '\0'; text++) {
    if (!dots && strchr(unreserved, *text) != NULL) {
      leaf_buffer_add(buffer, text, 1);
    } else {
      leaf_buffer_format(buffer, "%%%02X", (unsigned)(unsigned char)*text);
    }
  }
}

/* Adds a text as a JSON string with its quotes; what is no UTF-8 in it becomes U+FFFD. */
static inline void leaf_buffer_quoted(struct leaf_buffer *buffer, const char *text, size_t length) {
  size_t at = 0;
  leaf_buffer_add(buffer, "\"", 1);
  while (at < length) {
    bool valid;
    size_t step = leaf_utf8_step(text + at, length - at, &valid);
    if (text[at] == '"' || text[at] == '\\') {
      leaf_buffer_format(buffer, "\\%c", text[at]);
    } else if ((unsigned char)text[at] < 0x20) {
      leaf_buffer_format(buffer, "\\u%04x", (unsigned)(unsigned char)text[at]);
    } else {
      leaf_buffer_utf8(buffer, text + at, step);
    }
    at += step;
  }
  leaf_buffer_add(buffer, "\"", 1);
}

/* Leaves away spaces and control characters at both ends; moves 'text' and shortens 'length'. */
static inline void leaf_trim(const char **text, size_t *length) {
  while (*length > 0 && (unsigned char)(*text)[0] <= ' ') {
    (*text)++;
    (*length)--;
  }
  while (*length > 0 && (unsigned char)(*text)[*length - 1] <= ' ') {
    (*length)--;
  }
}

/* Whether a text begins with another, which is in lower case, whatever the case of its own letters. */
static inline bool leaf_begins(const char *text, size_t length, const char *lower) {
  size_t i;
  for (i = 0; lower[i] != '\0'; i++) {
    char c;
    if (i >= length) {
      return false;
    }
    c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) {
      return false;
    }
  }
  return true;
}

#endif
