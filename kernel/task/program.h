// SPDX-License-Identifier: MIT
// Putting a program into an address space; private to task.
#pragma once

#include <task/process.h>

/// Bytes of stack: by default, at least, at most.
#define PROGRAM_STACK_SIZE (8ull << 20)
#define PROGRAM_STACK_MIN (64ull << 10)
#define PROGRAM_STACK_MAX (1ull << 30)

/// Where a loaded program is and how it starts.
struct program {
    bool native;
    uint64_t entry;
    uint64_t load_base;
    uint64_t header_address; /* of the program headers, 0 if not in memory */
    uint32_t header_count;
    uint64_t stack_low;
    uint64_t stack_high;
};

/// Maps segments and a stack of `stack_size` bytes (whole pages) into `aspace`, which is attached
/// and empty, and copies the file's bytes. Errors: ERR_NOEXEC, ERR_ABILEVEL, ERR_NOMEM, errors of
/// source->read. A failure leaves what was mapped.
__must_check enum status program_load(const struct program_source *source, struct aspace *aspace,
                                      uint64_t stack_size, struct program *program);

/// Checks strings and handle count of a start block. ERR_INVAL, ERR_TOOBIG.
__must_check enum status start_block_check(const struct process_start_args *args);

/// Writes the start block of a native program into `aspace`, which is attached, and stores its
/// address. The arguments have been checked. ERR_NOMEM.
__must_check enum status start_block_write(const struct process_start_args *args,
                                           struct aspace *aspace, const struct program *program,
                                           uint64_t *address);
