/*
 * The HTTP API of a running Leaf, for C11 and C++11 over libcurl. Header-only: include it where needed,
 * link with -lcurl. Each call blocks, and gives a status and a text:
 *
 *   struct leaf_client leaf;
 *   struct leaf_reply reply = leaf_open_port(&leaf, 10001);
 *   if (reply.error == LEAF_OK) {
 *     leaf_reply_free(&reply);
 *     reply = leaf_get_outbound_health(&leaf, "us-ams-1");
 *     puts(reply.text);   // {"tag":"us-ams-1","tcp_ms":48.2,"udp_ms":null}, or what went wrong
 *   }
 *   leaf_reply_free(&reply);
 *   leaf_client_close(&leaf);
 *
 * A call that answers with JSON gives LEAF_OK only for whole, right JSON of the kind said below; read it
 * with leaf_json.h. Fields that a program does not know are to be ignored; a reading that does not exist
 * is null. Times ending in _ms are milliseconds, duration is in seconds, other times are Unix seconds,
 * bytes are payload bytes.
 *
 * Threads: a client serves one thread at a time; give each thread its own.
 *
 * Tags are any UTF-8 text without a zero byte: spaces, '/', '%', '+', emoji, '.' and '..' arrive as they
 * are. An unknown tag is LEAF_REFUSED with status 404.
 */
#ifndef LEAF_H
#define LEAF_H

#include "leaf_http.h"

#define LEAF_DEFAULT_PORT 10001

#define LEAF_RUNTIME_PATH "/api/v1/runtime/"
#define LEAF_OUTBOUND_PATH "/api/v1/app/outbound/"

static inline struct leaf_reply leaf_wrong_url(const char *base_url) {
  return leaf_reply_format(LEAF_ARGUMENT, 0, "'%s' is not a base URL such as http://127.0.0.1:10001", base_url);
}

/* A part of a URL, to be freed with curl_free; NULL when it has none. */
static inline char *leaf_url_part(CURLU *url, CURLUPart part, unsigned flags) {
  char *text = NULL;
  return curl_url_get(url, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static inline bool leaf_url_has(CURLU *url, CURLUPart part) {
  char *text = leaf_url_part(url, part, 0);
  bool has = text != NULL;
  curl_free(text);
  return has;
}

/* Host and port, and the base without a slash at its end; false when it is no http URL of a host. */
static inline bool leaf_url_read(CURLU *url, struct leaf_buffer *authority, struct leaf_buffer *base) {
  char *scheme = leaf_url_part(url, CURLUPART_SCHEME, 0);
  char *host = leaf_url_part(url, CURLUPART_HOST, 0);
  char *port = leaf_url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  char *path = leaf_url_part(url, CURLUPART_PATH, 0);
  long number = port == NULL ? 0 : strtol(port, NULL, 10);
  bool right = scheme != NULL && strcmp(scheme, "http") == 0 && host != NULL && host[0] != '\0' && number >= 1 &&
               number <= 65535 && !leaf_url_has(url, CURLUPART_USER) && !leaf_url_has(url, CURLUPART_PASSWORD) &&
               !leaf_url_has(url, CURLUPART_QUERY) && !leaf_url_has(url, CURLUPART_FRAGMENT);
  if (right) {
    size_t length = path == NULL ? 0 : strlen(path);
    while (length > 0 && path[length - 1] == '/') {
      length--;
    }
    leaf_buffer_format(authority, "%s:%ld", host, number);
    leaf_buffer_format(base, "http://%s:%ld", host, number);
    leaf_buffer_add(base, path, length);
  }
  curl_free(scheme);
  curl_free(host);
  curl_free(port);
  curl_free(path);
  return right;
}

/*
 * Begins a client of the API at a base URL such as "http://127.0.0.1:10001". Opens no connection yet. A
 * wrong URL is LEAF_ARGUMENT. Close the client with leaf_client_close, whatever came of it.
 */
static inline struct leaf_reply leaf_open(struct leaf_client *client, const char *base_url) {
  struct leaf_buffer trimmed;
  struct leaf_buffer authority;
  struct leaf_buffer base;
  struct leaf_buffer gone;
  struct leaf_reply reply = leaf_reply_no_memory();
  const char *text = base_url;
  size_t length = strlen(base_url);
  CURLU *url = curl_url();
  memset(client, 0, sizeof *client);
  memset(&trimmed, 0, sizeof trimmed);
  memset(&authority, 0, sizeof authority);
  memset(&base, 0, sizeof base);
  memset(&gone, 0, sizeof gone);
  leaf_trim(&text, &length);
  leaf_buffer_add(&trimmed, text, length);
  if (url != NULL && !trimmed.failed) {
    if (curl_url_set(url, CURLUPART_URL, trimmed.text, CURLU_PATH_AS_IS) != CURLUE_OK ||
        !leaf_url_read(url, &authority, &base)) {
      reply = leaf_wrong_url(base_url);
    } else {
      leaf_buffer_text(&gone, "Leaf is not running on ");
      leaf_buffer_add(&gone, authority.text, authority.length);
      if (!authority.failed && !base.failed && !gone.failed &&
          leaf_client_begin(client, base.text, NULL, authority.text, gone.text, "; start it with 'leaf run'")) {
        reply = leaf_reply_of(LEAF_OK, 0, &base);
      }
    }
  }
  curl_url_cleanup(url);
  leaf_buffer_free(&trimmed);
  leaf_buffer_free(&authority);
  leaf_buffer_free(&base);
  leaf_buffer_free(&gone);
  return reply;
}

/* As leaf_open, for a port of 127.0.0.1, 1 to 65535, such as the api_port of struct leaf_preferences. */
static inline struct leaf_reply leaf_open_port(struct leaf_client *client, int port) {
  char url[40];
  if (port < 1 || port > 65535) {
    memset(client, 0, sizeof *client);
    return leaf_reply_format(LEAF_ARGUMENT, 0, "the port is %d; it must be 1 to 65535", port);
  }
  snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
  return leaf_open(client, url);
}

/* A call without tags. */
static inline struct leaf_reply leaf_plain(struct leaf_client *client, const char *call, const char *method,
                                           enum leaf_answer answer, const char *target) {
  struct leaf_request request;
  memset(&request, 0, sizeof request);
  request.call = call;
  request.method = method;
  request.target = target;
  request.answer = answer;
  return leaf_call(client, &request);
}

/* A call with a text, and perhaps a second one, in its target; 'item' is NULL for none. */
static inline struct leaf_reply leaf_named(struct leaf_client *client, const char *call, const char *method,
                                           enum leaf_answer answer, const char *before, const char *tag,
                                           const char *between, const char *item) {
  struct leaf_buffer target;
  struct leaf_reply reply;
  if (tag == NULL) {
    return leaf_reply_format(LEAF_ARGUMENT, 0, "%s: the tag is NULL", call);
  }
  memset(&target, 0, sizeof target);
  leaf_buffer_text(&target, before);
  leaf_buffer_encoded(&target, tag);
  leaf_buffer_text(&target, between);
  if (item != NULL) {
    leaf_buffer_encoded(&target, item);
  }
  reply = target.failed ? leaf_reply_no_memory() : leaf_plain(client, call, method, answer, target.text);
  leaf_buffer_free(&target);
  return reply;
}

/*
 * Has the runtime read its configuration again; returns once the new one is live. An object of what
 * changed; LEAF_REFUSED with 500, file, line and reason for a bad file: the old one goes on then.
 */
static inline struct leaf_reply leaf_reload(struct leaf_client *client) {
  return leaf_plain(client, "reload", "POST", LEAF_ANSWER_OBJECT, LEAF_RUNTIME_PATH "reload");
}

/* Has the runtime end; the core stays. The runtime drains for a few seconds after the answer. */
static inline struct leaf_reply leaf_shutdown(struct leaf_client *client) {
  return leaf_plain(client, "shutdown", "POST", LEAF_ANSWER_ANY, LEAF_RUNTIME_PATH "shutdown");
}

/* Probes through the outbound selected now: an object with tcp_ms; 500 when nothing gets through. */
static inline struct leaf_reply leaf_check_connectivity(struct leaf_client *client) {
  return leaf_plain(client, "check_connectivity", "GET", LEAF_ANSWER_OBJECT, LEAF_RUNTIME_PATH "check_connectivity");
}

/* An array of the active connections. */
static inline struct leaf_reply leaf_get_stats(struct leaf_client *client) {
  return leaf_plain(client, "get_stats", "GET", LEAF_ANSWER_ARRAY, LEAF_RUNTIME_PATH "stat/json");
}

/* An array of the most recent finished connections, newest first; at most 1,000. */
static inline struct leaf_reply leaf_get_recent_stats(struct leaf_client *client) {
  return leaf_plain(client, "get_recent_stats", "GET", LEAF_ANSWER_ARRAY, LEAF_RUNTIME_PATH "stat/recent/json");
}

/* Totals of an outbound, group or inbound: an object with bytes_sent and bytes_recvd. */
static inline struct leaf_reply leaf_get_usage(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_usage", "GET", LEAF_ANSWER_OBJECT, LEAF_RUNTIME_PATH "usage/json?tag=", tag, "",
                    NULL);
}

/* Totals of a user of the inbounds; 404 for one neither configured nor seen. */
static inline struct leaf_reply leaf_get_usage_by_user_id(struct leaf_client *client, const char *user_id) {
  return leaf_named(client, "get_usage_by_user_id", "GET", LEAF_ANSWER_OBJECT, LEAF_RUNTIME_PATH "usage/json?userId=",
                    user_id, "", NULL);
}

/*
 * A window of the log, oldest line first: an object with messages. 'limit' is how many lines at most, up
 * to 10,000; 'offset' where to begin, 0 being the oldest line kept: a poller gives the number of lines
 * that it has read so far.
 */
static inline struct leaf_reply leaf_get_logs(struct leaf_client *client, int limit, int offset) {
  char target[96];
  snprintf(target, sizeof target, LEAF_RUNTIME_PATH "logs/json?limit=%d&offset=%d", limit, offset);
  return leaf_plain(client, "get_logs", "GET", LEAF_ANSWER_OBJECT, target);
}

/* Drops the lines kept so far. */
static inline struct leaf_reply leaf_clear_logs(struct leaf_client *client) {
  return leaf_plain(client, "clear_logs", "POST", LEAF_ANSWER_ANY, LEAF_RUNTIME_PATH "logs/clear");
}

/* Every configured group: an object with outbounds, each with tag and type. */
static inline struct leaf_reply leaf_get_outbound_list(struct leaf_client *client) {
  return leaf_plain(client, "get_outbound_list", "GET", LEAF_ANSWER_OBJECT, LEAF_OUTBOUND_PATH "list");
}

/* The members of a group of any kind: an object with outbounds, each with name, is_selected, ping_ms. */
static inline struct leaf_reply leaf_get_select_outbound_items(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_select_outbound_items", "GET", LEAF_ANSWER_OBJECT,
                    LEAF_OUTBOUND_PATH "selects?outbound=", tag, "", NULL);
}

/* The member that a group of any kind uses: an object with selected. */
static inline struct leaf_reply leaf_get_current_select_outbound_item(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_current_select_outbound_item", "GET", LEAF_ANSWER_OBJECT,
                    LEAF_OUTBOUND_PATH "select?outbound=", tag, "", NULL);
}

/*
 * Switches a select group, for new connections at once; the choice outlives reload and restart. 404 when
 * there is no such select group or it has no such member.
 */
static inline struct leaf_reply leaf_set_select_outbound_item(struct leaf_client *client, const char *tag,
                                                              const char *item) {
  if (item == NULL) {
    return leaf_reply_format(LEAF_ARGUMENT, 0, "set_select_outbound_item: the item is NULL");
  }
  return leaf_named(client, "set_select_outbound_item", "POST", LEAF_ANSWER_ANY, LEAF_OUTBOUND_PATH "select?outbound=",
                    tag, "&select=", item);
}

/* The state of a failover group: an object with actors, each with name, ping_ms, is_selected. */
static inline struct leaf_reply leaf_get_failover_status(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_failover_status", "GET", LEAF_ANSWER_OBJECT,
                    LEAF_OUTBOUND_PATH "failover/status?outbound=", tag, "", NULL);
}

/* Has a failover group check its members; returns at once, leaf_get_failover_status shows the result. */
static inline struct leaf_reply leaf_force_failover_health_check(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "force_failover_health_check", "POST", LEAF_ANSWER_ANY,
                    LEAF_OUTBOUND_PATH "failover/healthcheck?outbound=", tag, "", NULL);
}

/* Has every failover group check its members; returns at once. */
static inline struct leaf_reply leaf_force_failover_health_check_all(struct leaf_client *client) {
  return leaf_plain(client, "force_failover_health_check_all", "POST", LEAF_ANSWER_ANY,
                    LEAF_OUTBOUND_PATH "failover/healthcheck/all");
}

/*
 * Probes an outbound or group now and waits for the probes: an object with tag, tcp_ms and udp_ms, null
 * where a probe failed or the protocol has no UDP.
 */
static inline struct leaf_reply leaf_get_outbound_health(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_outbound_health", "GET", LEAF_ANSWER_OBJECT, LEAF_RUNTIME_PATH "outbound/", tag,
                    "/health", NULL);
}

/* When the peer of an outbound was last active: an object with last_peer_active, null if never. */
static inline struct leaf_reply leaf_get_outbound_last_peer_active(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_outbound_last_peer_active", "GET", LEAF_ANSWER_OBJECT, LEAF_RUNTIME_PATH "outbound/",
                    tag, "/last_peer_active", NULL);
}

/* How many seconds ago the peer of an outbound was last active: an object, null if never. */
static inline struct leaf_reply leaf_get_outbound_since_last_peer_active(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_outbound_since_last_peer_active", "GET", LEAF_ANSWER_OBJECT,
                    LEAF_RUNTIME_PATH "outbound/", tag, "/since_last_peer_active", NULL);
}

/* The state of a speedtest group: an object with actors. */
static inline struct leaf_reply leaf_get_speedtest_status(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_speedtest_status", "GET", LEAF_ANSWER_OBJECT,
                    LEAF_OUTBOUND_PATH "speedtest/status?outbound=", tag, "", NULL);
}

/* The state of an mptp group: an object with tag, actors and sessions. */
static inline struct leaf_reply leaf_get_mptp_status(struct leaf_client *client, const char *tag) {
  return leaf_named(client, "get_mptp_status", "GET", LEAF_ANSWER_OBJECT, LEAF_OUTBOUND_PATH "mptp/status?outbound=",
                    tag, "", NULL);
}

#endif
