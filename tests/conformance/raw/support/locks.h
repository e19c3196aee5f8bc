// SPDX-License-Identifier: MIT
// A file that was opened twice, and locks of what it was opened as.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stdint.h>

struct lock_pair {
    coco_handle_t one; /* both read and write the same file */
    coco_handle_t other;
};

/// Makes the file; false after recording a failure.
bool locks_make(struct lock_pair *pair);

/// Closes what is open of it, and removes it.
void locks_end(struct lock_pair *pair);

/// Sets a lock of kind DESCRIPTION, without waiting. 0 or an error.
int64_t locks_set(coco_handle_t file, uint32_t kind, uint64_t start, uint64_t length);

/// Takes byte `start` exclusively for this process, without waiting. 0 or an error.
int64_t locks_take_process(coco_handle_t file, uint64_t start);

/// Sets a lock of kind WHOLE; `flags` as file_lock takes them.
int64_t locks_whole(coco_handle_t file, uint32_t kind, uint32_t flags);

/// Expects what is in the way of an exclusive lock from `start` on; NONE: nothing.
void locks_expect(coco_handle_t file, uint64_t start, uint32_t kind, uint64_t found_start,
                  uint64_t found_length);
