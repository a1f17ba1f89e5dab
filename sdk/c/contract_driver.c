/*
 * Makes calls as it is told, so that this client can be compared with the others:
 *
 *   contract_driver BASE_URL
 *
 * Reads lines such as ["getLogs",100,0] from standard input and prints one line for each:
 * {"ok":REPLY}, null for a call without a reply, or {"error":{"kind":KIND,"status":404,"text":TEXT}},
 * the status only for what Leaf refused. LEAF_RESPONSE_TIMEOUT_MS shortens the response timeout. Ends
 * with status 2 when a line is no call.
 */
#include "leaf.h"

typedef struct leaf_reply (*call_plain)(struct leaf_client *);
typedef struct leaf_reply (*call_tag)(struct leaf_client *, const char *);
typedef struct leaf_reply (*call_tags)(struct leaf_client *, const char *, const char *);
typedef struct leaf_reply (*call_numbers)(struct leaf_client *, int, int);

/* One method; one of the four functions is set. */
struct method {
  const char *name;
  bool replies;
  call_plain plain;
  call_tag tag;
  call_tags tags;
  call_numbers numbers;
};

static const struct method methods[] = {
    {"reload", true, leaf_reload, NULL, NULL, NULL},
    {"shutdown", false, leaf_shutdown, NULL, NULL, NULL},
    {"checkConnectivity", true, leaf_check_connectivity, NULL, NULL, NULL},
    {"getStats", true, leaf_get_stats, NULL, NULL, NULL},
    {"getRecentStats", true, leaf_get_recent_stats, NULL, NULL, NULL},
    {"getUsage", true, NULL, leaf_get_usage, NULL, NULL},
    {"getUsageByUserId", true, NULL, leaf_get_usage_by_user_id, NULL, NULL},
    {"getLogs", true, NULL, NULL, NULL, leaf_get_logs},
    {"clearLogs", false, leaf_clear_logs, NULL, NULL, NULL},
    {"getOutboundList", true, leaf_get_outbound_list, NULL, NULL, NULL},
    {"getSelectOutboundItems", true, NULL, leaf_get_select_outbound_items, NULL, NULL},
    {"getCurrentSelectOutboundItem", true, NULL, leaf_get_current_select_outbound_item, NULL, NULL},
    {"setSelectOutboundItem", false, NULL, NULL, leaf_set_select_outbound_item, NULL},
    {"getFailoverStatus", true, NULL, leaf_get_failover_status, NULL, NULL},
    {"forceFailoverHealthCheck", false, NULL, leaf_force_failover_health_check, NULL, NULL},
    {"forceFailoverHealthCheckAll", false, leaf_force_failover_health_check_all, NULL, NULL, NULL},
    {"getOutboundHealth", true, NULL, leaf_get_outbound_health, NULL, NULL},
    {"getOutboundLastPeerActive", true, NULL, leaf_get_outbound_last_peer_active, NULL, NULL},
    {"getOutboundSinceLastPeerActive", true, NULL, leaf_get_outbound_since_last_peer_active, NULL, NULL},
    {"getSpeedtestStatus", true, NULL, leaf_get_speedtest_status, NULL, NULL},
    {"getMptpStatus", true, NULL, leaf_get_mptp_status, NULL, NULL},
};

static const char *kind(enum leaf_error error) {
  switch (error) {
    case LEAF_REFUSED:
      return "refused";
    case LEAF_NOT_RUNNING:
      return "not_running";
    case LEAF_TIMEOUT:
      return "timeout";
    case LEAF_BAD_ANSWER:
      return "bad_answer";
    default:
      return "io";
  }
}

/* Valid JSON without the space between its parts, so that it is one line. */
static void compact(struct leaf_buffer *out, const char *text, size_t length) {
  bool inside = false;
  size_t i;
  for (i = 0; i < length; i++) {
    if (inside || strchr(" \t\r\n", text[i]) == NULL) {
      leaf_buffer_add(out, text + i, 1);
    }
    if (inside && text[i] == '\\' && i + 1 < length) {
      leaf_buffer_add(out, text + ++i, 1);
    } else if (text[i] == '"') {
      inside = !inside;
    }
  }
}

static bool answer(const struct method *method, struct leaf_reply *reply) {
  struct leaf_buffer out;
  bool written;
  memset(&out, 0, sizeof out);
  if (reply->error == LEAF_OK) {
    leaf_buffer_text(&out, "{\"ok\":");
    if (method->replies) {
      compact(&out, reply->text, reply->length);
    } else {
      leaf_buffer_text(&out, "null");
    }
    leaf_buffer_text(&out, "}\n");
  } else {
    leaf_buffer_format(&out, "{\"error\":{\"kind\":\"%s\",", kind(reply->error));
    if (reply->error == LEAF_REFUSED) {
      leaf_buffer_format(&out, "\"status\":%ld,", reply->status);
    }
    leaf_buffer_text(&out, "\"text\":");
    leaf_buffer_quoted(&out, reply->text, reply->length);
    leaf_buffer_text(&out, "}}\n");
  }
  written = !out.failed && fwrite(out.text, 1, out.length, stdout) == out.length && fflush(stdout) == 0;
  leaf_buffer_free(&out);
  return written;
}

/* A string argument, to be freed; a C string holds no zero byte. */
static char *text_argument(struct leaf_json_walk *items) {
  struct leaf_json value;
  size_t length = 0;
  char *text = leaf_json_next(items, NULL, &value) ? leaf_json_string(value, &length) : NULL;
  if (text != NULL && strlen(text) != length) {
    free(text);
    return NULL;
  }
  return text;
}

static bool number_argument(struct leaf_json_walk *items, int *out) {
  struct leaf_json value;
  long long number;
  if (!leaf_json_next(items, NULL, &value) || !leaf_json_integer(value, &number) || number != (int)number) {
    return false;
  }
  *out = (int)number;
  return true;
}

/* Makes the call that a line names; false when it is none. */
static bool step(struct leaf_client *client, const char *line, size_t length) {
  struct leaf_json array;
  struct leaf_json name;
  struct leaf_json extra;
  struct leaf_json_walk items;
  struct leaf_reply reply;
  const struct method *method = NULL;
  char *first = NULL;
  char *second = NULL;
  int numbers[2] = {0, 0};
  size_t i;
  bool right = true;
  if (leaf_json_parse(line, length, &array) != LEAF_JSON_OK || leaf_json_kind(array) != LEAF_JSON_ARRAY) {
    return false;
  }
  items = leaf_json_items(array);
  if (!leaf_json_next(&items, NULL, &name)) {
    return false;
  }
  for (i = 0; i < sizeof methods / sizeof methods[0]; i++) {
    if (leaf_json_is(name, methods[i].name)) {
      method = &methods[i];
    }
  }
  if (method == NULL) {
    return false;
  }
  if (method->tag != NULL || method->tags != NULL) {
    first = text_argument(&items);
    right = first != NULL;
  }
  if (method->tags != NULL) {
    second = text_argument(&items);
    right = right && second != NULL;
  }
  if (method->numbers != NULL) {
    right = number_argument(&items, &numbers[0]) && number_argument(&items, &numbers[1]);
  }
  right = right && !leaf_json_next(&items, NULL, &extra);
  if (right) {
    reply = method->plain != NULL  ? method->plain(client)
            : method->tag != NULL  ? method->tag(client, first)
            : method->tags != NULL ? method->tags(client, first, second)
                                   : method->numbers(client, numbers[0], numbers[1]);
    right = answer(method, &reply);
    leaf_reply_free(&reply);
  }
  free(first);
  free(second);
  return right;
}

/* Reads one line without its end, however long; false at the end of the input. */
static bool read_line(struct leaf_buffer *line) {
  int c;
  line->length = 0;
  leaf_buffer_add(line, "", 0);
  while ((c = getchar()) != EOF && c != '\n') {
    char byte = (char)c;
    leaf_buffer_add(line, &byte, 1);
  }
  return !line->failed && (c != EOF || line->length > 0);
}

int main(int argc, char **argv) {
  struct leaf_client client;
  struct leaf_buffer line;
  struct leaf_reply opened;
  const char *timeout = getenv("LEAF_RESPONSE_TIMEOUT_MS");
  int result = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: contract_driver BASE_URL\n");
    return 2;
  }
  opened = leaf_open(&client, argv[1]);
  if (opened.error != LEAF_OK) {
    fprintf(stderr, "contract_driver: %s\n", opened.text);
    leaf_reply_free(&opened);
    return 2;
  }
  leaf_reply_free(&opened);
  if (timeout != NULL && timeout[0] != '\0') {
    char *end;
    long ms = strtol(timeout, &end, 10);
    if (*end != '\0' || ms < 1) {
      fprintf(stderr, "contract_driver: LEAF_RESPONSE_TIMEOUT_MS is '%s'; at least 1\n", timeout);
      leaf_client_close(&client);
      return 2;
    }
    client.response_timeout_ms = ms;
  }
  memset(&line, 0, sizeof line);
  while (result == 0 && read_line(&line)) {
    const char *text = line.text;
    size_t length = line.length;
    leaf_trim(&text, &length);
    if (length > 0 && !step(&client, text, length)) {
      fprintf(stderr, "contract_driver: no call that it can make: %s\n", text);
      result = 2;
    }
  }
  leaf_buffer_free(&line);
  leaf_client_close(&client);
  return result;
}
