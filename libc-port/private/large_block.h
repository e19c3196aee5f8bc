// SPDX-License-Identifier: MIT
// Blocks of malloc that are larger than newlib's allocator takes: a mapping each.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes that newlib's allocator takes at most.
#define COCO_LARGEST_SHARED (INT32_MAX - 32)

/// A block of zeros. @param size  more than COCO_LARGEST_SHARED
/// @return NULL with ENOMEM if there is no memory
void *__coco_large_block(size_t size);

/// Whether a block in use is such a one. @param size  what its header says
bool __coco_is_large_block(const void *memory, uint64_t size);

/// Give one back. Keeps errno.
void __coco_large_block_free(void *memory);
