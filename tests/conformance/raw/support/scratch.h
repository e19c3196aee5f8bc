// SPDX-License-Identifier: MIT
// The folder the raw tests work in, and files in it.
#pragma once

#include <coconut/types.h>

#include <stddef.h>
#include <stdint.h>

#define SCRATCH "/raw"

/// Creates (or empties) a file, writes `len` bytes and seeks to its start: a handle, or an error
/// that was recorded as failure.
int64_t scratch_create(const char *path, const void *data, size_t len);

/// The same, but closed again. 0 or an error.
int64_t scratch_file(const char *path, const void *data, size_t len);

/// Expects that the file holds exactly these bytes (at most 4096).
void scratch_expect(const char *path, const void *data, size_t len);

/// Size of the object behind a handle, -1 after recording a failure.
int64_t scratch_size(coco_handle_t handle);

/// The lowest free handle number: what the next call that makes a handle will give.
coco_handle_t scratch_next_handle(void);

/// Handles that fill the table, with all numbers between.
struct scratch_handles {
    coco_handle_t first;
    coco_handle_t last;
};

/// Makes handles until there is no room for another.
struct scratch_handles scratch_fill_handles(void);

/// Closes the handles from `first` to `last`.
void scratch_close_handles(coco_handle_t first, coco_handle_t last);
