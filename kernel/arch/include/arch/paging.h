// SPDX-License-Identifier: MIT
// Page tables, windows and TLB maintenance.
//
// The kernel has no direct map of memory. Page tables of the active address space are edited
// through a self-map; any other page is reached through a short-lived per-CPU window. The kernel
// half is shared by all address spaces: its top-level entries never change after boot.
//
//   PML4 slot 507   page array of the page allocator      ARCH_PAGE_ARRAY_BASE
//   PML4 slot 508   kernel virtual heap                   ARCH_KERNEL_HEAP_BASE
//   PML4 slot 510   self-map of the active address space
//   PML4 slot 511   kernel image, windows, device pages   ARCH_KERNEL_IMAGE_BASE
//
// Locking: edits of one address space are serialised by its owner (mm's aspace lock); edits of the
// kernel half by the caller (mm's vmap lock). Nothing here sleeps.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <arch/cpu.h>
#include <base/compiler.h>
#include <base/types.h>

#define ARCH_PAGE_SHIFT 12u
#define ARCH_PAGE_SIZE 4096ull
#define ARCH_PAGE_MASK (ARCH_PAGE_SIZE - 1)

/// 512 GiB each; see the table above.
#define ARCH_PAGE_ARRAY_BASE 0xfffffd8000000000ull
#define ARCH_KERNEL_HEAP_BASE 0xfffffe0000000000ull
#define ARCH_KERNEL_HEAP_SIZE 0x8000000000ull
#define ARCH_KERNEL_IMAGE_BASE 0xffffffff80000000ull

/// Protection of a mapping. READ is implied by presence; WRITE and EXEC together are refused by
/// arch_kernel_map() and arch_pt_map() with a CHECK.
#define ARCH_PROT_READ 0x01u
#define ARCH_PROT_WRITE 0x02u
#define ARCH_PROT_EXEC 0x04u
#define ARCH_PROT_USER 0x08u
#define ARCH_PROT_GLOBAL 0x10u /* kernel half: stays in the TLB over address-space switches */
#define ARCH_PROT_DEVICE 0x20u /* uncached */

/// Windows of a CPU, see arch_window_map().
#define ARCH_WINDOW_COUNT 4u

/// The hardware side of an address space, embedded in mm's struct aspace.
struct arch_as {
    paddr_t root;         /* top-level table */
    uint64_t active_cpus; /* bit n: CPU n has it loaded; atomic */
};

/// Upcalls to mm: one zeroed page for a page table, and its return. Called with the lock of the
/// address space held; must not sleep. Table pages belong to arch until they are freed.
enum status mm_table_page_alloc(paddr_t *out) __must_check;

/// The same for a table of the active address space's user half below its top, which counts as its
/// memory.
enum status mm_user_table_alloc(paddr_t *out) __must_check;
void mm_table_page_free(paddr_t page);

// --- address spaces
// ---------------------------------------------------------------------------------

/// Makes an address space with an empty user half. ERR_NOMEM.
enum status arch_as_create(struct arch_as *as) __must_check;

/// Frees all page tables of `as`. Its user half must have no leaf pages left (arch_pt_unmap() all
/// of them first). CPUs that still have it loaded (idle ones, the caller's) are moved to the
/// kernel's own address space first. Interrupts may be on or off.
void arch_as_destroy(struct arch_as *as);

/// Loads `as` on this CPU; nothing when it is loaded already. NULL loads the kernel's own address
/// space, whose user half is empty. The caller cannot be moved during the call.
void arch_as_activate(struct arch_as *as);

/// The same with interrupts off.
void arch_as_switch(struct arch_as *as);

/// The address space loaded on this CPU; NULL for the kernel's own.
struct arch_as *arch_as_active(void);

// --- user half of the ACTIVE address space
// -----------------------------------------------------------

/// Maps `page` at `address` (page-aligned, below COCO_USER_END) with `prot`. Missing tables are
/// allocated. ERR_EXIST when a page is mapped there, ERR_NOMEM. No TLB work is needed afterwards.
enum status arch_pt_map(vaddr_t address, paddr_t page, unsigned prot) __must_check;

/// Removes the page at `address`; returns it, or paddr 0 when none was mapped. `dirty` (may be
/// NULL) tells whether it was written to through this mapping. The caller flushes the TLB before it
/// reuses the page: arch_tlb_flush().
paddr_t arch_pt_unmap(vaddr_t address, bool *dirty);

/// True when a page is mapped at `address`; `page` and `prot` (either may be NULL) describe it.
bool arch_pt_query(vaddr_t address, paddr_t *page, unsigned *prot);

/// Changes the protection of the page at `address`; nothing when none is mapped. The caller
/// flushes.
void arch_pt_protect(vaddr_t address, unsigned prot);

/// First address in [start, end) with a page mapped, or `end`. Skips over absent tables, so walking
/// a large empty range is cheap.
vaddr_t arch_pt_next_mapped(vaddr_t start, vaddr_t end);

/// Pages in address order, as a function below takes them in one go.
struct arch_pt_run {
    uint64_t at;         /* in: where to begin, page-aligned; out: how far it came */
    uint64_t end;        /* where to end, page-aligned, at most COCO_USER_END */
    size_t max;          /* room for pages */
    size_t count;        /* in: pages that are there; out: with those that were added */
    uint64_t first;      /* in: UINT64_MAX; out: lowest address of which the entry changed, */
    uint64_t last;       /* and the highest; the caller flushes if first <= last */
    uint64_t *addresses; /* `max` of them; not used by arch_pt_unmap_run() */
    paddr_t *pages;      /* `max` of them */
};

/// Removes the pages from run->at on, until run->end, until there is no more room, or until it has
/// looked at many tables: it takes a bounded time. The caller flushes before it reuses the pages.
void arch_pt_unmap_run(struct arch_pt_run *run);

/// Where nothing is mapped any more.
struct arch_pt_hole {
    uint64_t start, end; /* what arch_pt_unmap_run() has just walked over */
    uint64_t low, high;  /* the hole around it: no page, and none that could be brought in */
};

/// Most tables that one arch_pt_cut_tables() takes out.
#define ARCH_PT_CUT_MAX 32u

/// Takes the page tables out that serve addresses in the hole only, and some in [start, end). Their
/// pages are entered in `tables`; returns how many. The caller flushes all of the address space on
/// all CPUs, as the tables themselves are mapped, and then frees them with mm_table_page_free().
size_t arch_pt_cut_tables(const struct arch_pt_hole *hole, paddr_t tables[ARCH_PT_CUT_MAX]);

/// Takes down pages and addresses in the same way; they stay mapped, but cannot be stored to.
void arch_pt_share_run(struct arch_pt_run *run);

/// Maps `*count` pages with `prot` at their addresses, which are in ascending order. On an error
/// `*count` says how many were mapped. ERR_EXIST, ERR_NOMEM as arch_pt_map().
enum status arch_pt_map_run(const uint64_t *addresses, const paddr_t *pages, size_t *count,
                            unsigned prot) __must_check;

/// Flushes `page_count` pages from `start` of `as` from the TLB of this CPU and of all CPUs that
/// have it loaded; returns when all have done so. `page_count` above a small limit flushes
/// everything. May be called with interrupts off and with spinlocks held.
void arch_tlb_flush(struct arch_as *as, vaddr_t start, size_t page_count);

/// The same for the kernel half, on all CPUs.
void arch_tlb_flush_kernel(vaddr_t start, size_t page_count);

// --- kernel half
// ----------------------------------------------------------------------------------------

/// Maps `page` at `address` (in slots 507 or 508) for all address spaces. Missing tables come from
/// mm_table_page_alloc(). ERR_EXIST, ERR_NOMEM.
enum status arch_kernel_map(vaddr_t address, paddr_t page, unsigned prot) __must_check;

/// Removes the page at `address`; returns it or paddr 0. The caller flushes with
/// arch_tlb_flush_kernel() before it reuses page or address.
paddr_t arch_kernel_unmap(vaddr_t address);

/// The page mapped at the kernel address `address`, or paddr 0. Any kernel address that is mapped
/// with 4 KiB pages, the image included.
paddr_t arch_kernel_query(vaddr_t address);

/// Maps the device registers at physical `address`, `len` bytes (1 .. 64 KiB, any alignment),
/// uncached, for good; for boot only. NULL when the range lies in no device hole or the space is
/// used up.
void *arch_device_map(paddr_t address, size_t len);

// --- windows
// ----------------------------------------------------------------------------------------------

/// Maps `page` at window `slot` (0 .. ARCH_WINDOW_COUNT-1) of this CPU and returns its address.
/// Between map and unmap the caller must not sleep, switch or return to user mode, and must not
/// map the same slot again. Interrupt handlers never use windows. Slot 3 belongs to arch.
void *arch_window_map(unsigned slot, paddr_t page);

/// Unmaps window `slot` of this CPU.
void arch_window_unmap(unsigned slot);
