/* The contract driver and the example as programs, against a server that answers well or badly. */
#define _POSIX_C_SOURCE 200809L

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "check.h"
#include "folder.h"
#include "server.h"

int run_program(const char *command, char *out, size_t size) {
  FILE *program = popen(command, "r");
  size_t length = 0;
  int status;
  CHECK(program != NULL);
  if (program == NULL) {
    return -1;
  }
  while (length < size - 1 && fgets(out + length, (int)(size - length), program) != NULL) {
    length += strlen(out + length);
  }
  out[length] = '\0';
  status = pclose(program);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool answers(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)server;
  if (strcmp(request, "GET /api/v1/runtime/usage/json?tag=a%20b") == 0) {
    server_answer(answer, 200, "application/json", "{\n \"bytes_sent\" : 1,\r\n\t\"note\": \"a b\\\" c\" }\n");
  } else if (strcmp(request, "GET /api/v1/runtime/usage/json?tag=OUT") == 0) {
    server_answer(answer, 200, "application/json", "{\"bytes_sent\":2048,\"bytes_recvd\":5000000000}");
  } else if (strcmp(request, "GET /api/v1/runtime/logs/json?limit=100&offset=7") == 0) {
    server_answer(answer, 200, "application/json", "{\"messages\":[]}");
  } else if (strncmp(request, "POST ", 5) == 0) {
    server_answer(answer, 200, "text/plain", "done");
  } else if (strncmp(request, "GET /api/v1/runtime/outbound/slow", 33) == 0) {
    leaf_buffer_text(answer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
  } else if (strncmp(request, "GET /api/v1/app/outbound/list", 29) == 0) {
    server_answer(answer, 200, "text/html", "<html>");
  } else {
    server_answer(answer, 404, "text/plain", "unknown \"tag\"\n");
  }
  return true;
}

static void check_driver(struct server *server, const char *lines, const char *format, int status) {
  char folder[64];
  char command[700];
  char out[4096];
  char wanted[4096];
  make_folder(folder, sizeof folder);
  write_file(folder, "lines", lines);
  snprintf(command, sizeof command,
           "LEAF_RESPONSE_TIMEOUT_MS=300 '" LEAF_BUILD "/contract_driver' %s <%s/lines 2>%s/told", server->url, folder,
           folder);
  CHECK_NUMBER(run_program(command, out, sizeof out), status);
  snprintf(wanted, sizeof wanted, format, server->port, server->port);
  CHECK_TEXT(out, wanted);
  snprintf(command, sizeof command, "cat %s/told", folder);
  CHECK_NUMBER(run_program(command, out, sizeof out), 0);
  CHECK((out[0] != '\0') == (status != 0)); /* the sanitizers would speak here too */
  remove_folder(folder);
}

static void the_driver_makes_the_calls_it_reads(void) {
  struct server server;
  memset(&server, 0, sizeof server);
  server_start(&server, answers);
  check_driver(&server,
               "[\"getUsage\",\"a b\"]\n[\"getLogs\",100,7]\n[\"setSelectOutboundItem\",\"OUT\",\"x\"]\n\n"
               "[\"shutdown\"]\n[\"getUsage\",\"x\"]\n[\"getOutboundHealth\",\"slow\"]\n[\"getOutboundList\"]",
               "{\"ok\":{\"bytes_sent\":1,\"note\":\"a b\\\" c\"}}\n"
               "{\"ok\":{\"messages\":[]}}\n"
               "{\"ok\":null}\n"
               "{\"ok\":null}\n"
               "{\"error\":{\"kind\":\"refused\",\"status\":404,\"text\":\"unknown \\\"tag\\\"\"}}\n"
               "{\"error\":{\"kind\":\"timeout\",\"text\":\"get_outbound_health: 127.0.0.1:%d did not answer within "
               "300 ms\"}}\n"
               "{\"error\":{\"kind\":\"bad_answer\",\"text\":\"get_outbound_list: 127.0.0.1:%d answered HTTP 200 with "
               "a page of HTML, so it is not Leaf's API; it begins '<html>'\"}}\n",
               0);
  check_driver(&server, "[\"shutdown\"]\n[\"getNothing\"]\n[\"shutdown\"]\n", "{\"ok\":null}\n", 2);
  check_driver(&server, "[\"getUsage\"]\n", "", 2);
  check_driver(&server, "[\"getUsage\",\"a\",\"b\"]\n", "", 2);
  check_driver(&server, "[\"getUsage\",7]\n", "", 2);
  check_driver(&server, "[\"getLogs\",1.5,0]\n", "", 2);
  check_driver(&server, "no json\n", "", 2);
  server_stop(&server);
}

static void the_driver_says_that_nothing_runs(void) {
  struct server server;
  memset(&server, 0, sizeof server);
  server_start(&server, answers);
  server_stop(&server);
  check_driver(&server, "[\"reload\"]\n",
               "{\"error\":{\"kind\":\"not_running\",\"text\":\"Leaf is not running on 127.0.0.1:%d (connection "
               "refused); start it with 'leaf run'\"}}\n",
               0);
}

static void the_example_shows_usage(void) {
  struct server server;
  char command[400];
  char out[1000];
  memset(&server, 0, sizeof server);
  server_start(&server, answers);
  snprintf(command, sizeof command, "'" LEAF_EXAMPLE "' OUT 2 %d 2>&1", server.port);
  CHECK_NUMBER(run_program(command, out, sizeof out), 0);
  CHECK_TEXT(out,
             "OUT  up 2048 B (0.0 KiB/s)  down 5000000000 B (0.0 KiB/s)\n"
             "OUT  up 2048 B (0.0 KiB/s)  down 5000000000 B (0.0 KiB/s)\n");
  snprintf(command, sizeof command, "'" LEAF_EXAMPLE "' x 1 %d 2>&1", server.port);
  CHECK_NUMBER(run_program(command, out, sizeof out), 1);
  CHECK_TEXT(out, "Leaf says: unknown \"tag\"\n");
  server_stop(&server);
  snprintf(command, sizeof command, "'" LEAF_EXAMPLE "' OUT 1 %d 2>&1", server.port);
  CHECK_NUMBER(run_program(command, out, sizeof out), 1);
  CHECK_PART(out, "Leaf is not running on 127.0.0.1:");
  CHECK_NUMBER(run_program("'" LEAF_EXAMPLE "' OUT 1 70000 2>&1", out, sizeof out), 1);
  CHECK_TEXT(out, "the port is 65536; it must be 1 to 65535\n");
  CHECK_NUMBER(run_program("'" LEAF_EXAMPLE "' OUT x 2>&1", out, sizeof out), 2);
}

const struct check program_tests[] = {TEST(the_driver_makes_the_calls_it_reads),
                                      TEST(the_driver_says_that_nothing_runs),
                                      TEST(the_example_shows_usage),
                                      {NULL, NULL}};
