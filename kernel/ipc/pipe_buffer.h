// SPDX-License-Identifier: MIT
// Private: the ring of bytes in a pipe, in pages that exist only where bytes are. They
// count as memory of the process that began to fill it, until it is cleared.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>
#include <mm/user_copy.h>

struct quota;

#define PIPE_BUFFER_PAGES (COCO_PIPE_SIZE / PAGE_SIZE)

/// All zero is empty. `used` is stored atomically, for readers without the owner's lock.
struct pipe_buffer {
    paddr_t pages[PIPE_BUFFER_PAGES];
    struct quota *quota; /* what the pages count in, a reference; NULL before the first page */
    uint32_t start;      /* offset of the oldest byte */
    uint32_t used;       /* bytes */
};

/// Append bytes of the caller's memory, at most as many as there is room for. `*done` gets how many
/// went in. With `whole`, all or none. ERR_NOMEM, ERR_FAULT, ERR_INVAL: only if none went in.
enum status pipe_buffer_put(struct pipe_buffer *buffer, struct user_in from, bool whole,
                            size_t *done) __must_check;

/// Take the oldest bytes out; as above.
enum status pipe_buffer_take(struct pipe_buffer *buffer, struct user_out to,
                             size_t *done) __must_check;

/// Bytes in the buffer, and room for more; no lock needed, a snapshot.
uint32_t pipe_buffer_used(const struct pipe_buffer *buffer);
uint32_t pipe_buffer_room(const struct pipe_buffer *buffer);

/// Free all pages.
void pipe_buffer_clear(struct pipe_buffer *buffer);
