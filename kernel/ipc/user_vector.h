// SPDX-License-Identifier: MIT
// Private: walking over several buffers in user memory as if they were one.
#pragma once

#include <ipc/socket.h>

/// The next run of at most `max` bytes that lies in one buffer; length 0 at the end.
struct user_out user_vector_next(const struct user_vector *vector, uint64_t max);

/// Move on by `len` bytes, at most as many as user_vector_next() gave.
void user_vector_advance(struct user_vector *vector, uint64_t len);
