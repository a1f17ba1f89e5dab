/*
 * How the Leaf headers make calls: one server, one connection, a whole answer or an error that names the
 * call and the server. Programs include leaf.h or leaf_core.h instead.
 */
#ifndef LEAF_HTTP_H
#define LEAF_HTTP_H

#include <curl/curl.h>

#include "leaf_json.h"

/* Some 200,000 connections; more is no answer of a local runtime. */
#define LEAF_LARGEST_ANSWER ((size_t)128 << 20)

/* How a call went. */
enum leaf_error {
  LEAF_OK,
  LEAF_REFUSED,     /* Leaf said no: 'status' says how, the text is Leaf's own and fit to be shown */
  LEAF_NOT_RUNNING, /* nothing listens there; the text says how to start it */
  LEAF_TIMEOUT,     /* no answer in time; the text names the call */
  LEAF_BAD_ANSWER,  /* HTML, half an answer, another JSON; the text quotes its beginning */
  LEAF_IO,          /* the exchange broke off */
  LEAF_ARGUMENT,    /* the call was not made: an argument is wrong */
  LEAF_UNSUPPORTED, /* this core does not have the call */
  LEAF_NO_MEMORY
};

/* What a call gives. Free it with leaf_reply_free. */
struct leaf_reply {
  enum leaf_error error;
  long status;   /* the HTTP status; 0 when there was no answer */
  char *text;    /* what Leaf answered, or what went wrong; UTF-8, never NULL, ends with a zero byte */
  size_t length; /* bytes of the text */
  char *memory;  /* the header's own */
};

/*
 * A client of one server, which keeps its connection open between calls. It serves one thread at a time:
 * each thread has a client of its own. libcurl before 7.84 wants curl_global_init to be called once before
 * threads start. The first three members may be set after opening.
 */
struct leaf_client {
  long connect_timeout_ms;  /* how long opening a connection may take; 5,000 by default */
  long response_timeout_ms; /* how long a whole answer may take; 30,000 by default */
  size_t largest_answer;    /* bytes; a larger answer is an error; 128 MiB by default */

  /* the header's own */
  CURL *curl;
  char *base;
  char *server;      /* how messages name it */
  char *not_running; /* begins the message when nothing listens there */
  const char *remedy;
  char *socket; /* NULL for TCP */
};

/* What the answer of a call must be. */
enum leaf_answer { LEAF_ANSWER_ANY, LEAF_ANSWER_OBJECT, LEAF_ANSWER_ARRAY };

/* A call as it goes over the wire. */
struct leaf_request {
  const char *call;   /* how messages name it */
  const char *method; /* GET, POST or PATCH */
  const char *target; /* path and query, percent-encoded */
  const char *body;   /* JSON or text; NULL for none */
  enum leaf_answer answer;
};

/* Frees a reply's text; harmless when done twice. */
static inline void leaf_reply_free(struct leaf_reply *reply) {
  free(reply->memory);
  memset(reply, 0, sizeof *reply);
}

static inline struct leaf_reply leaf_reply_no_memory(void) {
  static char text[] = "out of memory";
  struct leaf_reply reply;
  memset(&reply, 0, sizeof reply);
  reply.error = LEAF_NO_MEMORY;
  reply.text = text;
  reply.length = sizeof text - 1;
  return reply;
}

/* A reply that takes over the buffer. */
static inline struct leaf_reply leaf_reply_of(enum leaf_error error, long status, struct leaf_buffer *text) {
  struct leaf_reply reply;
  memset(&reply, 0, sizeof reply);
  leaf_buffer_add(text, "", 0);
  if (text->failed) {
    leaf_buffer_free(text);
    return leaf_reply_no_memory();
  }
  reply.error = error;
  reply.status = status;
  reply.text = text->text;
  reply.length = text->length;
  reply.memory = text->text;
  memset(text, 0, sizeof *text);
  return reply;
}

LEAF_FORMAT(3, 4)
static inline struct leaf_reply leaf_reply_format(enum leaf_error error, long status, const char *format, ...) {
  struct leaf_buffer text;
  va_list list;
  memset(&text, 0, sizeof text);
  va_start(list, format);
  leaf_buffer_list(&text, format, list);
  va_end(list);
  return leaf_reply_of(error, status, &text);
}

/* A copy of a text, to be freed; NULL when memory has run out. */
static inline char *leaf_copy(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = (char *)malloc(size);
  return copy == NULL ? NULL : (char *)memcpy(copy, text, size);
}

/* Closes the connection; calls fail from now on. Harmless when done twice. */
static inline void leaf_client_close(struct leaf_client *client) {
  curl_easy_cleanup(client->curl);
  free(client->base);
  free(client->server);
  free(client->not_running);
  free(client->socket);
  client->curl = NULL;
  client->base = client->server = client->not_running = client->socket = NULL;
}

/* Opens nothing yet; false when memory has run out. All texts but the remedy are copied. */
static inline bool leaf_client_begin(struct leaf_client *client, const char *base, const char *socket,
                                     const char *server, const char *not_running, const char *remedy) {
  memset(client, 0, sizeof *client);
  client->connect_timeout_ms = 5000;
  client->response_timeout_ms = 30000;
  client->largest_answer = LEAF_LARGEST_ANSWER;
  client->base = leaf_copy(base);
  client->server = leaf_copy(server);
  client->not_running = leaf_copy(not_running);
  client->remedy = remedy;
  client->socket = socket == NULL ? NULL : leaf_copy(socket);
  client->curl = curl_easy_init();
  if (client->curl == NULL || client->base == NULL || client->server == NULL || client->not_running == NULL ||
      (socket != NULL && client->socket == NULL)) {
    leaf_client_close(client);
    return false;
  }
  return true;
}

/* Takes each piece of a body; false ends the exchange. */
typedef bool (*leaf_piece)(void *taker, const char *bytes, size_t length);

/* One exchange under way. */
struct leaf_arrival {
  bool head_whole; /* the empty line after the headers has come */
  leaf_piece piece;
  void *taker;
};

static inline size_t leaf_take_header(char *bytes, size_t size, size_t count, void *user) {
  struct leaf_arrival *exchange = (struct leaf_arrival *)user;
  size_t length = size * count;
  if (leaf_begins(bytes, length, "http/")) {
    exchange->head_whole = false; /* what came before was interim */
  } else if (length > 0 && length <= 2 && bytes[length - 1] == '\n') {
    exchange->head_whole = true;
  }
  return length;
}

static inline size_t leaf_take_piece(char *bytes, size_t size, size_t count, void *user) {
  struct leaf_arrival *exchange = (struct leaf_arrival *)user;
  size_t length = size * count;
  return exchange->piece(exchange->taker, bytes, length) || length == 0 ? length : 0;
}

/* "30 s" or "400 ms". */
static inline void leaf_time_words(char *out, size_t size, long ms) {
  snprintf(out, size, ms % 1000 == 0 ? "%ld s" : "%ld ms", ms % 1000 == 0 ? ms / 1000 : ms);
}

/* What went wrong with an exchange. 'why' overrides libcurl's words where it is not NULL. */
static inline struct leaf_reply leaf_exchange_failed(const struct leaf_client *client, const char *call,
                                                     CURLcode code, const char *told, const char *why) {
  long os = 0;
  const char *reason = why != NULL ? why : told[0] != '\0' ? told : curl_easy_strerror(code);
  if (code == CURLE_OUT_OF_MEMORY) {
    return leaf_reply_no_memory();
  }
  if (why == NULL && code == CURLE_OPERATION_TIMEDOUT) {
    char words[40];
    double connected = 0;
    long waited = client->response_timeout_ms;
    curl_easy_getinfo(client->curl, CURLINFO_PRETRANSFER_TIME, &connected);
    if (!(connected > 0) && client->connect_timeout_ms < waited) {
      waited = client->connect_timeout_ms;
    }
    leaf_time_words(words, sizeof words, waited);
    return leaf_reply_format(LEAF_TIMEOUT, 0, "%s: %s did not answer within %s", call, client->server, words);
  }
  curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &os);
  /* a path too long for an address is what libcurl cannot resolve; nothing can listen there */
  if (client->socket != NULL &&
      ((code == CURLE_COULDNT_CONNECT && os == ENOENT) || code == CURLE_COULDNT_RESOLVE_HOST)) {
    return leaf_reply_format(LEAF_NOT_RUNNING, 0, "%s (there is no %s)%s", client->not_running, client->socket,
                             client->remedy);
  }
  if (why == NULL && code == CURLE_COULDNT_CONNECT && os != EACCES && os != EPERM) {
    if (os == ECONNREFUSED) {
      reason = "connection refused";
    }
    return leaf_reply_format(LEAF_NOT_RUNNING, 0, "%s (%s)%s", client->not_running, reason, client->remedy);
  }
  if (code == CURLE_COULDNT_CONNECT && os != 0) {
    reason = strerror((int)os);
  }
  return leaf_reply_format(LEAF_IO, 0, "%s: the exchange with %s broke off: %s", call, client->server, reason);
}

static inline bool leaf_set_request(struct leaf_client *client, const struct leaf_request *request, const char *url,
                                    struct curl_slist *headers) {
  CURL *curl = client->curl;
  bool ok = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
  if (strcmp(request->method, "GET") != 0) {
    const char *body = request->body == NULL ? "" : request->body;
    ok = ok && curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body)) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
         /* libcurl repeats what went over a kept connection that had just ended: not for what acts */
         curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
  }
  return ok && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

static inline bool leaf_set_options(struct leaf_client *client, long timeout_ms, struct leaf_arrival *exchange,
                                    char *told) {
  CURL *curl = client->curl;
  curl_easy_reset(curl); /* keeps the connection */
  return curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, told) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK && /* nor one of the environment */
         curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_USERAGENT, "leaf-sdk-c/0.1.0") == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, client->connect_timeout_ms) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, leaf_take_header) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, leaf_take_piece) == CURLE_OK &&
         curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange) == CURLE_OK &&
         (client->socket == NULL ||
          curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket) == CURLE_OK);
}

/* Called about once a second and more often while bytes come; other than 0 ends the exchange. */
typedef int (*leaf_tick)(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);

/*
 * Sends a request and gives each piece of the body to a taker. 'timeout_ms' 0 waits for ever. 'tick' may
 * be NULL. 'told' has CURL_ERROR_SIZE bytes.
 */
static inline CURLcode leaf_exchange(struct leaf_client *client, const struct leaf_request *request, long timeout_ms,
                                     leaf_piece piece, leaf_tick tick, void *taker, char *told) {
  struct leaf_arrival exchange;
  struct leaf_buffer url;
  struct curl_slist *headers = NULL;
  CURLcode code = CURLE_OUT_OF_MEMORY;
  memset(&exchange, 0, sizeof exchange);
  memset(&url, 0, sizeof url);
  exchange.piece = piece;
  exchange.taker = taker;
  told[0] = '\0';
  leaf_buffer_text(&url, client->base);
  leaf_buffer_text(&url, request->target);
  headers = curl_slist_append(NULL, request->body == NULL ? "Content-Type:" /* none */
                                                          : "Content-Type: application/json; charset=utf-8");
  if (!url.failed && headers != NULL && leaf_set_options(client, timeout_ms, &exchange, told) &&
      leaf_set_request(client, request, url.text, headers)) {
    if (tick != NULL) {
      curl_easy_setopt(client->curl, CURLOPT_NOPROGRESS, 0L);
      curl_easy_setopt(client->curl, CURLOPT_XFERINFOFUNCTION, tick);
      curl_easy_setopt(client->curl, CURLOPT_XFERINFODATA, taker);
    }
    code = curl_easy_perform(client->curl);
    if (code == CURLE_OK && !exchange.head_whole) {
      code = CURLE_GOT_NOTHING;
      snprintf(told, CURL_ERROR_SIZE, "the answer ended within its head");
    }
  }
  curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, (char *)NULL);
  curl_slist_free_all(headers);
  leaf_buffer_free(&url);
  return code;
}

/* A whole body as it comes. */
struct leaf_body {
  struct leaf_buffer bytes;
  size_t largest;
  bool too_large;
};

static inline bool leaf_take_body(void *taker, const char *bytes, size_t length) {
  struct leaf_body *body = (struct leaf_body *)taker;
  if (length > body->largest - body->bytes.length) {
    body->too_large = true;
    return false;
  }
  leaf_buffer_add(&body->bytes, bytes, length);
  return !body->bytes.failed;
}

/* Adds the beginning of a body in one line: 80 characters as UTF-16 counts them, then an ellipsis. */
static inline void leaf_buffer_excerpt(struct leaf_buffer *out, const struct leaf_buffer *body) {
  const char *text = body->text;
  size_t length = body->length;
  size_t at = 0;
  int shown = 0;
  leaf_trim(&text, &length);
  while (at < length) {
    bool valid;
    bool space = false;
    size_t step = leaf_utf8_step(text + at, length - at, &valid);
    while (at < length && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) {
      space = true;
      at++;
    }
    shown += space ? 1 : step == 4 ? 2 : 1;
    if (shown > 80) {
      leaf_buffer_text(out, "\xe2\x80\xa6");
      return;
    }
    if (space) {
      leaf_buffer_add(out, " ", 1);
    } else {
      leaf_buffer_add(out, text + at, step);
      at += step;
    }
  }
}

static inline bool leaf_is_html(const char *content_type, const struct leaf_buffer *body) {
  const char *text = body->text;
  size_t length = body->length;
  for (; content_type != NULL && *content_type != '\0'; content_type++) {
    if (leaf_begins(content_type, strlen(content_type), "html")) {
      return true;
    }
  }
  leaf_trim(&text, &length);
  return leaf_begins(text, length, "<!doctype") || leaf_begins(text, length, "<html");
}

/* The first mistake in an answer that should be JSON of a kind; NULL when there is none. */
static inline const char *leaf_json_mistake(const struct leaf_buffer *body, enum leaf_answer wanted) {
  const char *text = body->text;
  size_t length = body->length;
  const char first = wanted == LEAF_ANSWER_ARRAY ? '[' : '{';
  struct leaf_json value;
  leaf_trim(&text, &length);
  if (length == 0) {
    return "ends before its JSON does";
  }
  if (text[0] == first) {
    switch (leaf_json_parse(body->text, body->length, &value)) {
      case LEAF_JSON_OK:
        return NULL;
      case LEAF_JSON_ENDS_EARLY:
        return "ends before its JSON does";
      case LEAF_JSON_WRONG:
        break;
    }
  }
  return "is not the JSON expected";
}

/* What an answer is worth; takes the body over. */
static inline struct leaf_reply leaf_judge(const struct leaf_client *client, const struct leaf_request *request,
                                           long status, const char *content_type, struct leaf_buffer *body) {
  struct leaf_buffer text;
  struct leaf_reply reply;
  const char *mistake;
  bool success = status / 100 == 2;
  memset(&text, 0, sizeof text);
  if (leaf_is_html(content_type, body)) {
    leaf_buffer_format(&text,
                       "%s: %s answered HTTP %ld with a page of HTML, so it is not Leaf's API; it begins '",
                       request->call, client->server, status);
    leaf_buffer_excerpt(&text, body);
    leaf_buffer_text(&text, "'");
    reply = leaf_reply_of(success ? LEAF_BAD_ANSWER : LEAF_REFUSED, status, &text);
  } else if (!success) {
    const char *told = body->text;
    size_t length = body->length;
    leaf_trim(&told, &length);
    leaf_buffer_add(&text, told, length);
    if (length == 0) {
      leaf_buffer_format(&text, "%s: %s answered HTTP %ld", request->call, client->server, status);
    }
    reply = leaf_reply_of(LEAF_REFUSED, status, &text);
  } else if (request->answer != LEAF_ANSWER_ANY && (mistake = leaf_json_mistake(body, request->answer)) != NULL) {
    leaf_buffer_format(&text, "%s: the answer of %s %s; it begins '", request->call, client->server, mistake);
    leaf_buffer_excerpt(&text, body);
    leaf_buffer_text(&text, "'");
    reply = leaf_reply_of(LEAF_BAD_ANSWER, status, &text);
  } else {
    reply = leaf_reply_of(LEAF_OK, status, body);
  }
  leaf_buffer_free(body);
  return reply;
}

/* Makes any call of the server and waits for its whole answer. */
static inline struct leaf_reply leaf_call(struct leaf_client *client, const struct leaf_request *request) {
  char told[CURL_ERROR_SIZE];
  struct leaf_body body;
  struct leaf_buffer clean;
  struct leaf_reply reply;
  CURLcode code;
  long status = 0;
  char *content_type = NULL;
  if (client->curl == NULL) {
    return leaf_reply_format(LEAF_IO, 0, "%s: the client is closed", request->call);
  }
  memset(&body, 0, sizeof body);
  memset(&clean, 0, sizeof clean);
  body.largest = client->largest_answer;
  code = leaf_exchange(client, request, client->response_timeout_ms, leaf_take_body, NULL, &body, told);
  if (body.too_large) {
    char why[80];
    snprintf(why, sizeof why, "the answer is larger than %lu bytes", (unsigned long)body.largest);
    reply = leaf_exchange_failed(client, request->call, code, told, why);
  } else if (body.bytes.failed) {
    reply = leaf_reply_no_memory();
  } else if (code != CURLE_OK) {
    reply = leaf_exchange_failed(client, request->call, code, told, NULL);
  } else {
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(client->curl, CURLINFO_CONTENT_TYPE, &content_type);
    leaf_buffer_utf8(&clean, body.bytes.text, body.bytes.length);
    reply = clean.failed ? leaf_reply_no_memory() : leaf_judge(client, request, status, content_type, &clean);
  }
  leaf_buffer_free(&clean);
  leaf_buffer_free(&body.bytes);
  return reply;
}

#endif
