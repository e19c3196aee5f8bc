// SPDX-License-Identifier: MIT
// User address spaces: which ranges are mapped with which protection, and the pages behind them.
//
// A page comes into being at its first access. Memory is private and reads as zero; or it shows a
// backing (mm/backing.h): shared, or private with a copy of a page at the first store to it. A page
// that more than one owner refers to is never writable through a private mapping. No range is
// writable and executable at once. Thread-safe unless stated. Long changes are made in steps of a
// few pages, each under the lock with its TLB flush, and sched_check() between them: no spinlock
// held and interrupts on, except for aspace_fault() and aspace_query().
//
// The functions marked ACTIVE edit page tables through the self-map: the address space must be
// loaded on the calling CPU (arch_as_activate) and stay so for the call, also over sched_check().
//
// Locks: `lock` (map and page tables) -> heap, page allocator.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <arch/paging.h>
#include <arch/spinlock.h>
#include <base/compiler.h>
#include <base/tree.h>
#include <base/types.h>
#include <mm/backing.h>
#include <mm/quota.h>

/* protection of a mapping; the values of the ABI */
#define ASPACE_READ COCO_MMAP_READ
#define ASPACE_WRITE COCO_MMAP_WRITE
#define ASPACE_EXEC COCO_MMAP_EXEC
#define ASPACE_PROT_MASK COCO_MMAP_PROT_MASK

/* kind of request */
#define ASPACE_FIXED 0x1u     /* exactly at `hint`; what is mapped there is replaced */
#define ASPACE_NOREPLACE 0x2u /* exactly at `hint`; ERR_EXIST if something is mapped there */
#define ASPACE_RANDOM 0x4u    /* without a hint: anywhere, not near other mappings */
#define ASPACE_GUARD 0x8u     /* no access ever; does not count as mapped */
#define ASPACE_FILE 0x10u     /* shows a file: aspace_resize() refuses it */
#define ASPACE_SHARED 0x20u   /* stores go to the backing, which is then required */
#define ASPACE_NO_WRITE 0x40u /* never to become writable */
#define ASPACE_NO_EXEC 0x80u  /* never to become executable */
#define ASPACE_LAZY                                                                                \
    0x100u /* memory is not promised (mm/commit.h): a touch may find none; does                    \
              not grow */

/// Lowest address the kernel chooses; FIXED may go down to one page.
#define ASPACE_USER_MIN 0x10000ull
#define ASPACE_VMA_MAX 65536u /* ranges of one address space */

struct aspace {
    struct arch_as arch;
    struct spinlock lock;
    uint32_t vma_count;
    struct tree ranges;    /* struct vma by address */
    uint64_t area_low;     /* the area of 512 GiB that the kernel chooses addresses in */
    uint64_t map_top;      /* the search for free ranges starts below this address */
    uint64_t mapped_len;   /* bytes of mappings that count: they can, or could once, be accessed */
    uint64_t mapped_limit; /* most of them */
    uint64_t promised_len; /* bytes that are promised for the ranges */
    struct quota *quota;   /* what they are promised out of; the owner has the reference */
    uint64_t table_count;  /* page tables, without the top one */
    uint64_t tables_len;   /* bytes of them that what is promised for the ranges stands for */
    uint64_t tables_charged; /* those of them, in tables, that are promised by themselves */
    uint64_t resident_pages;
    uint64_t resident_most;  /* the most of them at a time */
    uint32_t backed_count;   /* ranges that have a backing */
    bool ending;             /* it is being cleared: page tables go at the end, all at once */
    uint64_t mapping_serial; /* number of the latest mapping: tells parts of one mapping from
                                neighbours */
};

struct map_request {
    uint64_t hint;           /* page-aligned if fixed; otherwise rounded down, 0 for none */
    uint64_t length;         /* bytes, > 0, rounded up to pages */
    uint64_t align;          /* power of two >= a page, or 0; ignored if fixed */
    unsigned prot;           /* ASPACE_READ, WRITE, EXEC; 0 for no access */
    unsigned flags;          /* ASPACE_* */
    struct backing *backing; /* what it shows; NULL: private memory that reads as zero */
    uint64_t index;          /* page of the backing at the start */
};

/// Set up an empty address space in the caller's storage, with a random place for mappings.
/// `mapped_limit`: bytes it may map, 0 for all of memory. ERR_NOMEM.
enum status aspace_create(struct aspace *as, uint64_t mapped_limit) __must_check;

/// Let what the address space has been promised, and will be, count in `quota`, which is the
/// present one or a child of it. The caller keeps references to both.
void aspace_set_quota(struct aspace *as, struct quota *quota);

/// The quota that the address space counts in, with a reference for the caller; the machine's for
/// NULL.
struct quota *aspace_quota(struct aspace *as);

/// Make shared memory of `length` bytes (rounded up) as something that the address space's quota
/// pays for. One reference, the caller's. ERR_INVAL, ERR_NOMEM.
enum status aspace_make_shared(struct aspace *as, uint64_t length,
                               struct backing **out) __must_check;

/// Pages that can be reached without a fault, and the most of them there were at a time.
struct aspace_pages {
    uint64_t now;
    uint64_t most;
};

void aspace_count(struct aspace *as, struct aspace_pages *pages);

/// Set the most bytes it may map; what is mapped stays.
void aspace_set_limit(struct aspace *as, uint64_t mapped_limit);

/// Remove all mappings and free their pages, before aspace_destroy(). ACTIVE; no other thread may
/// use the address space any more.
void aspace_clear(struct aspace *as);

/// Free the page tables. After aspace_clear(), active on no CPU.
void aspace_destroy(struct aspace *as);

/// Add a mapping; it takes a reference of its own to the backing. ERR_INVAL: alignment, length 0,
/// range outside of user space, WRITE with EXEC; ERR_NOMEM: no free range, limit of bytes or
/// ranges, heap; ERR_EXIST: see ASPACE_NOREPLACE. A failure leaves the map as it was; only if
/// memory runs out with ASPACE_FIXED may part of the range be unmapped. ACTIVE if ASPACE_FIXED.
enum status aspace_map(struct aspace *as, const struct map_request *request,
                       uaddr_t *out) __must_check;

/// Unmap what a request with ASPACE_FIXED replaces, for a backing that there is no memory for
/// beside it; the request's own does not matter. Errors as aspace_map(), and then all is as it was
/// as it says. ACTIVE.
enum status aspace_make_room(struct aspace *as, const struct map_request *request) __must_check;

/// Unmap whole pages from `address` (page-aligned) for `length` rounded up; holes are passed over,
/// length 0 does nothing. Works in steps, between which other threads may run. ERR_INVAL, ERR_NOMEM
/// (splitting a range). ACTIVE.
enum status aspace_unmap(struct aspace *as, uaddr_t address, uint64_t length) __must_check;

/// Change the protection. All of the range must be mapped (guards are not), otherwise ERR_NOMEM and
/// no change; ERR_NOMEM also for limits. ERR_INVAL: alignment, WRITE with EXEC; ERR_PERM:
/// ASPACE_NO_WRITE or NO_EXEC forbids it. ACTIVE.
enum status aspace_protect(struct aspace *as, uaddr_t address, uint64_t length,
                           unsigned prot) __must_check;

/// Grow or shrink the mapping that starts at `address` to `length` bytes (> 0, rounded up).
/// ERR_INVAL: no mapping starts there; ERR_NOMEM: the range behind it is not free, shared memory
/// holds pages there, or limits. ACTIVE.
enum status aspace_resize(struct aspace *as, uaddr_t address, uint64_t length) __must_check;

/// Serve a page fault at `address`; `access`: ARCH_ACCESS_* bits. OK: try the access again;
/// ERR_FAULT: not allowed; ERR_IO: behind the end of the file; ERR_NOMEM: no page is left. ACTIVE.
/// Interrupts may be off; the caller holds no aspace lock.
enum status aspace_fault(struct aspace *as, uaddr_t address, unsigned access) __must_check;

/// Copy `len` kernel bytes to `address`, whatever the protection there is; pages are allocated as
/// needed. For the program loader: private memory that nobody else uses yet. ERR_FAULT: not mapped;
/// ERR_NOMEM. Bytes before the failing page are copied. ACTIVE.
enum status aspace_populate_copy(struct aspace *as, uaddr_t address, const void *src,
                                 size_t len) __must_check;

/// The page behind `address` if it is shared memory or a file mapped shared, with a reference for
/// the caller, brought in if needed; paddr 0 for private memory. It is the same page in all address
/// spaces. ERR_FAULT, ERR_NOMEM. ACTIVE.
enum status aspace_shared_page(struct aspace *as, uaddr_t address, paddr_t *out) __must_check;

/// Give back the pages of a range: private memory reads as zero, or shows its file, at the next
/// access; shared memory and files keep their content. All of it must be mapped, otherwise
/// ERR_NOMEM, and pages in front of the hole are gone. ERR_INVAL: alignment. ACTIVE.
enum status aspace_discard(struct aspace *as, uaddr_t address, uint64_t length) __must_check;

/// Take out the pages of all ranges that show page `first` or a later one of `backing`, copies of
/// its pages included; the ranges stay. The backing gives these pages to nobody any more. ACTIVE.
void aspace_cut_backing(struct aspace *as, const struct backing *backing, uint64_t first);

/// Bring the pages of a range in, as reading them would; without access nothing is brought.
/// `mapped_only`: pass over holes and what is behind the end of a file. ERR_NOMEM: such a place, or
/// no memory; ERR_INVAL: alignment. ACTIVE.
enum status aspace_populate(struct aspace *as, uaddr_t address, uint64_t length,
                            bool mapped_only) __must_check;

/// OK if all of a range is mapped (guards are not), otherwise ERR_NOMEM; ERR_INVAL: alignment.
enum status aspace_check_mapped(struct aspace *as, uaddr_t address, uint64_t length) __must_check;

// A copy of an address space is made in two parts: the ranges first, then the pages in batches,
// which take turns between the two spaces, as only the active one can be edited. Private pages are
// shared until one side stores to them; what is shared stays so and is not copied.

#define ASPACE_FORK_BATCH 64u

/// Private pages on the way from one address space to its copy; each has a reference of its own.
struct aspace_fork_batch {
    uint64_t at; /* how far the walk has come; 0 at the start, COCO_USER_END at the end */
    size_t count;
    uint64_t addresses[ASPACE_FORK_BATCH];
    paddr_t pages[ASPACE_FORK_BATCH];
};

/// Give `child`, fresh from aspace_create(), the ranges of `parent`. ERR_NOMEM: `child` holds some
/// of them and has to be cleared.
enum status aspace_fork_ranges(struct aspace *parent, struct aspace *child) __must_check;

/// Fill an empty batch with the next pages of `parent`, which is ACTIVE; they are not writable any
/// more.
void aspace_fork_take(struct aspace *parent, struct aspace_fork_batch *batch);

/// Enter the pages of a batch, which is then empty, in `child`, which is ACTIVE and used by nobody
/// yet. ERR_NOMEM.
enum status aspace_fork_give(struct aspace *child, struct aspace_fork_batch *batch) __must_check;

/// A random free range of `length` bytes (rounded up) aligned to `align` (power of two, or 0) for a
/// program of which the segments are mapped one by one. Reserves nothing. ERR_NOMEM.
enum status aspace_choose_base(struct aspace *as, uint64_t length, uint64_t align,
                               uaddr_t *out) __must_check;

/// Protection of the mapping that holds `address`. ERR_FAULT if there is none (or a guard).
enum status aspace_query(struct aspace *as, uaddr_t address, unsigned *prot) __must_check;

/// True if `address` lies in a mapping, but behind the end of the file that the mapping shows.
bool aspace_is_beyond_file(struct aspace *as, uaddr_t address);

/// Page faults served since boot, over all address spaces.
uint64_t aspace_fault_count(void);

/// Upcall, defined by task: the address space that is active on this CPU for the running thread
/// (the attached one while another address space is edited), NULL for a thread without.
struct aspace *aspace_current(void);

/// Upcall, defined by task: let others run if the running thread's time is up. Called in long
/// operations with no lock held.
void sched_check(void);
