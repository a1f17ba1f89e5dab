/* The calls of leaf_core.h against a core that is a test's own. */
#include "../leaf_core.h"

#include <sys/wait.h>

#include "check.h"
#include "folder.h"
#include "server.h"

/* A home, the fake core in it and control of that core. */
struct stage {
  char folder[64];
  char socket[100];
  struct server server;
  struct leaf_core core;
  struct saved_environment saved;
};

static void open_stage(struct stage *stage) {
  struct leaf_reply reply;
  stage->saved = save_environment();
  make_folder(stage->folder, sizeof stage->folder);
  make_inside(stage->folder, "run");
  snprintf(stage->socket, sizeof stage->socket, "%s/run/control.sock", stage->folder);
  reply = leaf_core_open(&stage->core, stage->folder);
  CHECK_TEXT(reply.text, stage->folder);
  leaf_reply_free(&reply);
}

static void close_stage(struct stage *stage) {
  leaf_core_close(&stage->core);
  remove_folder(stage->folder);
  restore_environment(&stage->saved);
}

/* The text NULL stands for any. */
static void check_reply(struct leaf_reply reply, enum leaf_error error, const char *text) {
  CHECK_NUMBER(reply.error, error);
  if (text != NULL) {
    CHECK_TEXT(reply.text, text);
  }
  leaf_reply_free(&reply);
}

static bool answers(struct server *server, const char *request, struct leaf_buffer *answer) {
  static const char *const table[][2] = {
      {"GET /v1/ping", "{\"version\":\"0.1.0\",\"pid\":1}"},
      {"POST /v1/leaf/start", "{\"api_port\":10001,\"listeners\":[]}"},
      {"POST /v1/leaf/stop", "{\"stopped\":true}"},
      {"POST /v1/leaf/reload", "{\"added\":[\"a\"],\"kept_connections\":4}"},
      {"GET /v1/status", "{\"core\":{},\"leaf\":{\"state\":\"started\"}}"},
      {"POST /v1/config/test", "{\"problems\":[{\"severity\":\"error\",\"line\":3}]}"},
      {"GET /v1/preferences", "{\"api_port\":12345}"},
      {"PATCH /v1/preferences", "{\"log_level\":3}"}};
  size_t i;
  (void)server;
  for (i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (strncmp(request, table[i][0], strlen(table[i][0])) == 0) {
      server_answer(answer, 200, "application/json", table[i][1]);
      return true;
    }
  }
  server_answer(answer, 404, "text/plain", "no such path");
  return true;
}

static void each_call_sends_its_request(void) {
  static const char wanted[] =
      "GET /v1/ping\nGET /v1/ping\nGET /v1/ping\nPOST /v1/leaf/start\nGET /v1/status\nPOST /v1/leaf/reload\n"
      "POST /v1/leaf/stop\nPOST /v1/config/test\nPOST /v1/config/test [General]\nGET /v1/preferences\n"
      "PATCH /v1/preferences {\"log_level\":3}\nGET /v1/ping\n";
  struct stage stage;
  struct leaf_preferences preferences;
  struct leaf_preferences now;
  struct leaf_reply reply;
  bool running = false;
  char *requests;
  open_stage(&stage);
  server_start_unix(&stage.server, stage.socket, answers);
  check_reply(ping(&stage.core), LEAF_OK, "0.1.0");
  check_reply(get_version(&stage.core), LEAF_OK, "0.1.0");
  check_reply(is_core_running(&stage.core, &running), LEAF_OK, "0.1.0");
  CHECK(running);
  check_reply(run_leaf(&stage.core), LEAF_OK, "{\"api_port\":10001,\"listeners\":[]}");
  running = false;
  reply = is_leaf_running(&stage.core, &running);
  CHECK(reply.error == LEAF_OK && running);
  leaf_reply_free(&reply);
  check_reply(reload_leaf(&stage.core), LEAF_OK, "{\"added\":[\"a\"],\"kept_connections\":4}");
  check_reply(stop_leaf(&stage.core), LEAF_OK, "{\"stopped\":true}");
  check_reply(test_config(&stage.core, NULL), LEAF_OK, "{\"problems\":[{\"severity\":\"error\",\"line\":3}]}");
  check_reply(test_config(&stage.core, "[General]"), LEAF_OK, "{\"problems\":[{\"severity\":\"error\",\"line\":3}]}");
  reply = get_preferences(&stage.core, &preferences);
  CHECK(reply.error == LEAF_OK && preferences.api_port == 12345 && preferences.log_level == 2);
  leaf_reply_free(&reply);
  preferences.log_level = 3;
  reply = set_preferences(&stage.core, &preferences, LEAF_SET_LOG_LEVEL, &now);
  CHECK(reply.error == LEAF_OK && now.log_level == 3 && now.api_port == 10001);
  leaf_reply_free(&reply);
  leaf_preferences_free(&now);
  leaf_preferences_free(&preferences);
  setenv("LEAF_BIN", "/nonexistent/leaf", 1);
  check_reply(start_core(&stage.core), LEAF_OK, "0.1.0"); /* one runs */
  requests = server_requests(&stage.server);
  CHECK_TEXT(requests, wanted);
  free(requests);
  server_stop(&stage.server);
  close_stage(&stage);
}

static bool refuses(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)server;
  if (strncmp(request, "POST /v1/leaf/start", 19) == 0) {
    server_answer(answer, 500, "text/plain", "config.conf:3: unknown group 'X'\n");
  } else {
    server_answer(answer, 200, "application/json", "{}");
  }
  return true;
}

static void failures_carry_the_cores_text(void) {
  struct stage stage;
  open_stage(&stage);
  server_start_unix(&stage.server, stage.socket, refuses);
  check_reply(run_leaf(&stage.core), LEAF_REFUSED, "config.conf:3: unknown group 'X'");
  check_reply(ping(&stage.core), LEAF_BAD_ANSWER, "ping: the core's answer has no version");
  check_reply(shutdown_core(&stage.core), LEAF_BAD_ANSWER, "shutdown_core: the core's answer has no pid");
  check_reply(test_config(&stage.core, NULL), LEAF_BAD_ANSWER, "test_config: the core's answer has no problems");
  server_stop(&stage.server);
  close_stage(&stage);
}

static void without_a_core_every_call_says_how_to_start_one(void) {
  struct stage stage;
  struct leaf_preferences preferences;
  struct leaf_reply reply;
  char wanted[300];
  bool running = true;
  open_stage(&stage);
  snprintf(wanted, sizeof wanted, "no core runs for %s (there is no %s); start it with 'leaf core start'",
           stage.folder, stage.socket);
  check_reply(run_leaf(&stage.core), LEAF_NOT_RUNNING, wanted);
  reply = leaf_get_preferences(&stage.core, &preferences);
  CHECK(preferences.api_port == 10001);
  check_reply(reply, LEAF_NOT_RUNNING, wanted);
  leaf_preferences_free(&preferences);
  reply = is_core_running(&stage.core, &running);
  CHECK(reply.error == LEAF_OK && !running);
  leaf_reply_free(&reply);
  running = true;
  reply = is_leaf_running(&stage.core, &running);
  CHECK(reply.error == LEAF_OK && !running);
  leaf_reply_free(&reply);
  check_reply(force_shutdown_core(&stage.core), LEAF_OK, ""); /* nothing to kill */
  server_start_unix(&stage.server, stage.socket, answers);
  server_stop(&stage.server); /* its file is left behind */
  snprintf(wanted, sizeof wanted, "no core runs for %s (connection refused); start it with 'leaf core start'",
           stage.folder);
  check_reply(run_leaf(&stage.core), LEAF_NOT_RUNNING, wanted);
  close_stage(&stage);
}

static void a_core_that_does_not_answer_times_out(void) {
  struct stage stage;
  struct leaf_client client;
  struct leaf_request request = {"ping", "GET", "/v1/ping", NULL, LEAF_ANSWER_OBJECT};
  char wanted[200];
  open_stage(&stage);
  server_start_unix(&stage.server, stage.socket, NULL);
  CHECK(leaf_core_connect(&stage.core, &client));
  CHECK_NUMBER(client.response_timeout_ms, 60000);
  client.response_timeout_ms = 300;
  snprintf(wanted, sizeof wanted, "ping: the core of %s did not answer within 300 ms", stage.folder);
  check_reply(leaf_call(&client, &request), LEAF_TIMEOUT, wanted);
  leaf_client_close(&client);
  server_stop(&stage.server);
  close_stage(&stage);
}

static void a_socket_elsewhere_is_found_by_its_record(void) {
  struct stage stage;
  char elsewhere[64];
  char line[200];
  open_stage(&stage);
  make_folder(elsewhere, sizeof elsewhere);
  snprintf(stage.socket, sizeof stage.socket, "%s/control.sock", elsewhere);
  snprintf(line, sizeof line, "%s\n", stage.socket);
  write_file(stage.folder, "run/control.path", line);
  server_start_unix(&stage.server, stage.socket, answers);
  check_reply(ping(&stage.core), LEAF_OK, "0.1.0");
  server_stop(&stage.server);
  remove_folder(elsewhere);
  close_stage(&stage);
}

static void a_program_that_is_not_there_is_named_with_the_remedy(void) {
  struct stage stage;
  open_stage(&stage);
  setenv("LEAF_BIN", "/nonexistent/leaf", 1);
  check_reply(start_core(&stage.core), LEAF_IO,
              "cannot run '/nonexistent/leaf': No such file or directory; put Leaf on the PATH or name its program in "
              "LEAF_BIN");
  close_stage(&stage);
}

/* Makes a program of a shell script and names it in LEAF_BIN. */
static void set_program(const struct stage *stage, const char *script) {
  char path[100];
  write_file(stage->folder, "leaf", script);
  snprintf(path, sizeof path, "%s/leaf", stage->folder);
  CHECK(chmod(path, 0700) == 0);
  setenv("LEAF_BIN", path, 1);
}

static void the_program_is_run_with_the_home_and_its_failure_told(void) {
  struct stage stage;
  char wanted[200];
  int held;
  open_stage(&stage);
  held = dup(1); /* not the program's to have */
  set_program(&stage, "#!/bin/sh\necho \"asked: $*\"; test -e /proc/self/fd/9 && echo leaked >&2; exit 3\n");
  CHECK(held >= 0 && dup2(held, 9) == 9);
  snprintf(wanted, sizeof wanted, "asked: core start --home %s", stage.folder);
  check_reply(start_core(&stage.core), LEAF_REFUSED, wanted);
  set_program(&stage, "#!/bin/sh\nexit 4\n");
  check_reply(start_core(&stage.core), LEAF_REFUSED, "'leaf core start' ended with status 4");
  set_program(&stage, "#!/bin/sh\nexit 0\n");
  check_reply(start_core(&stage.core), LEAF_OK, "");
  /* what it leaves behind holds its output open; that keeps nobody waiting */
  set_program(&stage, "#!/bin/sh\nsleep 3 &\nexit 0\n");
  check_reply(start_core(&stage.core), LEAF_OK, "");
  close(9);
  close(held);
  close_stage(&stage);
}

static void a_core_that_does_not_answer_is_killed(void) {
  struct stage stage;
  char lock[100];
  char text[40];
  char said;
  int ready[2];
  int status = 0;
  pid_t child;
  open_stage(&stage);
  snprintf(lock, sizeof lock, "%s/run/core.lock", stage.folder);
  write_file(stage.folder, "run/core.lock", "1\n"); /* of a core that has ended: nobody holds it */
  check_reply(force_shutdown_core(&stage.core), LEAF_OK, "");
  CHECK(pipe(ready) == 0);
  child = fork();
  if (child == 0) {
    struct flock own;
    int file = open(lock, O_RDWR);
    memset(&own, 0, sizeof own);
    own.l_type = F_WRLCK;
    if (file < 0 || fcntl(file, F_SETLK, &own) != 0 || write(ready[1], "x", 1) != 1) {
      _exit(1);
    }
    for (;;) {
      pause();
    }
  }
  CHECK(child > 0 && read(ready[0], &said, 1) == 1);
  snprintf(text, sizeof text, "%ld\n", (long)child);
  write_file(stage.folder, "run/core.lock", "soon\n");
  check_reply(force_shutdown_core(&stage.core), LEAF_IO, NULL);
  write_file(stage.folder, "run/core.lock", text);
  check_reply(force_shutdown_core(&stage.core), LEAF_OK, "");
  CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  close(ready[0]);
  close(ready[1]);
  close_stage(&stage);
}

#define EVENT(subject, state, error) \
  "event: state\ndata: {\"subject\":\"" subject "\",\"state\":\"" state "\",\"error\":" error ",\"at\":1.5}\n\n"

static const char events[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    EVENT("core", "started", "null") EVENT("leaf", "stopped", "null") ": a comment\n\ndata: {\"of\":\"tomorrow\"}\n\ndata: no json\n\n"
    EVENT("other", "started", "null") EVENT("leaf", "error", "\"config.conf:3: bad \\\"x\\\"\"");

static bool streams(struct server *server, const char *request, struct leaf_buffer *answer) {
  if (strcmp(request, "GET /v1/events") == 0) {
    leaf_buffer_text(answer, server->bytes);
    return false;
  }
  return answers(server, request, answer);
}

struct heard {
  struct leaf_buffer lines;
  struct leaf_core *core;
  int most;
};

static int hear(void *user, const struct leaf_event *event) {
  struct heard *heard = (struct heard *)user;
  if (event == NULL) {
    return 0;
  }
  leaf_buffer_format(&heard->lines, "%s %s%s%s\n", event->subject, event->state, event->error == NULL ? "" : " ",
                     event->error == NULL ? "" : event->error);
  if (heard->core != NULL) {
    check_reply(ping(heard->core), LEAF_OK, "0.1.0"); /* a listener may make calls */
  }
  return --heard->most == 0;
}

static void check_watch(struct stage *stage, const char *bytes, int most, enum leaf_error error, const char *text,
                        const char *wanted) {
  struct heard heard;
  memset(&heard, 0, sizeof heard);
  leaf_buffer_add(&heard.lines, "", 0);
  heard.core = &stage->core;
  heard.most = most;
  stage->server.bytes = bytes;
  check_reply(leaf_watch(&stage->core, hear, &heard), error, text);
  CHECK_TEXT(heard.lines.text, wanted);
  leaf_buffer_free(&heard.lines);
}

static void a_watch_tells_every_state_and_then_the_end(void) {
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ";
  struct stage stage;
  struct leaf_buffer endless;
  char piece[1024];
  int i;
  open_stage(&stage);
  server_start_unix(&stage.server, stage.socket, streams);
  check_watch(&stage, events, 0, LEAF_OK, "",
              "core started\nleaf stopped\nleaf error config.conf:3: bad \"x\"\nleaf stopped\ncore stopped\n");
  check_watch(&stage, events, 2, LEAF_OK, "", "core started\nleaf stopped\n");
  check_watch(&stage,
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" EVENT("core", "started", "null")
                  EVENT("core", "stopped", "null"),
              0, LEAF_OK, "", "core started\ncore stopped\n");
  check_watch(&stage, "HTTP/1.1 503 No\r\nContent-Length: 8\r\n\r\ntoo many", 0, LEAF_REFUSED, "too many", "");
  memset(&endless, 0, sizeof endless);
  leaf_buffer_text(&endless, head);
  memset(piece, 'x', sizeof piece);
  for (i = 0; i < 100; i++) {
    leaf_buffer_add(&endless, piece, sizeof piece);
  }
  check_watch(&stage, endless.text, 0, LEAF_IO, NULL, "");
  leaf_buffer_free(&endless);
  server_stop(&stage.server);
  close_stage(&stage);
}

static bool streams_for_ever(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)server;
  (void)request;
  leaf_buffer_text(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  return true;
}

static int count_ticks(void *user, const struct leaf_event *event) {
  int *left = (int *)user;
  CHECK(event == NULL);
  return --*left == 0;
}

static void a_watch_in_which_nothing_happens_can_be_ended(void) {
  struct stage stage;
  int left = 5;
  open_stage(&stage);
  server_start_unix(&stage.server, stage.socket, streams_for_ever);
  check_reply(leaf_watch(&stage.core, count_ticks, &left), LEAF_OK, "");
  CHECK_NUMBER(left, 0);
  server_stop(&stage.server);
  close_stage(&stage);
}

static void a_watch_without_a_core_says_so(void) {
  struct stage stage;
  struct heard heard;
  struct leaf_reply reply;
  memset(&heard, 0, sizeof heard);
  open_stage(&stage);
  reply = leaf_watch(&stage.core, hear, &heard);
  CHECK_NUMBER(reply.error, LEAF_NOT_RUNNING);
  CHECK_PART(reply.text, "no core runs for ");
  leaf_reply_free(&reply);
  CHECK(heard.lines.text == NULL);
  close_stage(&stage);
}

static void what_belongs_to_a_hosted_service_is_not_supported(void) {
  struct stage stage;
  open_stage(&stage);
  check_reply(update_subscription(&stage.core, "me"), LEAF_UNSUPPORTED,
              "update_subscription: not supported by this core");
  check_reply(auto_update_subscription(&stage.core), LEAF_UNSUPPORTED,
              "auto_update_subscription: not supported by this core");
  check_reply(import_offline_subscription(&stage.core, "x"), LEAF_UNSUPPORTED,
              "import_offline_subscription: not supported by this core");
  check_reply(update_assets(&stage.core), LEAF_UNSUPPORTED, "update_assets: not supported by this core");
  check_reply(verify_file_integrity(&stage.core), LEAF_UNSUPPORTED,
              "verify_file_integrity: not supported by this core");
  close_stage(&stage);
  leaf_core_close(&stage.core);
  check_reply(ping(&stage.core), LEAF_IO, "ping: control of the core is closed");
}

const struct check core_tests[] = {TEST(each_call_sends_its_request),
                                   TEST(failures_carry_the_cores_text),
                                   TEST(without_a_core_every_call_says_how_to_start_one),
                                   TEST(a_core_that_does_not_answer_times_out),
                                   TEST(a_socket_elsewhere_is_found_by_its_record),
                                   TEST(a_program_that_is_not_there_is_named_with_the_remedy),
                                   TEST(the_program_is_run_with_the_home_and_its_failure_told),
                                   TEST(a_core_that_does_not_answer_is_killed),
                                   TEST(a_watch_tells_every_state_and_then_the_end),
                                   TEST(a_watch_in_which_nothing_happens_can_be_ended),
                                   TEST(a_watch_without_a_core_says_so),
                                   TEST(what_belongs_to_a_hosted_service_is_not_supported),
                                   {NULL, NULL}};
