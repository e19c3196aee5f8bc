// SPDX-License-Identifier: MIT
// TPM commands whose cost is measured, the same bytes on each system.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Powers the TPM on with its state in `directory`, starts it, and asks for random numbers once.
/// Returns whether all went well. With `same_seeds` the TPM, if it is a new one, is the same each
/// time and on each system.
bool commands_start(const char *directory, bool same_seeds);

/// Measures each command and prints its line: measure.h. Returns 0, or -1 if one failed.
int commands_measure(void);

/// Does what takes a TPM that has just been started the most memory: makes a key of RSA-3072, loads
/// objects, saves contexts of sessions and fills NV, each until the TPM refuses. Returns 0, or -1
/// if something else was refused, with a line of output.
int commands_heavy(void);

/// PCR_Read of one PCR: its bytes, and how many.
const uint8_t *commands_read(size_t *size);

// --- what the two systems do each in its way
// ----------------------------------------------------------------------

/// While `on`, what the crypto library takes for random numbers is a sequence that is always the
/// same.
void system_same_random(bool on);

/// Prints what only this system can tell of this process, once all commands were done. Returns 0 or
/// -1.
int system_measure(void);

/// Prints what is to be told of the service as a process; nothing where there is none. `program`:
/// this program's path. Returns 0 or -1.
int system_measure_service(const char *program);

/// Serves the TPM that is on at the channel that this process was given, until it is told to end.
/// Returns 0 or -1.
int system_serve(void);
