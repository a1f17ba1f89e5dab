/*
 * Shows each second how much a tag has carried and how fast:
 *
 *   usage_ticker TAG SECONDS [PORT]
 *
 * Without a port it asks the running core which one is in force, and where no core runs it takes the one
 * of the saved preferences.
 */
#include <time.h>

#include "leaf_core.h"

/* Says what went wrong, or nothing when nothing did. */
static bool good(struct leaf_reply *reply) {
  bool ok = reply->error == LEAF_OK;
  if (!ok) {
    fprintf(stderr, reply->error == LEAF_REFUSED ? "Leaf says: %s\n" : "%s\n", reply->text);
  }
  leaf_reply_free(reply);
  return ok;
}

/* 0 when it cannot be told. */
static int find_port(void) {
  struct leaf_core core;
  struct leaf_preferences preferences;
  struct leaf_reply reply = leaf_core_open(&core, NULL);
  int port = 0;
  if (good(&reply)) {
    reply = leaf_get_preferences(&core, &preferences);
    if (reply.error == LEAF_NOT_RUNNING) {
      leaf_reply_free(&reply);
      leaf_preferences_free(&preferences);
      reply = leaf_load_preferences(NULL, &preferences);
    }
    port = good(&reply) ? preferences.api_port : 0;
    leaf_preferences_free(&preferences);
  }
  leaf_core_close(&core);
  return port;
}

struct usage {
  long long sent;
  long long received;
};

static bool read_usage(struct leaf_client *leaf, const char *tag, struct usage *usage) {
  struct leaf_reply reply = leaf_get_usage(leaf, tag);
  struct leaf_json object;
  struct leaf_json value;
  usage->sent = usage->received = 0;
  if (reply.error == LEAF_OK && leaf_json_parse(reply.text, reply.length, &object) == LEAF_JSON_OK) {
    if (leaf_json_member(object, "bytes_sent", &value)) {
      leaf_json_integer(value, &usage->sent);
    }
    if (leaf_json_member(object, "bytes_recvd", &value)) {
      leaf_json_integer(value, &usage->received);
    }
  }
  return good(&reply);
}

static bool tick(struct leaf_client *leaf, const char *tag, long seconds) {
  const struct timespec second = {1, 0};
  struct usage before;
  struct usage now;
  if (!read_usage(leaf, tag, &before)) {
    return false;
  }
  for (; seconds > 0; seconds--) {
    nanosleep(&second, NULL);
    if (!read_usage(leaf, tag, &now)) {
      return false;
    }
    printf("%s  up %lld B (%.1f KiB/s)  down %lld B (%.1f KiB/s)\n", tag, now.sent,
           (double)(now.sent - before.sent) / 1024, now.received, (double)(now.received - before.received) / 1024);
    fflush(stdout);
    before = now;
  }
  return true;
}

/* A whole number from 1; 0 for anything else. */
static long positive(const char *text) {
  char *end;
  long number = strtol(text, &end, 10);
  return *end == '\0' && number > 0 ? number : 0;
}

int main(int argc, char **argv) {
  struct leaf_client leaf;
  struct leaf_reply reply;
  long port;
  bool done;
  if ((argc != 3 && argc != 4) || positive(argv[2]) == 0 || (argc == 4 && positive(argv[3]) == 0)) {
    fprintf(stderr, "usage: usage_ticker TAG SECONDS [PORT]\n");
    return 2;
  }
  port = argc == 4 ? positive(argv[3]) : find_port();
  if (port == 0) {
    return 1;
  }
  reply = leaf_open_port(&leaf, port > 65535 ? 65536 : (int)port);
  done = good(&reply) && tick(&leaf, argv[1], positive(argv[2]));
  leaf_client_close(&leaf);
  return done ? 0 : 1;
}
