// SPDX-License-Identifier: MIT
// What the comparisons share: the two libraries, inputs, verdicts.
#pragma once

#include <stdint.h>

#include "calls.h"

enum side { FACADE, OPENSSL };

/// Ends the program with a message.
_Noreturn void give_up(const char *what, const char *which);

/// Loads a library of calls; ends the program if there is none at `path`.
void load_side(enum side side, const char *path);

/// Has the facade do what it does with the instructions of `way` alone: plain, mulx, avx2 or sha, a
/// library that was linked with ways.c. Returns 1, or 0 where the processor lacks them, having said
/// so.
int take_way(const char *way);

/// Ends the program unless the facade looked at what take_way() left of the processor.
void check_way(void);

/// Does an operation with one of the libraries; an unknown name ends the program.
int do_call(enum side side, const char *name, const struct bytes *in, struct bytes *out);

/// Does it with both and counts a failure unless results and outputs are the same. Returns the
/// result.
int same(const char *name, const struct bytes *in);

/// Counts a check of the test `name`; says so when it fails.
void check(const char *name, int good);

/// Has `run` take each line of the standard input, without its end; it may change it.
void for_each_line(void (*run)(char *line));

/// Prints a line for each test and the totals; returns the program's status.
int report(void);

/// Random numbers of a fixed seed.
uint64_t random_below(uint64_t limit);
/// Random bytes.
void random_bytes(struct bytes *b, size_t size);
/// A number of at most `most` bytes: half of the time an edge case (0, 1, powers of two and their
/// neighbours, runs of ones and zeros), otherwise random.
void random_number(struct bytes *b, size_t most);
/// The bytes of hexadecimal digits.
void from_hex(struct bytes *b, const char *digits);

/// The comparisons; `scale` multiplies the numbers of cases.
void compare_numbers(unsigned scale);
void compare_curves(unsigned scale);
void compare_symmetric(unsigned scale);
void compare_rsa(unsigned scale);
/// What depends on the processor's instructions, with longer inputs.
void compare_ways(unsigned scale);
/// Published vectors, with both libraries.
void check_vectors(void);
