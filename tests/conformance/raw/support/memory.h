// SPDX-License-Identifier: MIT
// Memory of the test process: mapping, and asking whether an address is accessible without dying of
// it.
#pragma once

#include <coconut/types.h>

#include <harness/raw.h>
#include <harness/string.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE ((uint64_t)COCO_PAGE_SIZE)
#define READ_WRITE (COCO_MMAP_READ | COCO_MMAP_WRITE)
#define ANONYMOUS (COCO_MMAP_ANONYMOUS | COCO_MMAP_PRIVATE)

/// An address in user space where the kernel places no mapping by itself, and some that are outside
/// of it.
#define UNMAPPED_ADDRESS 0x8000ull
#define OUTSIDE_ADDRESS COCO_USER_END
#define KERNEL_ADDRESS 0xffffffff80000000ull
#define NONCANONICAL_ADDRESS 0x8000000000000000ull

/// `mmap` with all five registers; the address or an error.
int64_t memory_map(uint64_t object, uint64_t hint, uint64_t offset, uint64_t length,
                   uint64_t flags);

/// Anonymous read/write pages, or NULL after recording a failure.
uint8_t *memory_pages(size_t count);

/// `munmap`; 0 or an error.
int64_t memory_unmap(const void *address, uint64_t length);

/// `mem_protect`; 0 or an error.
int64_t memory_protect(const void *address, uint64_t length, uint64_t flags);

/// `count` pages in a row with an unmapped page behind them; the address of that unmapped page, or
/// NULL after recording a failure. Free with memory_edge_free().
uint8_t *memory_edge(size_t count);
void memory_edge_free(uint8_t *edge, size_t count);

/// Whether the kernel could read or write one byte there on the process's behalf.
bool memory_readable(const void *address);
bool memory_writable(const void *address);
