#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void must(bool done, const char *what) {
  if (!done) {
    fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
    abort();
  }
}

/* Waits for input; false when the server ends first. */
static bool readable(struct server *server, int socket) {
  struct pollfd both[2];
  memset(both, 0, sizeof both);
  both[0].fd = socket;
  both[0].events = POLLIN;
  both[1].fd = server->stop[0];
  both[1].events = POLLIN;
  while (poll(both, 2, -1) < 0) {
    must(errno == EINTR, "poll");
  }
  return both[1].revents == 0;
}

void server_await_stop(struct server *server) { readable(server, -1); }

/* Reads one byte; false at the end. */
static bool read_byte(struct server *server, int socket, char *byte) {
  return readable(server, socket) && recv(socket, byte, 1, 0) == 1;
}

/* Reads "METHOD TARGET" or "METHOD TARGET BODY"; false when the client has ended the connection. */
static bool read_request(struct server *server, int socket, struct leaf_buffer *request) {
  struct leaf_buffer line;
  long length = 0;
  bool first = true;
  bool whole = false;
  char byte;
  memset(&line, 0, sizeof line);
  leaf_buffer_add(&line, "", 0);
  while (!whole && read_byte(server, socket, &byte)) {
    if (byte != '\n') {
      leaf_buffer_add(&line, &byte, 1);
      continue;
    }
    if (first) {
      char *end = strstr(line.text, " HTTP/");
      must(end != NULL, "request line");
      leaf_buffer_add(request, line.text, (size_t)(end - line.text));
      first = false;
    } else if (leaf_begins(line.text, line.length, "content-length:")) {
      length = strtol(line.text + strlen("content-length:"), NULL, 10);
    }
    whole = line.length <= 1;
    line.length = 0;
    line.text[0] = '\0';
  }
  leaf_buffer_free(&line);
  if (whole && length > 0) {
    leaf_buffer_text(request, " ");
    for (; length > 0 && read_byte(server, socket, &byte); length--) {
      leaf_buffer_add(request, &byte, 1);
    }
  }
  return whole && length == 0;
}

static void *serve(void *argument) {
  struct server_connection *connection = (struct server_connection *)argument;
  struct server *server = connection->server;
  bool more = true;
  while (more) {
    struct leaf_buffer request;
    struct leaf_buffer answer;
    memset(&request, 0, sizeof request);
    memset(&answer, 0, sizeof answer);
    leaf_buffer_add(&answer, "", 0);
    more = read_request(server, connection->socket, &request);
    if (more) {
      size_t at = 0;
      pthread_mutex_lock(&server->lock);
      leaf_buffer_add(&server->requests, request.text, request.length);
      leaf_buffer_text(&server->requests, "\n");
      server->count++;
      pthread_mutex_unlock(&server->lock);
      if (server->respond == NULL) {
        server_await_stop(server);
        more = false;
      } else {
        more = server->respond(server, request.text, &answer);
      }
      while (at < answer.length) {
        ssize_t n = send(connection->socket, answer.text + at, answer.length - at, MSG_NOSIGNAL);
        if (n < 0) {
          more = false; /* the client has had enough */
          break;
        }
        at += (size_t)n;
      }
    }
    leaf_buffer_free(&request);
    leaf_buffer_free(&answer);
  }
  shutdown(connection->socket, SHUT_RDWR);
  return NULL;
}

static void *accept_all(void *argument) {
  struct server *server = (struct server *)argument;
  while (readable(server, server->listening)) {
    struct server_connection *connection = &server->connections[server->accepted];
    int socket = accept(server->listening, NULL, NULL);
    must(socket >= 0, "accept");
    must(server->accepted < SERVER_MOST_CONNECTIONS, "too many connections");
    connection->server = server;
    connection->socket = socket;
    must(pthread_create(&connection->thread, NULL, serve, connection) == 0, "thread");
    pthread_mutex_lock(&server->lock);
    server->accepted++;
    pthread_mutex_unlock(&server->lock);
  }
  return NULL;
}

static void start(struct server *server, int listening, server_respond respond) {
  server->respond = respond;
  server->listening = listening;
  must(listen(listening, 50) == 0, "listen");
  must(pipe(server->stop) == 0, "pipe");
  must(pthread_mutex_init(&server->lock, NULL) == 0, "lock");
  must(pthread_create(&server->thread, NULL, accept_all, server) == 0, "thread");
}

void server_start(struct server *server, server_respond respond) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  const char *bytes = server->bytes;
  int listening = socket(AF_INET, SOCK_STREAM, 0);
  memset(server, 0, sizeof *server);
  server->bytes = bytes;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  must(listening >= 0 && bind(listening, (struct sockaddr *)&address, size) == 0, "bind");
  must(getsockname(listening, (struct sockaddr *)&address, &size) == 0, "getsockname");
  server->port = ntohs(address.sin_port);
  snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", server->port);
  start(server, listening, respond);
}

void server_start_unix(struct server *server, const char *path, server_respond respond) {
  struct sockaddr_un address;
  int listening = socket(AF_UNIX, SOCK_STREAM, 0);
  memset(server, 0, sizeof *server);
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  must(strlen(path) < sizeof address.sun_path, "a path short enough");
  memcpy(address.sun_path, path, strlen(path) + 1);
  must(listening >= 0 && bind(listening, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  start(server, listening, respond);
}

static bool canned(struct server *server, const char *request, struct leaf_buffer *answer) {
  (void)request;
  leaf_buffer_text(answer, server->bytes);
  return false;
}

void server_start_bytes(struct server *server, const char *bytes) {
  server->bytes = bytes;
  server_start(server, bytes == NULL ? NULL : canned);
}

char *server_requests(struct server *server) {
  char *copy;
  pthread_mutex_lock(&server->lock);
  copy = (char *)calloc(1, server->requests.length + 1);
  must(copy != NULL, "memory");
  if (server->requests.length > 0) {
    memcpy(copy, server->requests.text, server->requests.length);
  }
  pthread_mutex_unlock(&server->lock);
  return copy;
}

int server_count(struct server *server) {
  int count;
  pthread_mutex_lock(&server->lock);
  count = server->count;
  pthread_mutex_unlock(&server->lock);
  return count;
}

int server_accepted(struct server *server) {
  int accepted;
  pthread_mutex_lock(&server->lock);
  accepted = server->accepted;
  pthread_mutex_unlock(&server->lock);
  return accepted;
}

void server_answer(struct leaf_buffer *out, int status, const char *type, const char *body) {
  leaf_buffer_format(out, "HTTP/1.1 %d Some\r\nContent-Type: %s\r\nContent-Length: %lu\r\n\r\n", status, type,
                     (unsigned long)strlen(body));
  leaf_buffer_text(out, body);
}

void server_stop(struct server *server) {
  int i;
  must(write(server->stop[1], "x", 1) == 1, "stop");
  pthread_join(server->thread, NULL);
  for (i = 0; i < server->accepted; i++) {
    pthread_join(server->connections[i].thread, NULL);
    close(server->connections[i].socket);
  }
  close(server->listening);
  close(server->stop[0]);
  close(server->stop[1]);
  pthread_mutex_destroy(&server->lock);
  leaf_buffer_free(&server->requests);
}
