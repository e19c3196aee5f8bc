// SPDX-License-Identifier: MIT
// A chunk of a handle table: 64 entries, used by handle.c under the table's lock.
#pragma once

#include <abi/status.h>
#include <object/handle.h>

struct quota;

struct handle_chunk {
    struct quota *quota; /* what it counts in, a reference; NULL for the first of a table */
    uint64_t used;
    struct object *objects[HANDLE_CHUNK_SIZE];
    uint16_t rights[HANDLE_CHUNK_SIZE];
};

/// Makes chunk number `index` of a table, with nothing in it. All but the first, which is part of
/// what a process costs, count as memory of the current process, with a share for the objects:
/// nobody can take the kernel's memory with objects alone. ERR_NOMEM.
enum status handle_chunk_make(unsigned index, struct handle_chunk **out);

/// Gives back a chunk in which nothing is open, and what it counts in; NULL is none.
void handle_chunk_free(struct handle_chunk *chunk);
