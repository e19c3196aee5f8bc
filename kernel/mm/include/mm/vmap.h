// SPDX-License-Identifier: MIT
// Ranges of kernel virtual memory, each with an unmapped guard page on both sides.
// Thread-safe, any context, never sleeps. Giving a range back flushes the TLBs of all CPUs.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define VMAP_ZERO 0x1u /* pages read as zero */

#define KSTACK_SIZE 16384u /* bytes; a stack is aligned to its size */

/// Map `page_count` (> 0) fresh pages read/write, not executable; content undefined without
/// VMAP_ZERO. ERR_NOMEM.
enum status vmap_alloc(size_t page_count, unsigned flags, void **out) __must_check;

/// Map the physical range `base`..`base + len` (any alignment) with `prot` (ARCH_PROT_READ, WRITE).
/// The pages stay the caller's. `*out` points to the byte at `base`. ERR_NOMEM; ERR_INVAL for an
/// empty range.
enum status vmap_phys(paddr_t base, uint64_t len, unsigned prot, void **out) __must_check;

/// vmap_phys() of device registers: read/write, not cached.
enum status vmap_device(paddr_t base, uint64_t len, void **out) __must_check;

/// Remove a range given by one of the above; pages of vmap_alloc() are freed. NULL does nothing.
/// Panics for a pointer that is none.
void vmap_free(void *pointer);

/// Pages of the range that starts at `pointer`, 0 if there is none.
size_t vmap_page_count(const void *pointer);

/// Allocate a kernel stack of KSTACK_SIZE bytes, aligned to KSTACK_SIZE, guard page below.
/// `*top` is its end (one behind the last byte). The content is undefined. ERR_NOMEM.
enum status kstack_alloc(void **top) __must_check;

/// Free a stack; must not be the one in use. A few are kept for reuse, so this does not always
/// flush TLBs.
void kstack_free(void *top);

/// Free the stacks kept for reuse.
void kstack_trim(void);
