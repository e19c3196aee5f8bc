// SPDX-License-Identifier: MIT
// Physical memory of the tests: MEMORY_LEN bytes at address 0, behind arch_phys_read().
#pragma once

#include <base/types.h>

#define MEMORY_LEN 0x40000u
#define IMAGE_START 0x100000u /* what arch_kernel_image() says */
#define IMAGE_END 0x180000u

extern uint8_t memory[MEMORY_LEN];

/// Copies `len` bytes to physical address `at`.
void memory_write(uint64_t at, const void *bytes, size_t len);

/// Fills memory with zeros.
void memory_clear(void);
