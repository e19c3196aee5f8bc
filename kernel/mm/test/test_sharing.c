// SPDX-License-Identifier: MIT
// Mappings of files and of shared memory: who sees which store, what is copied, what is freed.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch/trap.h>
#include <mm/commit.h>
#include <mm/page.h>
#include <mm/user_copy.h>

#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)

static struct aspace first;
static struct aspace second;
static struct test_file file;

static uint64_t map(struct aspace *as, struct backing *backing, uint64_t pages, unsigned flags)
{
    struct map_request request = {
        .length = pages * PAGE_SIZE, .prot = READ_WRITE, .flags = flags, .backing = backing};
    uaddr_t at;

    UNIT_OK(aspace_map(as, &request, &at));
    return at.v;
}

static uint8_t load(uint64_t address)
{
    uint8_t byte;

    UNIT_OK(user_copy_in(&byte, uaddr(address), 1));
    return byte;
}

static void store(uint64_t address, uint8_t byte)
{
    UNIT_OK(user_copy_out(uaddr(address), &byte, 1));
}

static struct machine_usage start(uint64_t pages)
{
    struct machine_usage before;

    machine_start();
    before = machine_usage();
    mm_test_create(&first, 0);
    test_file_create(&file, pages);
    return before;
}

static void finish(struct machine_usage before)
{
    mm_test_destroy(&first);
    test_file_destroy(&file);
    machine_check_usage(before);
}

UNIT_TEST(sharing_stores_reach_the_file)
{
    struct machine_usage before = start(3);
    uint64_t shared = map(&first, &file.backing, 3, ASPACE_SHARED | ASPACE_FILE);
    uint64_t other = map(&first, &file.backing, 3, ASPACE_SHARED | ASPACE_FILE);

    UNIT_EQUAL(load(shared + PAGE_SIZE), 2);
    store(shared + PAGE_SIZE, 77);
    UNIT_EQUAL(load(other + PAGE_SIZE), 77);
    UNIT_EQUAL(page_ref_count(page_map_find(&file.pages, 1)), 3);
    UNIT_EQUAL(first.resident_pages, 2);
    UNIT_OK(aspace_unmap(&first, uaddr(other), 3 * PAGE_SIZE));
    UNIT_EQUAL(page_ref_count(page_map_find(&file.pages, 1)), 2);
    finish(before);
}

UNIT_TEST(sharing_private_store_copies_once)
{
    struct machine_usage before = start(2);
    uint64_t shared = map(&first, &file.backing, 2, ASPACE_SHARED | ASPACE_FILE);
    uint64_t own = map(&first, &file.backing, 2, ASPACE_FILE);
    uint64_t free_pages;

    UNIT_EQUAL(load(own), 1); /* shows the file's page, */
    store(shared, 50);
    UNIT_EQUAL(load(own), 50);
    store(own, 60); /* until the first store */
    UNIT_EQUAL(load(shared), 50);
    UNIT_EQUAL(load(own), 60);
    UNIT_EQUAL(load(own + 1), 1);
    free_pages = page_free_count();
    store(own + 2, 61);
    UNIT_EQUAL(page_free_count(), free_pages);
    store(own + PAGE_SIZE, 70); /* a store that comes first */
    UNIT_EQUAL(load(shared + PAGE_SIZE), 2);
    UNIT_EQUAL(load(own + PAGE_SIZE + 1), 2);
    finish(before);
}

UNIT_TEST(sharing_protection_does_not_open_shared_pages)
{
    struct machine_usage before = start(1);
    uint64_t own = map(&first, &file.backing, 1, ASPACE_FILE);
    unsigned prot;

    UNIT_EQUAL(load(own), 1);
    UNIT_OK(aspace_protect(&first, uaddr(own), PAGE_SIZE, ASPACE_READ));
    UNIT_EQUAL(aspace_fault(&first, uaddr(own), ARCH_ACCESS_WRITE | ARCH_ACCESS_PRESENT),
               ERR_FAULT);
    UNIT_OK(aspace_protect(&first, uaddr(own), PAGE_SIZE, READ_WRITE));
    UNIT_CHECK(arch_pt_query(vaddr(own), NULL, &prot));
    UNIT_EQUAL(prot, ARCH_PROT_READ | ARCH_PROT_USER);
    store(own, 9);
    UNIT_CHECK(arch_pt_query(vaddr(own), NULL, &prot));
    UNIT_EQUAL(prot, ARCH_PROT_READ | ARCH_PROT_WRITE | ARCH_PROT_USER);
    finish(before);
}

UNIT_TEST(sharing_limits_of_protection)
{
    struct machine_usage before = start(1);
    uint64_t at;

    at = map(&first, &file.backing, 1, ASPACE_SHARED | ASPACE_FILE | ASPACE_NO_EXEC);
    UNIT_EQUAL(aspace_protect(&first, uaddr(at), PAGE_SIZE, ASPACE_READ | ASPACE_EXEC), ERR_PERM);
    UNIT_OK(aspace_protect(&first, uaddr(at), PAGE_SIZE, ASPACE_READ));
    at = map(&first, &file.backing, 1, ASPACE_FILE | ASPACE_NO_WRITE);
    UNIT_EQUAL(aspace_protect(&first, uaddr(at), PAGE_SIZE, READ_WRITE), ERR_PERM);
    UNIT_OK(aspace_protect(&first, uaddr(at), PAGE_SIZE, ASPACE_READ | ASPACE_EXEC));
    finish(before);
}

UNIT_TEST(sharing_ends_with_the_file)
{
    struct machine_usage before = start(2);
    uint64_t at = map(&first, &file.backing, 4, ASPACE_SHARED | ASPACE_FILE);
    uint8_t byte;

    UNIT_EQUAL(load(at + PAGE_SIZE), 2);
    UNIT_EQUAL(aspace_fault(&first, uaddr(at + 2 * PAGE_SIZE), ARCH_ACCESS_READ), ERR_IO);
    UNIT_EQUAL(user_copy_in(&byte, uaddr(at + 3 * PAGE_SIZE), 1), ERR_FAULT);
    UNIT_CHECK(aspace_is_beyond_file(&first, uaddr(at + 2 * PAGE_SIZE)));
    UNIT_CHECK(!aspace_is_beyond_file(&first, uaddr(at + PAGE_SIZE)));
    UNIT_CHECK(!aspace_is_beyond_file(&first, uaddr(at + 4 * PAGE_SIZE)));
    finish(before);
}

UNIT_TEST(sharing_pages_go_when_the_file_is_cut)
{
    struct machine_usage before = start(200);
    uint64_t shared = map(&first, &file.backing, 200, ASPACE_SHARED | ASPACE_FILE);
    uint64_t own = map(&first, &file.backing, 200, ASPACE_FILE);
    uint64_t other = map(&first, NULL, 1, 0);

    UNIT_OK(aspace_protect(&first, uaddr(own + 100 * PAGE_SIZE), PAGE_SIZE, ASPACE_READ));
    store(other, 5);
    for (uint64_t i = 0; i < 200; i++) {
        (void)load(shared + i * PAGE_SIZE);
    }
    store(own + 99 * PAGE_SIZE, 7); /* a copy; */
    (void)load(own + 100 * PAGE_SIZE);
    store(own + 5 * PAGE_SIZE, 8); /* one that stays */
    UNIT_EQUAL(first.resident_pages, 204);
    (void)page_map_cut(&file.pages, 6);
    file.page_count = 6;
    aspace_cut_backing(&first, &file.backing, 6);
    UNIT_EQUAL(first.resident_pages, 8);
    UNIT_EQUAL(load(own + 5 * PAGE_SIZE), 8);
    UNIT_EQUAL(load(shared + 5 * PAGE_SIZE), 6);
    UNIT_EQUAL(load(other), 5);
    UNIT_EQUAL(aspace_fault(&first, uaddr(shared + 6 * PAGE_SIZE), ARCH_ACCESS_READ), ERR_IO);
    UNIT_EQUAL(aspace_fault(&first, uaddr(own + 99 * PAGE_SIZE), ARCH_ACCESS_WRITE), ERR_IO);
    aspace_cut_backing(&first, &file.backing, 6); /* nothing is left to do */
    UNIT_EQUAL(first.resident_pages, 8);
    finish(before);
}

UNIT_TEST(sharing_parts_keep_their_place)
{
    struct machine_usage before = start(8);
    uint64_t at = map(&first, &file.backing, 8, ASPACE_SHARED | ASPACE_FILE);

    UNIT_OK(aspace_unmap(&first, uaddr(at + 2 * PAGE_SIZE), PAGE_SIZE));
    UNIT_OK(aspace_protect(&first, uaddr(at + 5 * PAGE_SIZE), PAGE_SIZE, ASPACE_READ));
    UNIT_EQUAL(first.vma_count, 4);
    UNIT_EQUAL(file.refs, 4);
    UNIT_OK(aspace_protect(&first, uaddr(at + 5 * PAGE_SIZE), PAGE_SIZE, READ_WRITE));
    UNIT_EQUAL(first.vma_count, 2);
    UNIT_EQUAL(file.refs, 2);
    UNIT_OK(aspace_unmap(&first, uaddr(at), PAGE_SIZE));
    for (unsigned i = 1; i < 8; i++) {
        if (i != 2) {
            UNIT_EQUAL(load(at + i * PAGE_SIZE), i + 1);
        }
    }
    finish(before);
    UNIT_EQUAL(file.refs, 0);
}

UNIT_TEST(sharing_memory_between_spaces)
{
    struct machine_usage before = start(0);
    struct backing *memory;
    uint64_t here;
    uint64_t there;

    UNIT_OK(shared_memory_create(&quota_root, 4, 0, &memory));
    mm_test_create(&second, 0);
    here = map(&first, memory, 4, ASPACE_SHARED);
    there = map(&second, memory, 4, ASPACE_SHARED);
    backing_put(memory);
    store(there + 3 * PAGE_SIZE, 42);
    mm_test_attach(&first);
    UNIT_EQUAL(load(here + 3 * PAGE_SIZE), 42);
    store(here + 3 * PAGE_SIZE, 43);
    UNIT_OK(aspace_resize(&first, uaddr(here), PAGE_SIZE)); /* the other one still shows the rest */
    mm_test_attach(&second);
    UNIT_EQUAL(load(there + 3 * PAGE_SIZE), 43);
    UNIT_OK(aspace_unmap(&second, uaddr(there), 4 * PAGE_SIZE));
    mm_test_destroy(&second);
    mm_test_attach(&first);
    UNIT_OK(aspace_resize(&first, uaddr(here), 4 * PAGE_SIZE));
    UNIT_OK(aspace_resize(&first, uaddr(here), PAGE_SIZE)); /* now it is all there is */
    UNIT_OK(aspace_resize(&first, uaddr(here), 4 * PAGE_SIZE));
    UNIT_EQUAL(load(here + 3 * PAGE_SIZE), 0);
    finish(before);
}

/// Copy `first` to `second`, which is attached afterwards.
static void fork_first(void)
{
    struct aspace_fork_batch batch = {0};

    UNIT_OK(aspace_create(&second, 0));
    UNIT_OK(aspace_fork_ranges(&first, &second));
    while (batch.at < COCO_USER_END) {
        mm_test_attach(&first);
        aspace_fork_take(&first, &batch);
        mm_test_attach(&second);
        UNIT_OK(aspace_fork_give(&second, &batch));
        UNIT_EQUAL(batch.count, 0);
    }
}

UNIT_TEST(fork_copies_at_the_first_store)
{
    enum { PAGES = 200 };
    struct machine_usage before = start(2);
    uint64_t at = map(&first, NULL, PAGES, 0);
    uint64_t own = map(&first, &file.backing, 2, ASPACE_FILE);
    uint64_t free_pages;

    for (unsigned i = 0; i < PAGES; i++) {
        store(at + i * PAGE_SIZE, (uint8_t)i);
    }
    store(own, 99);
    fork_first();
    UNIT_EQUAL(second.resident_pages, PAGES + 1);
    UNIT_EQUAL(second.mapped_len, first.mapped_len);
    UNIT_EQUAL(load(own), 99);
    UNIT_EQUAL(load(own + PAGE_SIZE), 2);
    for (unsigned i = 0; i < PAGES; i++) {
        UNIT_EQUAL(load(at + i * PAGE_SIZE), (uint8_t)i);
        store(at + i * PAGE_SIZE, 1);
    }
    mm_test_attach(&first);
    free_pages = page_free_count();
    for (unsigned i = 0; i < PAGES; i++) {
        UNIT_EQUAL(load(at + i * PAGE_SIZE), (uint8_t)i);
        store(at + i * PAGE_SIZE, 2); /* the other side has a copy: no other is needed */
    }
    UNIT_EQUAL(page_free_count(), free_pages);
    mm_test_attach(&second);
    UNIT_EQUAL(load(at + 5 * PAGE_SIZE), 1);
    mm_test_destroy(&second);
    mm_test_attach(&first);
    finish(before);
}

UNIT_TEST(fork_keeps_shared_memory_and_guards)
{
    struct machine_usage before = start(2);
    struct map_request guard = {.length = PAGE_SIZE, .flags = ASPACE_GUARD};
    struct backing *memory;
    uint64_t shared;
    uaddr_t fence;

    UNIT_OK(shared_memory_create(&quota_root, 4, 0, &memory));
    shared = map(&first, memory, 4, ASPACE_SHARED);
    backing_put(memory);
    UNIT_OK(aspace_map(&first, &guard, &fence));
    store(shared, 7);
    fork_first();
    UNIT_EQUAL(second.vma_count, 2);
    UNIT_EQUAL(load(shared), 7);
    store(shared + PAGE_SIZE, 8);
    UNIT_EQUAL(aspace_fault(&second, fence, ARCH_ACCESS_READ), ERR_FAULT);
    mm_test_destroy(&second);
    mm_test_attach(&first);
    UNIT_EQUAL(load(shared + PAGE_SIZE), 8);
    finish(before);
}

/* The pages are on their way when the file is cut. */
UNIT_TEST(fork_leaves_out_what_was_cut)
{
    struct machine_usage before = start(4);
    struct aspace_fork_batch batch = {0};
    uint64_t own = map(&first, &file.backing, 4, ASPACE_FILE);

    for (uint64_t i = 0; i < 4; i++) {
        store(own + i * PAGE_SIZE, 9);
    }
    UNIT_OK(aspace_create(&second, 0));
    UNIT_OK(aspace_fork_ranges(&first, &second));
    aspace_fork_take(&first, &batch);
    UNIT_EQUAL(batch.count, 4);
    (void)page_map_cut(&file.pages, 2);
    file.page_count = 2;
    aspace_cut_backing(&first, &file.backing, 2);
    mm_test_attach(&second);
    aspace_cut_backing(&second, &file.backing, 2);
    UNIT_OK(aspace_fork_give(&second, &batch));
    UNIT_EQUAL(second.resident_pages, 2);
    UNIT_EQUAL(load(own + PAGE_SIZE), 9);
    UNIT_EQUAL(aspace_fault(&second, uaddr(own + 2 * PAGE_SIZE), ARCH_ACCESS_READ), ERR_IO);
    mm_test_destroy(&second);
    mm_test_attach(&first);
    finish(before);
}

#define SPARSE_RANGES 40u

static uint64_t sparse[SPARSE_RANGES]; /* one page each, a free one behind it */
static unsigned grown;

/* One more of the ranges gets a second page. */
static void grow_next(void)
{
    if (grown < SPARSE_RANGES) {
        UNIT_OK(aspace_resize(&first, uaddr(sparse[grown++]), 2 * PAGE_SIZE));
        UNIT_OK(aspace_fault(&first, uaddr(sparse[grown - 1] + PAGE_SIZE), ARCH_ACCESS_WRITE));
    }
}

UNIT_TEST(fork_copies_ranges_that_change_meanwhile_once)
{
    struct machine_usage before = start(0);
    uint64_t last = 0;

    for (unsigned i = SPARSE_RANGES; i > 0; i--) { /* each lies below the one before */
        sparse[i - 1] = map(&first, NULL, 2, 0);
        UNIT_OK(aspace_unmap(&first, uaddr(sparse[i - 1] + PAGE_SIZE), PAGE_SIZE));
        UNIT_CHECK(last == 0 || sparse[i - 1] < last);
        last = sparse[i - 1];
    }
    grown = 15; /* the last range of the first step grows behind it */
    mm_test_on_check = grow_next;
    fork_first();
    mm_test_on_check = NULL;
    UNIT_CHECK(grown > 16);
    UNIT_CHECK(second.mapped_len <= first.mapped_len);
    UNIT_CHECK(second.vma_count <= SPARSE_RANGES + 1);
    mm_test_destroy(&second); /* finds all ranges and pages */
    mm_test_attach(&first);
    finish(before);
}

UNIT_TEST(fork_is_refused_when_memory_cannot_be_promised)
{
    struct machine_usage before = start(0);
    uint64_t promised = commit_used();
    uint64_t half = page_total_count() * 6 / 10;

    (void)map(&first, NULL, half, 0); /* not touched */
    UNIT_EQUAL(commit_used() / PAGE_SIZE, promised / PAGE_SIZE + half);
    UNIT_OK(aspace_create(&second, 0));
    UNIT_EQUAL(aspace_fork_ranges(&first, &second), ERR_NOMEM);
    mm_test_attach(&second);
    mm_test_destroy(&second);
    mm_test_attach(&first);
    finish(before);
    UNIT_EQUAL(commit_used(), promised);
}

UNIT_TEST(discard_gives_pages_back)
{
    struct machine_usage before = start(1);
    uint64_t at = map(&first, NULL, 100, 0);
    uint64_t own = map(&first, &file.backing, 1, ASPACE_FILE);

    UNIT_OK(aspace_populate(&first, uaddr(at), 100 * PAGE_SIZE, false));
    UNIT_EQUAL(first.resident_pages, 100);
    store(at, 5);
    store(own, 6);
    UNIT_OK(aspace_discard(&first, uaddr(at), 100 * PAGE_SIZE));
    UNIT_OK(aspace_discard(&first, uaddr(own), PAGE_SIZE));
    UNIT_EQUAL(first.resident_pages, 0);
    UNIT_EQUAL(load(at), 0);
    UNIT_EQUAL(load(own), 1);
    UNIT_EQUAL(aspace_discard(&first, uaddr(at + 100 * PAGE_SIZE), 8 * PAGE_SIZE), ERR_NOMEM);
    finish(before);
}
