// SPDX-License-Identifier: MIT
// Kernel heap. Sizes up to HEAP_SLAB_MAX come from slabs, larger ones from their own pages between
// guard pages. Thread-safe, any context (spinlocks may be held), never sleeps; freeing
// may flush the TLBs of all CPUs. Every allocation can fail.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define HEAP_SLAB_MAX 2048u               /* bytes */
#define HEAP_SIZE_MAX (64u * 1024 * 1024) /* bytes of one allocation */

/// Allocate `size` bytes (up to HEAP_SIZE_MAX; 0 counts as 1), aligned to 16, content undefined.
/// ERR_NOMEM, also for a size out of range; `*out` is then NULL.
enum status kmalloc(size_t size, void **out) __must_check;

/// kmalloc() of zero bytes.
enum status kzalloc(size_t size, void **out) __must_check;

/// kzalloc() of `count` elements of `size` bytes; ERR_NOMEM when the product overflows.
enum status kcalloc(size_t count, size_t size, void **out) __must_check;

/// Free what one of the above gave; NULL does nothing.
/// Panics on a double free or a pointer that is not the start of an allocation.
void kfree(void *pointer);

/// Bytes handed out, rounded up to what each allocation occupies.
uint64_t heap_used(void);

/// Pages that hold the heap's own records. They grow with the most memory the heap ever had, and
/// stay.
uint64_t heap_record_pages(void);

/// Give empty slabs back to the page allocator.
void heap_trim(void);

/// `kzalloc` of one object of the type that `pointer_to_pointer` points at.
#define kzalloc_object(pointer_to_pointer)                                                         \
    ({                                                                                             \
        void *kzalloc_block_ = NULL;                                                               \
        enum status kzalloc_status_ = kzalloc(sizeof(**(pointer_to_pointer)), &kzalloc_block_);    \
        *(pointer_to_pointer) = kzalloc_block_;                                                    \
        kzalloc_status_;                                                                           \
    })
