// SPDX-License-Identifier: MIT
// Pages into and out of the kernel's virtual memory. Serialises edits of the kernel half of the
// page tables.
#pragma once

#include <abi/status.h>
#include <arch/paging.h>
#include <base/compiler.h>
#include <base/types.h>

#define KMAP_DATA (ARCH_PROT_READ | ARCH_PROT_WRITE | ARCH_PROT_GLOBAL)

/// Allocate and map `count` pages from `start`. ERR_NOMEM: nothing stays mapped.
enum status kmap_alloc(vaddr_t start, size_t count, bool zero) __must_check;

/// Map `count` pages of the physical range from `base` with `prot`. ERR_NOMEM: nothing stays
/// mapped.
enum status kmap_phys(vaddr_t start, paddr_t base, size_t count, unsigned prot) __must_check;

/// Unmap `count` pages from `start`, flush the TLBs; with `release` free the pages. Pages of the
/// range that are not mapped are passed over.
void kmap_remove(vaddr_t start, size_t count, bool release);
