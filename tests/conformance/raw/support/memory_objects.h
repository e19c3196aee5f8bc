// SPDX-License-Identifier: MIT
// Memory objects of the tests.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

/// Makes one; COCO_HANDLE_NONE after recording a failure.
coco_handle_t memory_object(uint64_t length);

/// Maps part of it; NULL after recording a failure.
uint8_t *memory_show(coco_handle_t memory, uint64_t offset, uint64_t length, uint64_t flags);

/// Its state; all zero after recording a failure.
struct coco_memory_info memory_state(coco_handle_t memory);
