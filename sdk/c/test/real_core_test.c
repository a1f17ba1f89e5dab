/*
 * The whole of leaf_core.h and leaf.h against a real core: the program that LEAF_BIN names, else the
 * launcher of the source tree, LEAF_LAUNCHER. Skipped loudly where neither runs.
 */
#include "../leaf_core.h"

#include <pthread.h>
#include <sys/stat.h>

#include "check.h"
#include "folder.h"
#include "program.h"

static const char configuration[] =
    "[General]\napi-port = 0\n[Proxy]\ndirect = direct\ndrop = drop\n"
    "[Proxy Group]\nOUT = select, direct, drop\nA / b+c%\xf0\x9f\x8d\x83 = select, direct, drop\n"
    "[Rule]\nFINAL, OUT\n";

/* A home of the test's own, with LEAF_BIN set to a program that runs. */
struct stage {
  char top[64];
  char folder[256];
  struct leaf_core core;
  struct saved_environment saved;
};

/* False, and the test is skipped, when no program runs. */
static bool find_program(char *out, size_t size) {
  const char *named = getenv("LEAF_BIN");
  char command[1200];
  char why[1400];
  snprintf(out, size, "%s", named != NULL && named[0] != '\0' ? named : LEAF_LAUNCHER);
  snprintf(command, sizeof command, "'%s' --version </dev/null >/dev/null 2>&1", out);
  if (system(command) != 0) {
    snprintf(why, sizeof why, "'%s --version' does not run; name Leaf's program in LEAF_BIN", out);
    SKIP(why);
    return false;
  }
  return true;
}

static bool open_stage(struct stage *stage, const char *below) {
  char program[1024];
  struct leaf_reply reply;
  const char *home = getenv("HOME");
  char user[1024];
  if (!find_program(program, sizeof program)) {
    return false;
  }
  snprintf(user, sizeof user, "%s", home == NULL ? "/" : home);
  stage->saved = save_environment();
  setenv("HOME", user, 1); /* the launcher may have to build */
  setenv("LEAF_BIN", program, 1);
  make_folder(stage->top, sizeof stage->top);
  snprintf(stage->folder, sizeof stage->folder, "%s%s", stage->top, below);
  if (below[0] != '\0') {
    make_inside(stage->top, below + 1);
  }
  write_file(stage->folder, "config.conf", configuration);
  reply = leaf_core_open(&stage->core, stage->folder);
  CHECK_NUMBER(reply.error, LEAF_OK);
  leaf_reply_free(&reply);
  return true;
}

static void close_stage(struct stage *stage) {
  struct leaf_reply reply = force_shutdown_core(&stage->core); /* where a check has failed */
  leaf_reply_free(&reply);
  leaf_core_close(&stage->core);
  remove_folder(stage->top);
  restore_environment(&stage->saved);
}

/* Checks that a call went well; shows its text where it did not. */
static void check_ok(struct leaf_reply reply) {
  if (reply.error != LEAF_OK) {
    CHECK_TEXT(reply.text, "a good reply");
  }
  leaf_reply_free(&reply);
}

static bool asked(struct leaf_reply (*call)(struct leaf_core *, bool *), struct leaf_core *core) {
  bool answer = false;
  check_ok(call(core, &answer));
  return answer;
}

struct watch {
  pthread_t thread;
  const char *folder;
  struct leaf_buffer lines;
  enum leaf_error error;
};

static int hear(void *user, const struct leaf_event *event) {
  struct watch *watch = (struct watch *)user;
  if (event != NULL) {
    leaf_buffer_format(&watch->lines, "%s %s\n", event->subject, event->state);
  }
  return 0;
}

static void *follow(void *argument) {
  struct watch *watch = (struct watch *)argument;
  struct leaf_core core;
  struct leaf_reply reply = leaf_core_open(&core, watch->folder);
  leaf_reply_free(&reply);
  reply = leaf_watch(&core, hear, watch);
  watch->error = reply.error;
  leaf_reply_free(&reply);
  leaf_core_close(&core);
  return NULL;
}

static void use_the_api(int port) {
  static const char odd[] = "A / b+c%\xf0\x9f\x8d\x83";
  struct leaf_client leaf;
  struct leaf_reply reply = leaf_open_port(&leaf, port);
  check_ok(reply);
  reply = leaf_get_outbound_list(&leaf);
  CHECK_PART(reply.text, "{\"tag\":\"OUT\",\"type\":\"select\"}");
  leaf_reply_free(&reply);
  check_ok(leaf_set_select_outbound_item(&leaf, odd, "drop"));
  reply = leaf_get_current_select_outbound_item(&leaf, odd);
  CHECK_TEXT(reply.text, "{\"selected\":\"drop\"}");
  leaf_reply_free(&reply);
  reply = leaf_get_usage(&leaf, odd);
  CHECK_TEXT(reply.text, "{\"bytes_sent\":0,\"bytes_recvd\":0}");
  leaf_reply_free(&reply);
  reply = leaf_get_outbound_last_peer_active(&leaf, odd);
  CHECK_PART(reply.text, "\"last_peer_active\":null");
  leaf_reply_free(&reply);
  reply = leaf_set_select_outbound_item(&leaf, "OUT", "..");
  CHECK(reply.error == LEAF_REFUSED && reply.status == 404);
  CHECK_PART(reply.text, "'..'");
  leaf_reply_free(&reply);
  reply = leaf_get_outbound_health(&leaf, "..");
  CHECK(reply.error == LEAF_REFUSED && reply.status == 404);
  CHECK_TEXT(reply.text, "unknown outbound '..'");
  leaf_reply_free(&reply);
  reply = leaf_get_logs(&leaf, 10, 0);
  CHECK_PART(reply.text, "{\"messages\":[\""); /* memory_logger was set */
  leaf_reply_free(&reply);
  check_ok(leaf_get_stats(&leaf));
  check_ok(leaf_reload(&leaf));
  leaf_client_close(&leaf);
}

/* The example finds the port by itself. */
static void run_the_programs(const struct stage *stage, int port) {
  char command[800];
  char out[1000];
  snprintf(command, sizeof command, "LEAF_HOME='%s' '" LEAF_EXAMPLE "' OUT 1 2>&1", stage->folder);
  CHECK_NUMBER(run_program(command, out, sizeof out), 0);
  CHECK_TEXT(out, "OUT  up 0 B (0.0 KiB/s)  down 0 B (0.0 KiB/s)\n");
  snprintf(command, sizeof command,
           "echo '[\"getCurrentSelectOutboundItem\",\"OUT\"]' | '" LEAF_BUILD
           "/contract_driver' http://127.0.0.1:%d 2>&1",
           port);
  CHECK_NUMBER(run_program(command, out, sizeof out), 0);
  CHECK_TEXT(out, "{\"ok\":{\"selected\":\"direct\"}}\n");
}

static void a_core_is_started_used_and_ended(void) {
  struct stage stage;
  struct watch watch;
  struct leaf_preferences preferences;
  struct leaf_preferences changed;
  struct leaf_client gone;
  struct leaf_reply reply;
  int port;
  if (!open_stage(&stage, "")) {
    return;
  }
  CHECK(!asked(is_core_running, &stage.core));
  check_ok(start_core(&stage.core));
  CHECK(asked(is_core_running, &stage.core));
  CHECK(!asked(is_leaf_running, &stage.core));
  check_ok(start_core(&stage.core)); /* one runs */
  reply = get_version(&stage.core);
  CHECK(reply.error == LEAF_OK && reply.length >= 5);
  leaf_reply_free(&reply);
  memset(&watch, 0, sizeof watch);
  watch.folder = stage.folder;
  CHECK(pthread_create(&watch.thread, NULL, follow, &watch) == 0);

  reply = test_config(&stage.core, NULL);
  CHECK_PART(reply.text, "{\"problems\":[");
  CHECK(strstr(reply.text, "\"severity\":\"error\"") == NULL);
  leaf_reply_free(&reply);
  reply = test_config(&stage.core, "[Rule]\nFINAL, nowhere\n");
  CHECK_PART(reply.text, "\"severity\":\"error\"");
  CHECK_PART(reply.text, "nowhere");
  leaf_reply_free(&reply);

  check_ok(leaf_get_preferences(&stage.core, &preferences));
  CHECK(!preferences.memory_logger && preferences.api_port == 10001 && preferences.log_level == 2);
  preferences.memory_logger = true;
  preferences.log_level = 1;
  preferences.api_port = 1; /* not marked, so it stays */
  check_ok(leaf_set_preferences(&stage.core, &preferences, LEAF_SET_MEMORY_LOGGER | LEAF_SET_LOG_LEVEL, &changed));
  CHECK(changed.memory_logger && changed.log_level == 1 && changed.api_port == 10001);
  leaf_preferences_free(&changed);
  leaf_preferences_free(&preferences);
  check_ok(leaf_load_preferences(stage.folder, &preferences));
  CHECK(preferences.memory_logger && preferences.log_level == 1 && preferences.api_port == 10001);
  leaf_preferences_free(&preferences);

  check_ok(run_leaf(&stage.core));
  CHECK(asked(is_leaf_running, &stage.core));
  check_ok(leaf_get_preferences(&stage.core, &preferences));
  port = preferences.api_port;
  CHECK(port != 10001); /* the one in force */
  leaf_preferences_free(&preferences);
  use_the_api(port);
  run_the_programs(&stage, port);
  check_ok(reload_leaf(&stage.core));
  write_file(stage.folder, "config.conf", "[Rule]\nFINAL, nowhere\n");
  reply = reload_leaf(&stage.core);
  CHECK(reply.error == LEAF_REFUSED && reply.status == 500);
  CHECK_PART(reply.text, "nowhere");
  leaf_reply_free(&reply);

  check_ok(stop_leaf(&stage.core));
  CHECK(!asked(is_leaf_running, &stage.core));
  check_ok(leaf_open_port(&gone, port));
  reply = leaf_get_stats(&gone);
  CHECK_NUMBER(reply.error, LEAF_NOT_RUNNING);
  leaf_reply_free(&reply);
  leaf_client_close(&gone);

  check_ok(shutdown_core(&stage.core));
  CHECK(!asked(is_core_running, &stage.core));
  pthread_join(watch.thread, NULL);
  CHECK_NUMBER(watch.error, LEAF_OK);
  CHECK_PART(watch.lines.text, "core started\n");
  CHECK_PART(watch.lines.text, "leaf starting\nleaf started\n");
  CHECK_PART(watch.lines.text, "leaf stopping\nleaf stopped\n");
  CHECK(watch.lines.length > 13 && strcmp(watch.lines.text + watch.lines.length - 13, "core stopped\n") == 0);
  leaf_buffer_free(&watch.lines);
  close_stage(&stage);
}

/* A path of more than 107 bytes does not fit into a socket address. */
static void a_core_with_a_long_home_is_killed(void) {
  struct stage stage;
  char below[140];
  char lock[400];
  long pid = 0;
  memset(below, 'x', sizeof below);
  below[0] = '/';
  below[sizeof below - 1] = '\0';
  if (!open_stage(&stage, below)) {
    return;
  }
  check_ok(start_core(&stage.core));
  CHECK(asked(is_core_running, &stage.core));
  snprintf(lock, sizeof lock, "%s/run/core.lock", stage.folder);
  check_ok(leaf_lock_owner(lock, &pid));
  CHECK(pid > 0 && leaf_process_runs((pid_t)pid));
  check_ok(force_shutdown_core(&stage.core));
  CHECK(pid > 0 && !leaf_process_runs((pid_t)pid));
  CHECK(!asked(is_core_running, &stage.core));
  check_ok(start_core(&stage.core)); /* what the killed one left behind is in nobody's way */
  check_ok(shutdown_core(&stage.core));
  close_stage(&stage);
}

const struct check real_core_tests[] = {
    TEST(a_core_is_started_used_and_ended), TEST(a_core_with_a_long_home_is_killed), {NULL, NULL}};
