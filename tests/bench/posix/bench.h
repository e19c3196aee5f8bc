// SPDX-License-Identifier: MIT
// What `coconut bench posix` measures, between the files of this folder. The same source is built
// for this system and, statically, for Linux; platform_*.c holds what differs.
#pragma once

#include "measure.h"

#define PAGE 4096ul

/* Rows by subject; each list ends with a row without a name. */
extern const struct operation file_operations[];
extern const struct operation memory_operations[];
extern const struct operation process_operations[];
extern const struct operation thread_operations[];

/// Path of this program, to start it again.
extern const char *program_path;

/// In a process started with the argument "echo": answer each byte of standard input on standard
/// output, until the end of input. @return exit status
int echo_bytes(void);

/// Write a byte and read the answer. @return 0, or -1 with errno
int ping(int to, int from);

/* What differs between the systems. */

/// Make standard output and /tmp usable. @return 0, or -1 with errno
int platform_prepare(void);

/// The cheapest system call there is, without libc.
void platform_null_call(void);

/// Path of a program that ends at once, for children. The string stays valid.
const char *platform_minimal(void);

/// Switch a scheduling policy on or off under which sched_yield() hands over to a thread that is
/// ready. @return 0, or -1 with errno
int platform_strict_yield(int on);

/// End: the program here, the machine on Linux. Does not return.
_Noreturn void platform_end(int good);
