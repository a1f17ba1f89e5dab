/*
 * The core's event stream: server-sent events, told to a listener one by one. Programs include leaf_core.h
 * instead, whose leaf_watch follows the stream.
 */
#ifndef LEAF_EVENTS_H
#define LEAF_EVENTS_H

#include "leaf_http.h"

/* The longest line of the event stream that is taken, in bytes. */
#define LEAF_LONGEST_EVENT ((size_t)64 << 10)

/* A state of the core or of the runtime in it. */
struct leaf_event {
  const char *subject; /* "core" or "leaf" */
  const char *state;   /* "starting", "started", "stopping", "stopped" or "error" */
  const char *error;   /* what went wrong; NULL when nothing did */
};

/*
 * Hears of states in leaf_watch; anything but 0 ends the watch. Is also called with NULL about once a
 * second, so that a watch in which nothing happens can be ended too. May use the same struct leaf_core.
 */
typedef int (*leaf_listener)(void *user, const struct leaf_event *event);

/* A watch under way. */
struct leaf_watching {
  leaf_listener listener;
  void *user;
  struct leaf_buffer line;
  struct leaf_body refusal;
  CURL *curl;
  bool ended;    /* by the listener */
  bool too_long; /* a line was */
  bool core_stopped;
};

static inline void leaf_watch_tell(struct leaf_watching *watching, const char *subject, const char *state,
                                   const char *error) {
  struct leaf_event event;
  event.subject = subject;
  event.state = state;
  event.error = error;
  if (strcmp(subject, "core") == 0) {
    watching->core_stopped = strcmp(state, "stopped") == 0;
  }
  if (!watching->ended && watching->listener(watching->user, &event) != 0) {
    watching->ended = true;
  }
}

/* Takes one line of the stream; lines that are no data, or of a later version, say nothing. */
static inline void leaf_watch_line(struct leaf_watching *watching) {
  static const char data[] = "data:";
  const size_t skipped = sizeof data - 1;
  struct leaf_json event;
  struct leaf_json value;
  char *state;
  char *error;
  const char *subject = NULL;
  if (watching->line.length < skipped || memcmp(watching->line.text, data, skipped) != 0 ||
      leaf_json_parse(watching->line.text + skipped, watching->line.length - skipped, &event) != LEAF_JSON_OK) {
    return;
  }
  if (leaf_json_member(event, "subject", &value)) {
    subject = leaf_json_is(value, "core") ? "core" : leaf_json_is(value, "leaf") ? "leaf" : NULL;
  }
  state = leaf_json_member(event, "state", &value) ? leaf_json_string(value, NULL) : NULL;
  error = leaf_json_member(event, "error", &value) ? leaf_json_string(value, NULL) : NULL;
  if (subject != NULL && state != NULL) {
    leaf_watch_tell(watching, subject, state, error);
  }
  free(state);
  free(error);
}

static inline bool leaf_take_events(void *taker, const char *bytes, size_t length) {
  struct leaf_watching *watching = (struct leaf_watching *)taker;
  long status = 0;
  curl_easy_getinfo(watching->curl, CURLINFO_RESPONSE_CODE, &status);
  if (status / 100 != 2) {
    return leaf_take_body(&watching->refusal, bytes, length);
  }
  while (length > 0 && !watching->ended) {
    const char *end = (const char *)memchr(bytes, '\n', length);
    size_t piece = end == NULL ? length : (size_t)(end - bytes);
    if (piece > LEAF_LONGEST_EVENT - watching->line.length) {
      watching->too_long = true;
      return false;
    }
    leaf_buffer_add(&watching->line, bytes, piece);
    if (watching->line.failed) {
      return false;
    }
    if (end != NULL) {
      leaf_watch_line(watching);
      watching->line.length = 0;
      piece++;
    }
    bytes += piece;
    length -= piece;
  }
  return !watching->ended;
}

static inline int leaf_watch_tick(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  struct leaf_watching *watching = (struct leaf_watching *)user;
  (void)a;
  (void)b;
  (void)c;
  (void)d;
  if (!watching->ended && watching->listener(watching->user, NULL) != 0) {
    watching->ended = true;
  }
  return watching->ended;
}

#endif
