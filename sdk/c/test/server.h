/* A raw HTTP server on threads of its own that answers, or misbehaves, just as a test says. */
#ifndef SERVER_H
#define SERVER_H

#include <pthread.h>
#include <stdbool.h>

#include "../leaf_text.h"

#define SERVER_MOST_CONNECTIONS 64

struct server;

/*
 * Adds the whole answer to a request, such as "POST /v1/leaf/start" with its body after a space. Returns
 * whether the connection stays open for the next request.
 */
typedef bool (*server_respond)(struct server *server, const char *request, struct leaf_buffer *answer);

struct server_connection {
  struct server *server;
  int socket;
  pthread_t thread;
};

struct server {
  server_respond respond; /* NULL never to answer */
  const char *bytes;      /* for server_canned */
  int port;
  char url[40];
  int listening;
  int stop[2]; /* becomes readable when the server ends */
  pthread_t thread;
  pthread_mutex_t lock; /* guards what follows */
  struct leaf_buffer requests; /* a line for each */
  int count;
  int accepted;
  struct server_connection connections[SERVER_MOST_CONNECTIONS];
};

/* On a free port of 127.0.0.1. */
void server_start(struct server *server, server_respond respond);

/* On a Unix socket. */
void server_start_unix(struct server *server, const char *path, server_respond respond);

/* On a free port; writes these bytes to each request and ends the connection; NULL never to answer. */
void server_start_bytes(struct server *server, const char *bytes);

/* The requests so far, a line for each, to be freed. */
char *server_requests(struct server *server);
int server_count(struct server *server);
int server_accepted(struct server *server);

/* Waits until this is the end of the stop: for answers that are never finished. */
void server_await_stop(struct server *server);

/* Adds an answer with its length. */
void server_answer(struct leaf_buffer *out, int status, const char *type, const char *body);

void server_stop(struct server *server);

#endif
