/* Programs that the tests run. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>

/* Runs a command of the shell; its status, and what it writes to standard output. */
int run_program(const char *command, char *out, size_t size);

#endif
