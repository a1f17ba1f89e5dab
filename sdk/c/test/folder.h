/* Folders of the tests' own, and the environment that they change. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stddef.h>

/* A new folder under /tmp; its name is short enough for a socket in it. */
void make_folder(char *out, size_t size);

/* Makes a folder in another. */
void make_inside(const char *folder, const char *name);

void write_file(const char *folder, const char *name, const char *text);

/* With all that is in it. */
void remove_folder(const char *folder);

/* The variables that lead to a home and a program. */
struct saved_environment {
  char *values[6];
};

/* Saves and unsets them. */
struct saved_environment save_environment(void);

/* Puts them back. */
void restore_environment(struct saved_environment *saved);

#endif
