/*
 * The core's process: running the leaf program, finding who holds a home, waiting and killing. Programs
 * include leaf_core.h instead.
 */
#ifndef LEAF_PROCESS_H
#define LEAF_PROCESS_H

#include "leaf_preferences.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

/* A start from a source tree may have to build first. */
#define LEAF_START_SECONDS 300

/* How long a core that was asked to end may take. */
#define LEAF_END_SECONDS 60

/* Numbers of open files that are looked at before a program is run. */
#define LEAF_MOST_FILES 65536

extern char **environ;

/* A moment to look again after; POSIX cannot wait for another's process to end. */
static inline void leaf_pause(void) {
  struct timespec moment = {0, 20 * 1000 * 1000};
  nanosleep(&moment, NULL);
}

static inline time_t leaf_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

/*
 * Whether a process runs; one that has ended and is only not yet collected does not. Its files and sockets
 * are closed by the last of its threads, so while any is left it runs.
 */
static inline bool leaf_process_runs(pid_t pid) {
  char path[64];
  char line[512];
  FILE *file;
  const char *state = NULL;
  long threads = 0;
  if (kill(pid, 0) != 0 && errno == ESRCH) {
    return false;
  }
  snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid); /* Linux */
  file = fopen(path, "r");
  if (file != NULL) {
    size_t n = fread(line, 1, sizeof line - 1, file);
    line[n] = '\0';
    state = strrchr(line, ')'); /* ends the program's name, which may hold anything */
    fclose(file);
  }
  if (state == NULL || strlen(state) < 3 || (state[2] != 'Z' && state[2] != 'X')) {
    return true;
  }
  /* proc(5): num_threads is the 17th field after the state */
  return sscanf(state + 3, "%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%ld", &threads) == 1 && threads > 1;
}

/* Waits until a core that was asked to end has ended. LEAF_OK with an empty text. */
static inline struct leaf_reply leaf_process_await(long pid) {
  time_t from = leaf_seconds();
  while (pid > 0 && pid != (long)getpid() && leaf_process_runs((pid_t)pid)) {
    if (leaf_seconds() - from > LEAF_END_SECONDS) {
      return leaf_reply_format(LEAF_IO, 0, "the core, pid %ld, has not ended within %d s", pid, LEAF_END_SECONDS);
    }
    leaf_pause();
  }
  return leaf_reply_format(LEAF_OK, 0, "%s", "");
}

/*
 * The process that holds a home's lock; 0 when none does. LEAF_IO when it is held but does not say by
 * whom, or cannot be looked at.
 */
static inline struct leaf_reply leaf_lock_owner(const char *path, long *pid) {
  struct flock lock;
  struct leaf_buffer text;
  struct leaf_reply reply;
  char *end = NULL;
  int failure;
  int file = open(path, O_RDWR | O_CLOEXEC);
  *pid = 0;
  if (file < 0 && errno == ENOENT) {
    return leaf_reply_format(LEAF_OK, 0, "%s", "");
  }
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (file < 0 || fcntl(file, F_GETLK, &lock) != 0) {
    reply = leaf_reply_format(LEAF_IO, 0, "%s: %s", path, strerror(errno));
    if (file >= 0) {
      close(file);
    }
    return reply;
  }
  close(file);
  if (lock.l_type == F_UNLCK) {
    return leaf_reply_format(LEAF_OK, 0, "%s", ""); /* what the file says is of a core that has ended */
  }
  memset(&text, 0, sizeof text);
  failure = leaf_file_read(&text, path);
  *pid = failure != 0 ? 0 : strtol(text.text, &end, 10);
  if (failure != 0) {
    reply = leaf_reply_format(LEAF_IO, 0, "%s: %s", path, strerror(failure));
  } else if (*pid <= 0 || end == text.text || strspn(end, " \r\n") != strlen(end)) {
    *pid = 0;
    reply = leaf_reply_format(LEAF_IO, 0, "%s is held, but holds no process id", path);
  } else {
    reply = leaf_reply_format(LEAF_OK, 0, "%s", "");
  }
  leaf_buffer_free(&text);
  return reply;
}

/* Kills a core and waits for its end. */
static inline struct leaf_reply leaf_process_kill(long pid) {
  if (pid == (long)getpid()) {
    return leaf_reply_format(LEAF_ARGUMENT, 0, "the core is this very process");
  }
  if (kill((pid_t)pid, SIGKILL) != 0 && errno != ESRCH) {
    return leaf_reply_format(LEAF_IO, 0, "the core, pid %ld, cannot be killed by this user", pid);
  }
  return leaf_process_await(pid);
}

/* Starts a program with its output in a file; the answer is 0 or an errno. */
static inline int leaf_spawn(char *const *command, FILE *output, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  long most;
  long file;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure != 0) {
    return failure;
  }
  failure = posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
  if (failure == 0) {
    failure = posix_spawn_file_actions_adddup2(&actions, fileno(output), STDERR_FILENO);
  }
  if (failure == 0) {
    failure = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  /* the core outlives this program, and must not hold its files and sockets open */
  most = sysconf(_SC_OPEN_MAX);
  most = most < 0 || most > LEAF_MOST_FILES ? LEAF_MOST_FILES : most;
  for (file = 3; failure == 0 && file < most; file++) {
    if (fcntl((int)file, F_GETFD) >= 0) {
      failure = posix_spawn_file_actions_addclose(&actions, (int)file);
    }
  }
  if (failure == 0) {
    failure = posix_spawnp(pid, command[0], &actions, NULL, command, environ);
  }
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

/* Waits for a program; false, and it is asked to end, when it takes longer than LEAF_START_SECONDS. */
static inline bool leaf_await_program(pid_t pid, int *status) {
  time_t from = leaf_seconds();
  pid_t ended;
  while ((ended = waitpid(pid, status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (leaf_seconds() - from > LEAF_START_SECONDS) {
      kill(pid, SIGTERM);
      waitpid(pid, status, 0);
      return false;
    }
    leaf_pause();
  }
  if (ended < 0) {
    *status = 0; /* the program has SIGCHLD ignored: the system does not tell */
  }
  return true;
}

/*
 * Runs 'leaf core start', which returns once the core answers: with the program that LEAF_BIN names, else
 * leaf on the PATH. 'folder' is for --home; NULL for the home of the environment.
 */
static inline struct leaf_reply leaf_program_start(const char *folder) {
  const char *named = getenv("LEAF_BIN");
  char *program = leaf_copy(named == NULL || named[0] == '\0' ? "leaf" : named);
  char *home = folder == NULL ? NULL : leaf_copy(folder);
  char core[] = "core";
  char start[] = "start";
  char flag[] = "--home";
  char *command[6];
  FILE *output = tmpfile(); /* no pipe: what the core leaves behind would hold its other end */
  pid_t pid = 0;
  int status = 0;
  int failure;
  struct leaf_reply reply;
  command[0] = program;
  command[1] = core;
  command[2] = start;
  command[3] = home == NULL ? NULL : flag;
  command[4] = home;
  command[5] = NULL;
  if (program == NULL || (folder != NULL && home == NULL)) {
    reply = leaf_reply_no_memory();
  } else if (output == NULL) {
    reply = leaf_reply_format(LEAF_IO, 0, "start_core: cannot make a temporary file: %s", strerror(errno));
  } else if ((failure = leaf_spawn(command, output, &pid)) != 0) {
    reply = leaf_reply_format(LEAF_IO, 0,
                              "cannot run '%s': %s; put Leaf on the PATH or name its program in LEAF_BIN", program,
                              strerror(failure));
  } else if (!leaf_await_program(pid, &status)) {
    reply = leaf_reply_format(LEAF_TIMEOUT, 0, "'leaf core start' did not end within %d s", LEAF_START_SECONDS);
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    reply = leaf_reply_format(LEAF_OK, 0, "%s", "");
  } else {
    char piece[8192];
    struct leaf_buffer text;
    const char *told = piece;
    size_t length;
    rewind(output);
    length = fread(piece, 1, sizeof piece, output);
    leaf_trim(&told, &length);
    memset(&text, 0, sizeof text);
    leaf_buffer_utf8(&text, told, length);
    if (length == 0) {
      leaf_buffer_format(&text, "'leaf core start' ended with status %d",
                         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    reply = leaf_reply_of(LEAF_REFUSED, 0, &text);
  }
  if (output != NULL) {
    fclose(output);
  }
  free(program);
  free(home);
  return reply;
}

#endif
