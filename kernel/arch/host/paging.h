// SPDX-License-Identifier: MIT
// Page tables of the host's address spaces, shared by page_tables.c, tlb.c and user_copy.c.
#pragma once

#include <arch/paging.h>
#include <pthread.h>

/// Guards page tables and TLBs of all address spaces: an access of a program and a flush exclude
/// each other, as they do on a machine where a flush waits for the other CPUs.
extern pthread_mutex_t host_paging_lock;

/// What stands in a page table for one page.
struct host_entry {
    paddr_t page; /* 0 for none */
    unsigned prot;
};

/// The entry for `address` in `as`, NULL if there is no table. The lock is held.
struct host_entry *host_entry(const struct arch_as *as, uint64_t address);

/// Translate `address` for an access of this CPU, through its TLB. False: page fault. The lock is
/// held.
bool host_translate(uint64_t address, unsigned access, paddr_t *page);
