// SPDX-License-Identifier: MIT
// The log: a ring of the most recent lines, and the objects through which processes write to it.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

struct object;

#define LOG_RING_SIZE 65536u /* bytes */

/// Append text; the oldest bytes make room. Context: any, spinlocks may be held; never sleeps.
void log_ring_append(const void *text, size_t len);

/// Offsets since boot of the oldest byte still held and of the end.
void log_ring_bounds(uint64_t *start, uint64_t *end);

/// Copy up to `len` bytes from offset `*from` on; if those have gone, from the oldest byte on, and
/// `*from` is set to its offset. Returns the bytes copied, 0 at the end. Context: any.
size_t log_ring_read(uint64_t *from, void *buffer, size_t len);

/// Make the log of a process: what is written to it goes to log_sink() line by line with "[name] "
/// in front; control characters but tab become '?'. `name` is copied, cut at 63 bytes. Returns a
/// new reference. ERR_NOMEM.
enum status log_object_create(const char *name, struct object **out) __must_check;
