// SPDX-License-Identifier: MIT
// Helpers of the address space tests.
#pragma once

#include <mm/aspace.h>
#include <mm/page_map.h>

/// A file as the tests see it: some pages behind mappings. References are counted, nothing is
/// freed.
struct test_file {
    struct backing backing;
    struct page_map pages;
    uint64_t page_count; /* pages that it has */
    int refs;
    unsigned stores_noted;
};

/// Make a file of `page_count` pages: every byte of page n is n + 1.
void test_file_create(struct test_file *file, uint64_t page_count);

/// Free its pages; fails the test if a reference is left.
void test_file_destroy(struct test_file *file);

/// Called by sched_check(): what another thread does meanwhile. NULL for nothing.
extern void (*mm_test_on_check)(void);

/// Make `as` (or none) the one that the calling host thread runs in.
void mm_test_attach(struct aspace *as);

/// Create an address space and attach it.
void mm_test_create(struct aspace *as, uint64_t limit);

/// Clear, detach and destroy an address space, and check that its counts went to zero.
void mm_test_destroy(struct aspace *as);
