/* The calls of leaf.h against a server that answers well or badly. */
#include "../leaf.h"

#include "check.h"
#include "server.h"

#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

/* Guarded by the server's one connection at a time. */
static int answer_status;
static const char *answer_type;
static const char *answer_body;

static bool answers(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)server;
  (void)request;
  server_answer(answer, answer_status, answer_type, answer_body);
  return true;
}

/* A server that gives this answer to everything, and a client of it. */
static void begin(struct server *server, struct leaf_client *client, int status, const char *type, const char *body) {
  struct leaf_reply opened;
  answer_status = status;
  answer_type = type;
  answer_body = body;
  memset(server, 0, sizeof *server);
  server_start(server, answers);
  opened = leaf_open(client, server->url);
  CHECK_TEXT(opened.text, server->url);
  leaf_reply_free(&opened);
}

static void end(struct server *server, struct leaf_client *client) {
  leaf_client_close(client);
  server_stop(server);
}

static void check_reply(struct leaf_reply reply, enum leaf_error error, long status, const char *text) {
  CHECK_NUMBER(reply.error, error);
  CHECK_NUMBER(reply.status, status);
  CHECK_TEXT(reply.text, text);
  CHECK_NUMBER((long long)reply.length, (long long)strlen(reply.text));
  leaf_reply_free(&reply);
}

/* Checks a reply whose text begins with the name of the call and the server. */
static void check_named(struct leaf_reply reply, enum leaf_error error, const struct server *server,
                        const char *format) {
  char wanted[1024];
  snprintf(wanted, sizeof wanted, format, server->port);
  CHECK_NUMBER(reply.error, error);
  CHECK_TEXT(reply.text, wanted);
  leaf_reply_free(&reply);
}

static void each_call_sends_its_request(void) {
  static const char wanted[] =
      "POST /api/v1/runtime/reload\n"
      "GET /api/v1/runtime/check_connectivity\n"
      "GET /api/v1/runtime/usage/json?tag=OUT\n"
      "GET /api/v1/runtime/usage/json?userId=b831381d-6324-4d53-ad4f-8cda48b30811\n"
      "GET /api/v1/runtime/logs/json?limit=200&offset=40\n"
      "GET /api/v1/app/outbound/list\n"
      "GET /api/v1/app/outbound/selects?outbound=OUT\n"
      "GET /api/v1/app/outbound/select?outbound=OUT\n"
      "GET /api/v1/app/outbound/failover/status?outbound=AUTO\n"
      "GET /api/v1/runtime/outbound/us-1/health\n"
      "GET /api/v1/runtime/outbound/us-1/last_peer_active\n"
      "GET /api/v1/runtime/outbound/us-1/since_last_peer_active\n"
      "GET /api/v1/app/outbound/speedtest/status?outbound=S\n"
      "GET /api/v1/app/outbound/mptp/status?outbound=M\n"
      "POST /api/v1/runtime/shutdown\n"
      "POST /api/v1/runtime/logs/clear\n"
      "POST /api/v1/app/outbound/select?outbound=OUT&select=us-2\n"
      "POST /api/v1/app/outbound/failover/healthcheck?outbound=AUTO\n"
      "POST /api/v1/app/outbound/failover/healthcheck/all\n";
  struct server server;
  struct leaf_client client;
  char *requests;
  begin(&server, &client, 200, "application/json", "{\"x\":1}");
  check_reply(leaf_reload(&client), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_check_connectivity(&client), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_usage(&client, "OUT"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_usage_by_user_id(&client, "b831381d-6324-4d53-ad4f-8cda48b30811"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_logs(&client, 200, 40), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_outbound_list(&client), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_select_outbound_items(&client, "OUT"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_current_select_outbound_item(&client, "OUT"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_failover_status(&client, "AUTO"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_outbound_health(&client, "us-1"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_outbound_last_peer_active(&client, "us-1"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_outbound_since_last_peer_active(&client, "us-1"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_speedtest_status(&client, "S"), LEAF_OK, 200, "{\"x\":1}");
  check_reply(leaf_get_mptp_status(&client, "M"), LEAF_OK, 200, "{\"x\":1}");
  answer_body = "";
  answer_type = "text/plain";
  check_reply(leaf_shutdown(&client), LEAF_OK, 200, "");
  check_reply(leaf_clear_logs(&client), LEAF_OK, 200, "");
  check_reply(leaf_set_select_outbound_item(&client, "OUT", "us-2"), LEAF_OK, 200, "");
  check_reply(leaf_force_failover_health_check(&client, "AUTO"), LEAF_OK, 200, "");
  answer_status = 202;
  check_reply(leaf_force_failover_health_check_all(&client), LEAF_OK, 202, "");
  requests = server_requests(&server);
  CHECK_TEXT(requests, wanted);
  free(requests);
  end(&server, &client);
  begin(&server, &client, 200, "application/json", "[ ]");
  check_reply(leaf_get_stats(&client), LEAF_OK, 200, "[ ]");
  check_reply(leaf_get_recent_stats(&client), LEAF_OK, 200, "[ ]");
  requests = server_requests(&server);
  CHECK_TEXT(requests, "GET /api/v1/runtime/stat/json\nGET /api/v1/runtime/stat/recent/json\n");
  free(requests);
  CHECK_NUMBER(server_accepted(&server), 1); /* kept alive */
  end(&server, &client);
}

static void unknown_fields_and_missing_ones_are_no_trouble(void) {
  struct server server;
  struct leaf_client client;
  struct leaf_reply reply;
  struct leaf_json object;
  struct leaf_json value;
  double ms = 0;
  begin(&server, &client, 200, "application/json", "{\"quic_ms\":[1,{\"x\":null}],\"tcp_ms\":1.5,\"more\":{}}");
  reply = leaf_get_outbound_health(&client, "a");
  CHECK_NUMBER(reply.error, LEAF_OK);
  CHECK(leaf_json_parse(reply.text, reply.length, &object) == LEAF_JSON_OK);
  CHECK(leaf_json_member(object, "tcp_ms", &value) && leaf_json_number(value, &ms) && ms > 1.4 && ms < 1.6);
  CHECK(!leaf_json_member(object, "udp_ms", &value));
  leaf_reply_free(&reply);
  leaf_reply_free(&reply);
  end(&server, &client);
}

static void a_tag_arrives_as_it_is(void) {
  static const char *const tags[][2] = {{"us ams 1", "us%20ams%201"},
                                        {"a/b", "a%2Fb"},
                                        {"100%", "100%25"},
                                        {"%2F", "%252F"},
                                        {"a+b", "a%2Bb"},
                                        {"a&b=c?d#e", "a%26b%3Dc%3Fd%23e"},
                                        {"\xf0\x9f\x8d\x83", "%F0%9F%8D%83"},
                                        {"日本", "%E6%97%A5%E6%9C%AC"},
                                        {".", "%2E"},
                                        {"..", "%2E%2E"},
                                        {"...", "..."},
                                        {"a-b_c~d.e", "a-b_c~d.e"},
                                        {"\"'\\\t\n", "%22%27%5C%09%0A"},
                                        {"", ""}};
  struct server server;
  struct leaf_client client;
  size_t i;
  begin(&server, &client, 200, "application/json", "{}");
  for (i = 0; i < sizeof tags / sizeof tags[0]; i++) {
    char wanted[400];
    char *requests;
    const char *sent = tags[i][1];
    check_reply(leaf_get_outbound_health(&client, tags[i][0]), LEAF_OK, 200, "{}");
    check_reply(leaf_get_usage(&client, tags[i][0]), LEAF_OK, 200, "{}");
    check_reply(leaf_set_select_outbound_item(&client, tags[i][0], tags[i][0]), LEAF_OK, 200, "{}");
    snprintf(wanted, sizeof wanted,
             "GET /api/v1/runtime/outbound/%s/health\nGET /api/v1/runtime/usage/json?tag=%s\n"
             "POST /api/v1/app/outbound/select?outbound=%s&select=%s\n",
             sent, sent, sent, sent);
    requests = server_requests(&server);
    CHECK(strlen(requests) >= strlen(wanted));
    CHECK_TEXT(requests + strlen(requests) - strlen(wanted), wanted);
    free(requests);
  }
  check_reply(leaf_get_usage(&client, NULL), LEAF_ARGUMENT, 0, "get_usage: the tag is NULL");
  check_reply(leaf_set_select_outbound_item(&client, "OUT", NULL), LEAF_ARGUMENT, 0,
              "set_select_outbound_item: the item is NULL");
  end(&server, &client);
}

static void a_refusal_carries_the_servers_text(void) {
  struct server server;
  struct leaf_client client;
  begin(&server, &client, 404, "text/plain; charset=utf-8", "unknown outbound 'us-ö'\n");
  check_reply(leaf_get_outbound_health(&client, "us-ö"), LEAF_REFUSED, 404, "unknown outbound 'us-ö'");
  check_reply(leaf_force_failover_health_check(&client, "us-ö"), LEAF_REFUSED, 404, "unknown outbound 'us-ö'");
  answer_status = 500;
  answer_body = "";
  check_named(leaf_reload(&client), LEAF_REFUSED, &server, "reload: 127.0.0.1:%d answered HTTP 500");
  answer_status = 302;
  check_named(leaf_get_stats(&client), LEAF_REFUSED, &server, "get_stats: 127.0.0.1:%d answered HTTP 302");
  end(&server, &client);
}

static void a_server_that_is_down_is_named_with_the_remedy(void) {
  struct server server;
  struct leaf_client client;
  char wanted[200];
  begin(&server, &client, 200, "application/json", "{}");
  server_stop(&server);
  snprintf(wanted, sizeof wanted,
           "Leaf is not running on 127.0.0.1:%d (connection refused); start it with 'leaf run'", server.port);
  check_reply(leaf_get_stats(&client), LEAF_NOT_RUNNING, 0, wanted);
  check_reply(leaf_shutdown(&client), LEAF_NOT_RUNNING, 0, wanted);
  leaf_client_close(&client);
}

static void a_server_that_never_answers_times_out_by_the_calls_name(void) {
  struct server server;
  struct leaf_client client;
  struct leaf_reply opened;
  server_start_bytes(&server, NULL);
  opened = leaf_open_port(&client, server.port);
  leaf_reply_free(&opened);
  CHECK_NUMBER(client.connect_timeout_ms, 5000);
  CHECK_NUMBER(client.response_timeout_ms, 30000);
  client.response_timeout_ms = 400;
  check_named(leaf_get_outbound_health(&client, "us-1"), LEAF_TIMEOUT, &server,
              "get_outbound_health: 127.0.0.1:%d did not answer within 400 ms");
  CHECK_NUMBER(server_count(&server), 1);
  client.response_timeout_ms = 1000;
  check_named(leaf_reload(&client), LEAF_TIMEOUT, &server, "reload: 127.0.0.1:%d did not answer within 1 s");
  end(&server, &client);
}

/* Sends a byte of the answer now and then, for ever. */
static bool dribbles(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)request;
  leaf_buffer_text(answer, JSON_HEAD "Content-Length: 100\r\n\r\n{\"bytes");
  (void)server;
  return true;
}

static void an_answer_that_is_never_finished_times_out(void) {
  struct server server;
  struct leaf_client client;
  struct leaf_reply opened;
  memset(&server, 0, sizeof server);
  server_start(&server, dribbles);
  opened = leaf_open_port(&client, server.port);
  leaf_reply_free(&opened);
  client.response_timeout_ms = 300;
  check_named(leaf_get_usage(&client, "OUT"), LEAF_TIMEOUT, &server,
              "get_usage: 127.0.0.1:%d did not answer within 300 ms");
  end(&server, &client);
}

static void a_page_of_html_is_not_leaf(void) {
  static const char *const types[] = {"text/html; charset=utf-8", "TEXT/HTML", "application/json"};
  static const char page[] = "<!DOCTYPE html>\n<html><title>Router  login</title></html>";
  size_t i;
  for (i = 0; i < sizeof types / sizeof types[0]; i++) {
    struct server server;
    struct leaf_client client;
    begin(&server, &client, 200, types[i], page);
    check_named(leaf_get_stats(&client), LEAF_BAD_ANSWER, &server,
                "get_stats: 127.0.0.1:%d answered HTTP 200 with a page of HTML, so it is not Leaf's API; it begins "
                "'<!DOCTYPE html> <html><title>Router login</title></html>'");
    check_named(leaf_shutdown(&client), LEAF_BAD_ANSWER, &server,
                "shutdown: 127.0.0.1:%d answered HTTP 200 with a page of HTML, so it is not Leaf's API; it begins "
                "'<!DOCTYPE html> <html><title>Router login</title></html>'");
    answer_status = 404;
    check_named(leaf_get_stats(&client), LEAF_REFUSED, &server,
                "get_stats: 127.0.0.1:%d answered HTTP 404 with a page of HTML, so it is not Leaf's API; it begins "
                "'<!DOCTYPE html> <html><title>Router login</title></html>'");
    end(&server, &client);
  }
}

static void json_that_ends_early_is_an_error(void) {
  static const char *const bodies[] = {"", " \n", "{\"bytes_sent\":12", "{\"bytes_sent\":12,", "{", "{\"bytes_"};
  size_t i;
  for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    struct server server;
    struct leaf_client client;
    char wanted[200];
    begin(&server, &client, 200, "application/json", bodies[i]);
    snprintf(wanted, sizeof wanted, "get_usage: the answer of 127.0.0.1:%%d ends before its JSON does; it begins '%s'",
             i == 1 ? "" : bodies[i]);
    check_named(leaf_get_usage(&client, "OUT"), LEAF_BAD_ANSWER, &server, wanted);
    end(&server, &client);
  }
}

static void another_json_than_expected_is_an_error(void) {
  static const char *const bodies[] = {"null", "[]", "12", "no json", "\"{}\"", "{\"bytes_sent\":1} x", "{a:1}"};
  struct server server;
  struct leaf_client client;
  size_t i;
  for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    char wanted[200];
    begin(&server, &client, 200, "application/json", bodies[i]);
    snprintf(wanted, sizeof wanted, "get_usage: the answer of 127.0.0.1:%%d is not the JSON expected; it begins '%s'",
             bodies[i]);
    check_named(leaf_get_usage(&client, "OUT"), LEAF_BAD_ANSWER, &server, wanted);
    end(&server, &client);
  }
  begin(&server, &client, 200, "application/json", "{}");
  check_named(leaf_get_stats(&client), LEAF_BAD_ANSWER, &server,
              "get_stats: the answer of 127.0.0.1:%d is not the JSON expected; it begins '{}'");
  end(&server, &client);
}

static void only_the_beginning_is_quoted(void) {
  struct server server;
  struct leaf_client client;
  begin(&server, &client, 200, "text/plain",
        "  0123456789 0123456789\r\n\t0123456789 0123456789 0123456789 0123456789 0123456789 😀 tail");
  check_named(leaf_get_usage(&client, "OUT"), LEAF_BAD_ANSWER, &server,
              "get_usage: the answer of 127.0.0.1:%d is not the JSON expected; it begins '0123456789 0123456789 "
              "0123456789 0123456789 0123456789 0123456789 0123456789 😀 …'");
  end(&server, &client);
}

static void bytes_that_are_no_utf8_are_mended(void) {
  struct server server;
  struct leaf_client client;
  begin(&server, &client, 200, "application/json", "{\"selected\":\"a\xff\xf0\x9f b\"}");
  check_reply(leaf_get_current_select_outbound_item(&client, "OUT"), LEAF_OK, 200,
              "{\"selected\":\"a\xef\xbf\xbd\xef\xbf\xbd b\"}");
  end(&server, &client);
}

static void an_answer_that_breaks_off_is_an_error_that_names_the_call(void) {
  static const char *const bytes[] = {"",
                                      JSON_HEAD "Content-Length: 90\r\n\r\n{\"byt",
                                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"byt\r\n",
                                      "SSH-2.0-OpenSSH_9.2\r\n",
                                      "HTTP/1.1 200 OK\r\nContent-Le",
                                      "HTTP/1.1 200 OK\r\n"};
  size_t i;
  for (i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
    struct server server;
    struct leaf_client client;
    struct leaf_reply reply;
    char begins[100];
    server_start_bytes(&server, bytes[i]);
    reply = leaf_open(&client, server.url);
    leaf_reply_free(&reply);
    reply = leaf_get_usage(&client, "OUT");
    snprintf(begins, sizeof begins, "get_usage: the exchange with 127.0.0.1:%d broke off: ", server.port);
    CHECK_NUMBER(reply.error, LEAF_IO);
    CHECK_PART(reply.text, begins);
    CHECK(strlen(reply.text) > strlen(begins));
    leaf_reply_free(&reply);
    end(&server, &client);
  }
}

static void an_answer_without_bounds_is_not_kept(void) {
  struct server server;
  struct leaf_client client;
  char *body = (char *)calloc(1, 100001);
  CHECK(body != NULL);
  memset(body, '7', 100000);
  begin(&server, &client, 200, "application/json", body);
  CHECK_NUMBER((long long)client.largest_answer, 134217728);
  client.largest_answer = 99999;
  check_named(leaf_get_usage(&client, "OUT"), LEAF_IO, &server,
              "get_usage: the exchange with 127.0.0.1:%d broke off: the answer is larger than 99999 bytes");
  answer_body = "{}";
  check_reply(leaf_get_usage(&client, "OUT"), LEAF_OK, 200, "{}");
  end(&server, &client);
  free(body);
}

static void a_server_that_ends_every_connection_is_no_trouble(void) {
  struct server server;
  struct leaf_client client;
  struct leaf_reply opened;
  int i;
  server_start_bytes(&server, JSON_HEAD "Content-Length: 2\r\n\r\n{}");
  opened = leaf_open(&client, server.url);
  leaf_reply_free(&opened);
  for (i = 0; i < 20; i++) {
    check_reply(leaf_get_usage(&client, "OUT"), LEAF_OK, 200, "{}");
  }
  end(&server, &client);
}

/* Answers a GET and keeps the connection; takes a POST and ends it without a word. */
static bool drops_posts(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)server;
  if (strncmp(request, "GET", 3) == 0) {
    server_answer(answer, 200, "application/json", "{}");
    return true;
  }
  return false;
}

static void what_acts_is_never_sent_twice(void) {
  struct server server;
  struct leaf_client client;
  struct leaf_reply reply;
  char *requests;
  memset(&server, 0, sizeof server);
  server_start(&server, drops_posts);
  reply = leaf_open(&client, server.url);
  leaf_reply_free(&reply);
  check_reply(leaf_get_usage(&client, "OUT"), LEAF_OK, 200, "{}");
  reply = leaf_shutdown(&client);
  CHECK_NUMBER(reply.error, LEAF_IO);
  leaf_reply_free(&reply);
  requests = server_requests(&server);
  CHECK_TEXT(requests, "GET /api/v1/runtime/usage/json?tag=OUT\nPOST /api/v1/runtime/shutdown\n");
  free(requests);
  end(&server, &client);
}

static void proxies_of_the_environment_are_not_asked(void) {
  static const char *const names[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
  struct server server;
  struct leaf_client client;
  size_t i;
  for (i = 0; i < sizeof names / sizeof names[0]; i++) {
    setenv(names[i], "http://127.0.0.1:1", 1);
  }
  begin(&server, &client, 200, "application/json", "{}");
  check_reply(leaf_get_usage(&client, "OUT"), LEAF_OK, 200, "{}");
  end(&server, &client);
  for (i = 0; i < sizeof names / sizeof names[0]; i++) {
    unsetenv(names[i]);
  }
}

static void a_closed_client_says_so(void) {
  struct server server;
  struct leaf_client client;
  begin(&server, &client, 200, "application/json", "{}");
  check_reply(leaf_get_usage(&client, "OUT"), LEAF_OK, 200, "{}");
  leaf_client_close(&client);
  check_reply(leaf_get_usage(&client, "OUT"), LEAF_IO, 0, "get_usage: the client is closed");
  end(&server, &client);
}

static void a_wrong_base_url_is_refused_at_once(void) {
  static const char *const urls[] = {"127.0.0.1:10001",
                                     "https://127.0.0.1:10001",
                                     "ftp://127.0.0.1",
                                     "http://",
                                     "http://127.0.0.1:70000",
                                     "http://127.0.0.1:0",
                                     "http://127.0.0.1:10001?x=y",
                                     "http://127.0.0.1:10001#x",
                                     "http://u:p@127.0.0.1:10001",
                                     "http://u@127.0.0.1:10001",
                                     "not a url",
                                     ""};
  struct leaf_client client;
  size_t i;
  for (i = 0; i < sizeof urls / sizeof urls[0]; i++) {
    char wanted[200];
    snprintf(wanted, sizeof wanted, "'%s' is not a base URL such as http://127.0.0.1:10001", urls[i]);
    check_reply(leaf_open(&client, urls[i]), LEAF_ARGUMENT, 0, wanted);
    leaf_client_close(&client);
  }
  check_reply(leaf_open_port(&client, 0), LEAF_ARGUMENT, 0, "the port is 0; it must be 1 to 65535");
  check_reply(leaf_open_port(&client, 65536), LEAF_ARGUMENT, 0, "the port is 65536; it must be 1 to 65535");
  check_reply(leaf_open(&client, " http://127.0.0.1:10001/a/ "), LEAF_OK, 0, "http://127.0.0.1:10001/a");
  leaf_client_close(&client);
  check_reply(leaf_open(&client, "HTTP://[::1]"), LEAF_OK, 0, "http://[::1]:80");
  leaf_client_close(&client);
}

struct worker {
  pthread_t thread;
  const char *url;
  int good;
};

static void *work(void *argument) {
  struct worker *worker = (struct worker *)argument;
  struct leaf_client client;
  struct leaf_reply reply = leaf_open(&client, worker->url);
  int i;
  leaf_reply_free(&reply);
  for (i = 0; i < 25; i++) {
    char tag[32];
    snprintf(tag, sizeof tag, "node %d", i);
    reply = leaf_get_outbound_health(&client, tag);
    worker->good += reply.error == LEAF_OK && strcmp(reply.text, "{\"tcp_ms\":1.5}") == 0;
    leaf_reply_free(&reply);
  }
  leaf_client_close(&client);
  return NULL;
}

static void each_thread_may_have_its_client(void) {
  struct server server;
  struct leaf_client client;
  struct worker workers[12];
  size_t i;
  memset(workers, 0, sizeof workers);
  begin(&server, &client, 200, "application/json", "{\"tcp_ms\":1.5}");
  for (i = 0; i < sizeof workers / sizeof workers[0]; i++) {
    workers[i].url = server.url;
    CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
  }
  for (i = 0; i < sizeof workers / sizeof workers[0]; i++) {
    pthread_join(workers[i].thread, NULL);
    CHECK_NUMBER(workers[i].good, 25);
  }
  CHECK_NUMBER(server_accepted(&server), 12);
  CHECK_NUMBER(server_count(&server), 300);
  end(&server, &client);
}

const struct check api_tests[] = {TEST(each_call_sends_its_request),
                                  TEST(unknown_fields_and_missing_ones_are_no_trouble),
                                  TEST(a_tag_arrives_as_it_is),
                                  TEST(a_refusal_carries_the_servers_text),
                                  TEST(a_server_that_is_down_is_named_with_the_remedy),
                                  TEST(a_server_that_never_answers_times_out_by_the_calls_name),
                                  TEST(an_answer_that_is_never_finished_times_out),
                                  TEST(a_page_of_html_is_not_leaf),
                                  TEST(json_that_ends_early_is_an_error),
                                  TEST(another_json_than_expected_is_an_error),
                                  TEST(only_the_beginning_is_quoted),
                                  TEST(bytes_that_are_no_utf8_are_mended),
                                  TEST(an_answer_that_breaks_off_is_an_error_that_names_the_call),
                                  TEST(an_answer_without_bounds_is_not_kept),
                                  TEST(a_server_that_ends_every_connection_is_no_trouble),
                                  TEST(what_acts_is_never_sent_twice),
                                  TEST(proxies_of_the_environment_are_not_asked),
                                  TEST(a_closed_client_says_so),
                                  TEST(a_wrong_base_url_is_refused_at_once),
                                  TEST(each_thread_may_have_its_client),
                                  {NULL, NULL}};
