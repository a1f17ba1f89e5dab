/*
 * Control of the core, the long-lived process that hosts Leaf, over its Unix socket; for C11 and C++11 on
 * POSIX systems, over libcurl. Header-only: include it where needed, link with -lcurl.
 *
 *   struct leaf_core core;
 *   struct leaf_preferences preferences;
 *   struct leaf_reply reply = leaf_core_open(&core, NULL);
 *   ...
 *   reply = start_core(&core);                           // each reply is to be freed: leaf_reply_free
 *   reply = run_leaf(&core);
 *   reply = leaf_get_preferences(&core, &preferences);   // preferences.api_port is the port in force
 *   ...
 *   leaf_preferences_free(&preferences);
 *   leaf_core_close(&core);                              // the core goes on
 *
 * Calls block until they are answered. They fail as those of leaf.h do; LEAF_NOT_RUNNING means that no
 * core runs for the home. A struct leaf_core serves one thread at a time.
 */
#ifndef LEAF_CORE_H
#define LEAF_CORE_H

#include "leaf_events.h"
#include "leaf_process.h"

#include <sys/stat.h>

/* A start or reload reads large rule sets. */
#define LEAF_CORE_PATIENCE_MS 60000

/* The core of one home. All members are the header's own. */
struct leaf_core {
  struct leaf_home home;
  char *folder; /* for --home; NULL for the home of the environment */
  struct leaf_client client;
};

/* Lets go of the core, which goes on. Harmless when done twice. */
static inline void leaf_core_close(struct leaf_core *core) {
  leaf_client_close(&core->client);
  leaf_home_free(&core->home);
  free(core->folder);
  core->folder = NULL;
}

/*
 * Begins control of the core of the home in a folder, as --home names it; for NULL of the home that
 * LEAF_HOME names, else of the user's own. Opens no connection yet, and no core need run.
 */
static inline struct leaf_reply leaf_core_open(struct leaf_core *core, const char *folder) {
  memset(core, 0, sizeof *core);
  if (!leaf_home_find(&core->home, folder)) {
    return leaf_reply_no_memory();
  }
  if (folder != NULL) {
    core->folder = leaf_copy(core->home.state);
    if (core->folder == NULL) {
      leaf_core_close(core);
      return leaf_reply_no_memory();
    }
  }
  return leaf_reply_format(LEAF_OK, 0, "%s", core->home.state);
}

/* Where the socket is now: a path too long for a socket address is recorded beside it. */
static inline bool leaf_core_socket(const struct leaf_core *core, struct leaf_buffer *out) {
  struct leaf_buffer record;
  struct leaf_buffer text;
  struct stat info;
  memset(&record, 0, sizeof record);
  memset(&text, 0, sizeof text);
  leaf_buffer_text(&record, core->home.state);
  leaf_buffer_text(&record, "/run/control.path");
  if (!record.failed && stat(record.text, &info) == 0 && S_ISREG(info.st_mode) &&
      leaf_file_read(&text, record.text) == 0) {
    const char *path = text.text;
    size_t length = text.length;
    leaf_trim(&path, &length);
    leaf_buffer_add(out, path, length);
  } else {
    leaf_buffer_text(out, core->home.state);
    leaf_buffer_text(out, "/run/control.sock");
  }
  if (record.failed || text.failed) {
    out->failed = true;
  }
  leaf_buffer_free(&record);
  leaf_buffer_free(&text);
  return !out->failed;
}

/* A client of the socket that is there now; false when memory has run out. */
static inline bool leaf_core_connect(const struct leaf_core *core, struct leaf_client *client) {
  struct leaf_buffer socket;
  struct leaf_buffer server;
  struct leaf_buffer gone;
  bool done;
  memset(&socket, 0, sizeof socket);
  memset(&server, 0, sizeof server);
  memset(&gone, 0, sizeof gone);
  leaf_buffer_text(&server, "the core of ");
  leaf_buffer_text(&server, core->home.state);
  leaf_buffer_text(&gone, "no core runs for ");
  leaf_buffer_text(&gone, core->home.state);
  done = leaf_core_socket(core, &socket) && !server.failed && !gone.failed &&
         leaf_client_begin(client, "http://localhost", socket.text, server.text, gone.text,
                           "; start it with 'leaf core start'");
  if (done) {
    client->response_timeout_ms = LEAF_CORE_PATIENCE_MS;
  }
  leaf_buffer_free(&socket);
  leaf_buffer_free(&server);
  leaf_buffer_free(&gone);
  return done;
}

/* Makes a call of the control socket; the answer is a JSON object. */
static inline struct leaf_reply leaf_core_call(struct leaf_core *core, const char *call, const char *method,
                                               const char *target, const char *body) {
  struct leaf_request request;
  struct leaf_buffer socket;
  memset(&socket, 0, sizeof socket);
  memset(&request, 0, sizeof request);
  if (core->home.state == NULL) {
    return leaf_reply_format(LEAF_IO, 0, "%s: control of the core is closed", call);
  }
  if (!leaf_core_socket(core, &socket)) {
    leaf_buffer_free(&socket);
    return leaf_reply_no_memory();
  }
  if (core->client.curl == NULL || strcmp(core->client.socket, socket.text) != 0) {
    leaf_client_close(&core->client);
    if (!leaf_core_connect(core, &core->client)) {
      leaf_buffer_free(&socket);
      return leaf_reply_no_memory();
    }
  }
  leaf_buffer_free(&socket);
  request.call = call;
  request.method = method;
  request.target = target;
  request.body = body;
  request.answer = LEAF_ANSWER_OBJECT;
  return leaf_call(&core->client, &request);
}

/* A member of a good reply that is an object; nothing where it is not there. */
static inline struct leaf_json leaf_reply_member(const struct leaf_reply *reply, const char *name) {
  struct leaf_json object;
  struct leaf_json value;
  memset(&value, 0, sizeof value);
  if (reply->error == LEAF_OK && leaf_json_parse(reply->text, reply->length, &object) == LEAF_JSON_OK) {
    leaf_json_member(object, name, &value);
  }
  return value;
}

/* Replaces a reply by an error. */
static inline struct leaf_reply leaf_reply_lacks(struct leaf_reply *reply, const char *call, const char *what) {
  leaf_reply_free(reply);
  return leaf_reply_format(LEAF_BAD_ANSWER, 200, "%s: the core's answer has no %s", call, what);
}

/* Whether the core answers: LEAF_OK with its version, such as 0.1.0. */
static inline struct leaf_reply leaf_core_version(struct leaf_core *core, const char *call) {
  struct leaf_reply reply = leaf_core_call(core, call, "GET", "/v1/ping", NULL);
  struct leaf_buffer version;
  if (reply.error != LEAF_OK) {
    return reply;
  }
  memset(&version, 0, sizeof version);
  if (!leaf_json_unescape(leaf_reply_member(&reply, "version"), &version)) {
    return leaf_reply_lacks(&reply, call, "version");
  }
  leaf_reply_free(&reply);
  return leaf_reply_of(LEAF_OK, 200, &version);
}

/* Whether the core answers: LEAF_OK with its version, such as 0.1.0. */
static inline struct leaf_reply ping(struct leaf_core *core) { return leaf_core_version(core, "ping"); }

/* The core's version, such as 0.1.0. */
static inline struct leaf_reply get_version(struct leaf_core *core) { return leaf_core_version(core, "get_version"); }

/* Whether a core answers. That none runs is no error. */
static inline struct leaf_reply is_core_running(struct leaf_core *core, bool *running) {
  struct leaf_reply reply = leaf_core_version(core, "is_core_running");
  *running = reply.error == LEAF_OK;
  if (reply.error == LEAF_NOT_RUNNING) {
    reply.error = LEAF_OK;
  }
  return reply;
}

/*
 * Starts a core in the background with the program that LEAF_BIN names, else leaf on the PATH; returns
 * once it answers. Nothing happens when one runs. LEAF_REFUSED with the program's own text when it fails.
 */
static inline struct leaf_reply start_core(struct leaf_core *core) {
  bool running = false;
  struct leaf_reply reply = is_core_running(core, &running);
  if (running || reply.error != LEAF_OK) {
    return reply;
  }
  leaf_reply_free(&reply);
  return leaf_program_start(core->folder);
}

/* Stops the runtime and ends the core; returns once the process has ended. */
static inline struct leaf_reply shutdown_core(struct leaf_core *core) {
  struct leaf_reply reply = leaf_core_call(core, "shutdown_core", "POST", "/v1/core/shutdown", NULL);
  long long pid;
  if (reply.error != LEAF_OK) {
    return reply;
  }
  if (!leaf_json_integer(leaf_reply_member(&reply, "pid"), &pid)) {
    return leaf_reply_lacks(&reply, "shutdown_core", "pid");
  }
  leaf_reply_free(&reply);
  return leaf_process_await((long)pid);
}

/* Kills the core, for one that no longer answers; nothing happens when none runs. */
static inline struct leaf_reply force_shutdown_core(struct leaf_core *core) {
  struct leaf_buffer lock;
  struct leaf_reply reply;
  long pid = 0;
  if (core->home.state == NULL) {
    return leaf_reply_format(LEAF_IO, 0, "force_shutdown_core: control of the core is closed");
  }
  memset(&lock, 0, sizeof lock);
  leaf_buffer_text(&lock, core->home.state);
  leaf_buffer_text(&lock, "/run/core.lock");
  reply = lock.failed ? leaf_reply_no_memory() : leaf_lock_owner(lock.text, &pid);
  leaf_buffer_free(&lock);
  if (reply.error == LEAF_OK && pid != 0) {
    leaf_reply_free(&reply);
    reply = leaf_process_kill(pid);
  }
  return reply;
}

/* Starts the runtime in the core; returns once it runs: an object with api_port and listeners. */
static inline struct leaf_reply run_leaf(struct leaf_core *core) {
  return leaf_core_call(core, "run_leaf", "POST", "/v1/leaf/start", NULL);
}

/* Has the runtime read its configuration again; returns once the new one is live, as leaf_reload. */
static inline struct leaf_reply reload_leaf(struct leaf_core *core) {
  return leaf_core_call(core, "reload_leaf", "POST", "/v1/leaf/reload", NULL);
}

/* Stops the runtime; the core stays. */
static inline struct leaf_reply stop_leaf(struct leaf_core *core) {
  return leaf_core_call(core, "stop_leaf", "POST", "/v1/leaf/stop", NULL);
}

/* Whether the runtime runs; false when no core does. */
static inline struct leaf_reply is_leaf_running(struct leaf_core *core, bool *running) {
  struct leaf_reply reply = leaf_core_call(core, "is_leaf_running", "GET", "/v1/status", NULL);
  struct leaf_json state;
  *running = leaf_json_member(leaf_reply_member(&reply, "leaf"), "state", &state) && leaf_json_is(state, "started");
  if (reply.error == LEAF_NOT_RUNNING) {
    reply.error = LEAF_OK;
  }
  return reply;
}

/*
 * Reads a configuration, .conf or JSON, without applying it; for NULL the core's own file. An object with
 * problems, each with severity, file, line, path, text, reason and remedy; empty when all is well.
 */
static inline struct leaf_reply test_config(struct leaf_core *core, const char *text) {
  struct leaf_reply reply = leaf_core_call(core, "test_config", "POST", "/v1/config/test", text);
  if (reply.error == LEAF_OK && leaf_json_kind(leaf_reply_member(&reply, "problems")) != LEAF_JSON_ARRAY) {
    return leaf_reply_lacks(&reply, "test_config", "problems");
  }
  return reply;
}

/* Reads the preferences that a reply holds. */
static inline struct leaf_reply leaf_preferences_reply(struct leaf_reply *reply, struct leaf_preferences *out) {
  struct leaf_json object;
  memset(&object, 0, sizeof object);
  if (reply->error == LEAF_OK) {
    leaf_json_parse(reply->text, reply->length, &object);
  }
  if (!leaf_preferences_read(object, out)) {
    leaf_reply_free(reply);
    return leaf_reply_no_memory();
  }
  return *reply;
}

/*
 * The preferences, with the port of the API that is in force while the runtime runs. Free them with
 * leaf_preferences_free; on an error they are the defaults.
 */
static inline struct leaf_reply leaf_get_preferences(struct leaf_core *core, struct leaf_preferences *out) {
  struct leaf_reply reply = leaf_core_call(core, "get_preferences", "GET", "/v1/preferences", NULL);
  return leaf_preferences_reply(&reply, out);
}

/*
 * Changes the preferences that 'set' names, such as LEAF_SET_API_PORT | LEAF_SET_MEMORY_LOGGER, to what
 * 'changes' says; the rest stays. They take effect when the runtime next starts or reloads. 'now' gets all
 * preferences as they are then; it may be NULL and must not be 'changes'.
 */
static inline struct leaf_reply leaf_set_preferences(struct leaf_core *core, const struct leaf_preferences *changes,
                                                     unsigned set, struct leaf_preferences *now) {
  struct leaf_reply json = leaf_preferences_changes(changes, set);
  struct leaf_reply reply;
  if (json.error != LEAF_OK) {
    if (now != NULL) {
      memset(now, 0, sizeof *now);
    }
    return json;
  }
  reply = leaf_core_call(core, "set_preferences", "PATCH", "/v1/preferences", json.text);
  leaf_reply_free(&json);
  return now == NULL ? reply : leaf_preferences_reply(&reply, now);
}

/* The same as leaf_get_preferences. */
static inline struct leaf_reply get_preferences(struct leaf_core *core, struct leaf_preferences *out) {
  return leaf_get_preferences(core, out);
}

/* The same as leaf_set_preferences. */
static inline struct leaf_reply set_preferences(struct leaf_core *core, const struct leaf_preferences *changes,
                                                unsigned set, struct leaf_preferences *now) {
  return leaf_set_preferences(core, changes, set, now);
}

/*
 * Tells a listener the present states of core and runtime and then every change, and returns when the
 * listener wants no more or the core has ended: LEAF_OK then, and "core stopped" was told last. Blocks, so
 * it belongs on a thread of its own, with a struct leaf_core of its own unless that thread alone uses it.
 */
static inline struct leaf_reply leaf_watch(struct leaf_core *core, leaf_listener listener, void *user) {
  char told[CURL_ERROR_SIZE];
  struct leaf_client client;
  struct leaf_request request;
  struct leaf_watching watching;
  struct leaf_reply reply;
  CURLcode code;
  long status = 0;
  memset(&watching, 0, sizeof watching);
  memset(&request, 0, sizeof request);
  if (core->home.state == NULL) {
    return leaf_reply_format(LEAF_IO, 0, "watch: control of the core is closed");
  }
  if (!leaf_core_connect(core, &client)) {
    return leaf_reply_no_memory();
  }
  watching.listener = listener;
  watching.user = user;
  watching.curl = client.curl;
  watching.refusal.largest = LEAF_LONGEST_EVENT;
  request.call = "watch";
  request.method = "GET";
  request.target = "/v1/events";
  code = leaf_exchange(&client, &request, 0, leaf_take_events, leaf_watch_tick, &watching, told);
  curl_easy_getinfo(client.curl, CURLINFO_RESPONSE_CODE, &status);
  if (watching.line.failed || watching.refusal.bytes.failed) {
    reply = leaf_reply_no_memory();
  } else if (watching.ended) {
    reply = leaf_reply_format(LEAF_OK, status, "%s", "");
  } else if (watching.too_long) {
    reply = leaf_exchange_failed(&client, "watch", code, told, "an event is too long");
  } else if (status != 0 && status / 100 != 2) {
    leaf_buffer_add(&watching.refusal.bytes, "", 0);
    reply = leaf_judge(&client, &request, status, NULL, &watching.refusal.bytes);
  } else if (status == 0 || code == CURLE_OUT_OF_MEMORY) {
    reply = leaf_exchange_failed(&client, "watch", code, told, NULL);
  } else {
    /* the stream has ended, and so has the core, whether or not it could still say so */
    if (!watching.core_stopped) {
      leaf_watch_tell(&watching, "leaf", "stopped", NULL);
      leaf_watch_tell(&watching, "core", "stopped", NULL);
    }
    reply = leaf_reply_format(LEAF_OK, status, "%s", "");
  }
  leaf_buffer_free(&watching.line);
  leaf_buffer_free(&watching.refusal.bytes);
  leaf_client_close(&client);
  return reply;
}

static inline struct leaf_reply leaf_unsupported(const char *call) {
  return leaf_reply_format(LEAF_UNSUPPORTED, 0, "%s: not supported by this core", call);
}

/* Belongs to a hosted service; always LEAF_UNSUPPORTED. */
static inline struct leaf_reply update_subscription(struct leaf_core *core, const char *client_id) {
  (void)core;
  (void)client_id;
  return leaf_unsupported("update_subscription");
}

/* Belongs to a hosted service; always LEAF_UNSUPPORTED. */
static inline struct leaf_reply auto_update_subscription(struct leaf_core *core) {
  (void)core;
  return leaf_unsupported("auto_update_subscription");
}

/* Belongs to a hosted service; always LEAF_UNSUPPORTED. */
static inline struct leaf_reply import_offline_subscription(struct leaf_core *core, const char *text) {
  (void)core;
  (void)text;
  return leaf_unsupported("import_offline_subscription");
}

/* Belongs to a hosted service; always LEAF_UNSUPPORTED. */
static inline struct leaf_reply update_assets(struct leaf_core *core) {
  (void)core;
  return leaf_unsupported("update_assets");
}

/* Belongs to a hosted service; always LEAF_UNSUPPORTED. */
static inline struct leaf_reply verify_file_integrity(struct leaf_core *core) {
  (void)core;
  return leaf_unsupported("verify_file_integrity");
}

#endif
