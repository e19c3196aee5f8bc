// SPDX-License-Identifier: MIT
// Blocks that are larger, or aligned to more, than newlib's allocator takes: a mapping each.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes that newlib's allocator takes at most.
#define COCO_LARGEST_SHARED (INT32_MAX - 32)

/// A block of zeros, whole pages at least but for what stands before it.
/// @param alignment  a power of two
/// @return NULL with ENOMEM if there is no memory
void *__coco_large_block(size_t size, size_t alignment);

/// Whether a block in use is such a one. @param size  what its header says
bool __coco_is_large_block(const void *memory, uint64_t size);

/// Give one back. Keeps errno.
void __coco_large_block_free(void *memory);
