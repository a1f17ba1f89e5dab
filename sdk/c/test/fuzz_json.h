/* Feeds any bytes to the JSON reader and everything that works on what it has found. */
#ifndef FUZZ_JSON_H
#define FUZZ_JSON_H

#include <stddef.h>
#include <stdint.h>

/* Aborts when the reader contradicts itself; the sanitizers find the rest. */
void fuzz_json_one(const uint8_t *data, size_t size);

/* So many mutations of replies and of odd JSON. */
void fuzz_json_run(unsigned long seed, unsigned long runs);

#endif
