// SPDX-License-Identifier: MIT
// One mapped range of a user address space, and the checks and edits that the aspace_*.c files
// share. Functions with _locked need as->lock.
#pragma once

#include "range.h"
#include <mm/aspace.h>

struct vma {
    struct range range;
    uint64_t mapping;        /* the same for all parts of one mapping */
    struct backing *backing; /* one reference; NULL: private memory */
    uint64_t index;          /* page of the backing at range.start */
    uint32_t prot;           /* ASPACE_READ, WRITE, EXEC */
    uint32_t flags;          /* VMA_FLAGS, VMA_COUNTED */
};

#define VMA_FLAGS                                                                                  \
    (ASPACE_GUARD | ASPACE_FILE | ASPACE_SHARED | ASPACE_NO_WRITE | ASPACE_NO_EXEC | ASPACE_LAZY)

/// Set once the range could be stored to: it counts, and goes on to count when it loses that
/// access, since its pages are still there.
#define VMA_COUNTED 0x80000000u

#define ASPACE_STEP_PAGES 64u
#define ASPACE_STEP_SPAN                                                                           \
    (256ull << 20) /* bytes of address space that a step walks over at most                        \
                    */

/// Pages that one step took out of the page tables.
struct page_batch {
    paddr_t pages[ASPACE_STEP_PAGES];
    size_t count;
};

/// Remove pages in [start, end), at most ASPACE_STEP_PAGES in a bounded time, into `batch`, and
/// flush. Returns how far it came. The caller frees the pages without the lock.
uint64_t vma_remove_pages_locked(struct aspace *as, uint64_t start, uint64_t end,
                                 struct page_batch *batch);

/// `count` page tables have left the address space.
void vma_tables_gone_locked(struct aspace *as, uint64_t count);

/// Promise by themselves exactly those page tables that no promise for a mapping stands for.
void vma_tables_recount_locked(struct aspace *as);

/// Bytes that the kernel needs for a range: promised with it, so that a process cannot fill memory
/// with ranges.
#define VMA_COST 128u

/// Free a range that is in no map, and its reference. NULL does nothing. No lock is held, unless
/// another range refers to the same backing.
void vma_free(struct vma *vma);

/// Page of the backing at `address`, which lies in the range.
static inline uint64_t vma_index(const struct vma *vma, uint64_t address)
{
    return vma->index + ((address - vma->range.start) >> ARCH_PAGE_SHIFT);
}

/// The page table's protection for `page` in the range: what the range allows, without WRITE if the
/// mapping is private and somebody else refers to the page, too.
unsigned vma_page_prot(const struct vma *vma, paddr_t page);

static inline struct vma *vma_of(struct range *range)
{
    return range == NULL ? NULL : container_of(range, struct vma, range);
}

/// The first range that ends above `address`, NULL if there is none.
static inline struct vma *vma_at_or_after(const struct aspace *as, uint64_t address)
{
    return vma_of(range_at_or_after(&as->ranges, address));
}

/// The range behind `vma`, NULL if it is the last one.
static inline struct vma *vma_next(const struct vma *vma)
{
    return vma_of(range_of(tree_next(&vma->range.node)));
}

/// The mapping (no guard) that holds `address`, NULL if there is none.
static inline struct vma *vma_find(const struct aspace *as, uint64_t address)
{
    struct vma *vma = vma_at_or_after(as, address);

    return vma != NULL && vma->range.start <= address && (vma->flags & ASPACE_GUARD) == 0 ? vma
                                                                                          : NULL;
}

/// Count pages that were entered into the page table.
static inline void count_entered_locked(struct aspace *as, uint64_t pages)
{
    as->resident_pages += pages;
    if (as->resident_pages > as->resident_most) {
        as->resident_most = as->resident_pages;
    }
}

/// True if such a range begins to count against the limit of mapped bytes and as promised memory:
/// it can be accessed, and its pages are not those of a file.
static inline bool vma_counts(unsigned prot, unsigned flags)
{
    bool file =
        (flags & ASPACE_FILE) != 0 && ((flags & ASPACE_SHARED) != 0 || (prot & ASPACE_WRITE) == 0);

    return prot != 0 && (flags & (ASPACE_GUARD | ASPACE_LAZY)) == 0 && !file;
}

/// True if one of the accesses `access` (ARCH_ACCESS_*) is possible under `prot`. The processor
/// cannot forbid reading what may be written or executed.
bool prot_allows(unsigned prot, unsigned access);

/// The page table's protection (ARCH_PROT_*) for `prot`; without any access it is 0.
unsigned prot_to_arch(unsigned prot);

/// True for a protection that may be asked for: known bits, not WRITE with EXEC.
bool prot_is_valid(unsigned prot);

/// Check a range from user mode: `address` page-aligned, address + length in user space. On success
/// `*end` is the end, rounded up to a page. ERR_INVAL.
enum status user_pages_check(uint64_t address, uint64_t length, uint64_t *end) __must_check;

/// True if what the range shows has been promised already, by its backing.
static inline bool vma_is_promised(const struct vma *vma)
{
    return vma->backing != NULL && vma->backing->type == BACKING_SHARED_MEMORY;
}

/// Bytes of a range that count.
uint64_t vma_counted_len(const struct vma *vma);

/// Bytes that are promised for a range.
uint64_t vma_promised_len(const struct vma *vma);

/// Those of them for `len` bytes of what it shows: memory of its own, or the page tables for what
/// its backing has.
uint64_t vma_promise(const struct vma *vma, uint64_t len);

/// Bytes of page tables that the promise for a range stands for.
uint64_t vma_tables_len(const struct vma *vma);

/// Set the protection of a range, which may begin to count.
void vma_set_prot_locked(struct aspace *as, struct vma *vma, unsigned prot);

/// Add `vma` to the map and count it. The limits were checked.
void vma_insert_locked(struct aspace *as, struct vma *vma);

/// Take `vma` out of the map and uncount it.
void vma_remove_locked(struct aspace *as, struct vma *vma);

/// Move the ends of `vma` inwards or outwards, and count the difference.
void vma_resize_locked(struct aspace *as, struct vma *vma, uint64_t start, uint64_t end);

/// Split `vma` at `at`, inside of it; `spare` becomes the upper part.
void vma_split_locked(struct aspace *as, struct vma *vma, uint64_t at, struct vma *spare);
