// SPDX-License-Identifier: MIT
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch/trap.h>
#include <mm/page.h>
#include <mm/user_copy.h>

#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)

static struct aspace as;

static enum status map(uint64_t hint, uint64_t length, unsigned prot, unsigned flags, uint64_t *at)
{
    struct map_request request = {.hint = hint, .length = length, .prot = prot, .flags = flags};
    uaddr_t out;
    enum status status = aspace_map(&as, &request, &out);

    *at = out.v;
    return status;
}

UNIT_TEST(aspace_refuses_bad_requests)
{
    struct machine_usage before;
    uint64_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_EQUAL(map(0, 0, READ_WRITE, 0, &at), ERR_INVAL);
    UNIT_EQUAL(map(0, 4096, ASPACE_WRITE | ASPACE_EXEC, 0, &at), ERR_INVAL);
    UNIT_EQUAL(map(0, 4096, 0x80, 0, &at), ERR_INVAL);
    UNIT_EQUAL(map(0, UINT64_MAX, READ_WRITE, 0, &at), ERR_INVAL);
    UNIT_EQUAL(map(0, COCO_USER_END + 1, READ_WRITE, 0, &at), ERR_INVAL);
    UNIT_EQUAL(map(0, 4096, READ_WRITE, ASPACE_FIXED, &at), ERR_INVAL);
    UNIT_EQUAL(map(0x1001, 4096, READ_WRITE, ASPACE_FIXED, &at), ERR_INVAL);
    UNIT_EQUAL(map(COCO_USER_END, 4096, READ_WRITE, ASPACE_FIXED, &at), ERR_INVAL);
    UNIT_EQUAL(map(COCO_USER_END - 4096, 4097, READ_WRITE, ASPACE_FIXED, &at), ERR_INVAL);
    UNIT_EQUAL(map(UINT64_MAX & ~4095ull, 4096, READ_WRITE, ASPACE_FIXED, &at), ERR_INVAL);
    UNIT_EQUAL(map(0, COCO_USER_END, 0, 0, &at), ERR_NOMEM);
    UNIT_EQUAL(map(0, page_total_count() * PAGE_SIZE + 1, READ_WRITE, 0, &at), ERR_NOMEM);
    UNIT_OK(map(COCO_USER_END - 65536, 65536, READ_WRITE, ASPACE_FIXED, &at));
    UNIT_OK(map(4096, 4096, READ_WRITE, ASPACE_FIXED, &at));
    UNIT_EQUAL(aspace_unmap(&as, uaddr(1), 4096), ERR_INVAL);
    UNIT_EQUAL(aspace_unmap(&as, uaddr(4096), UINT64_MAX), ERR_INVAL);
    UNIT_EQUAL(aspace_unmap(&as, uaddr(COCO_USER_END), 4096), ERR_INVAL);
    UNIT_OK(aspace_unmap(&as, uaddr(0), 0));
    UNIT_EQUAL(aspace_protect(&as, uaddr(4096), 4096, ASPACE_WRITE | ASPACE_EXEC), ERR_INVAL);
    UNIT_EQUAL(aspace_protect(&as, uaddr(4097), 4096, ASPACE_READ), ERR_INVAL);
    UNIT_EQUAL(aspace_protect(&as, uaddr(8192), 4096, ASPACE_READ), ERR_NOMEM);
    UNIT_OK(aspace_protect(&as, uaddr(8192), 0, ASPACE_READ));
    UNIT_EQUAL(aspace_resize(&as, uaddr(4096), 0), ERR_INVAL);
    UNIT_EQUAL(aspace_resize(&as, uaddr(8192), 4096), ERR_INVAL);
    UNIT_EQUAL(aspace_resize(&as, uaddr(4096), UINT64_MAX), ERR_NOMEM);
    UNIT_EQUAL(aspace_resize(&as, uaddr(COCO_USER_END - 65536), 65537), ERR_NOMEM);
    UNIT_EQUAL(aspace_fault(&as, uaddr(UINT64_MAX), ARCH_ACCESS_READ), ERR_FAULT);
    UNIT_EQUAL(aspace_fault(&as, uaddr(0), ARCH_ACCESS_READ), ERR_FAULT);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

/* A table goes with the last mapping that lies in its block, not before. */
UNIT_TEST(aspace_gives_page_tables_back)
{
    const uint64_t block = 2ull << 20;
    struct machine_usage before;
    struct machine_usage mapped;
    uint64_t at;

    machine_start();
    mm_test_create(&as, 0);
    for (unsigned i = 1; i < 40; i++) {
        UNIT_OK(map(i * 8 * block - PAGE_SIZE, 2 * PAGE_SIZE, READ_WRITE, ASPACE_FIXED, &at));
    }
    before = machine_usage();
    for (unsigned i = 1; i < 40; i++) {
        at = i * 8 * block - PAGE_SIZE;
        UNIT_OK(aspace_fault(&as, uaddr(at), ARCH_ACCESS_WRITE));
        UNIT_OK(aspace_fault(&as, uaddr(at + PAGE_SIZE), ARCH_ACCESS_WRITE));
    }
    mapped = machine_usage();
    UNIT_EQUAL(before.free_pages - mapped.free_pages, 39 * 4);
    UNIT_OK(aspace_unmap(&as, uaddr(8 * block), PAGE_SIZE));
    UNIT_EQUAL(machine_usage().free_pages - mapped.free_pages, 2); /* a page and its table */
    for (unsigned i = 1; i < 40; i++) {
        UNIT_OK(aspace_unmap(&as, uaddr(i * 8 * block - PAGE_SIZE), 2 * PAGE_SIZE));
    }
    UNIT_CHECK(machine_usage().free_pages - mapped.free_pages >= 39 * 4); /* and the ranges */
    UNIT_EQUAL(as.resident_pages, 0);
    mm_test_destroy(&as);
}

UNIT_TEST(aspace_file_mapping_keeps_its_size)
{
    struct machine_usage before;
    uint64_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(map(0, 3 * PAGE_SIZE, READ_WRITE, ASPACE_FILE, &at));
    UNIT_EQUAL(aspace_resize(&as, uaddr(at), PAGE_SIZE), ERR_INVAL);
    UNIT_OK(aspace_unmap(&as, uaddr(at), PAGE_SIZE));
    UNIT_EQUAL(aspace_resize(&as, uaddr(at + PAGE_SIZE), PAGE_SIZE), ERR_INVAL);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(aspace_chooses_addresses)
{
    struct machine_usage before;
    uint64_t hint = 0x123456000;
    uint64_t first;
    uint64_t at;
    unsigned prot;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(map(0, 10000, READ_WRITE, 0, &first));
    UNIT_OK(map(0, 4096, READ_WRITE, 0, &at));
    UNIT_EQUAL(at, first - 4096); /* downwards, close together */
    UNIT_OK(map(hint + 5, 4096, ASPACE_READ, 0, &at));
    UNIT_EQUAL(at, hint);
    UNIT_OK(map(hint, 4096, ASPACE_READ, 0, &at)); /* the hint is taken */
    UNIT_CHECK(at != hint);
    UNIT_OK(map(COCO_USER_END - 4096, 8192, ASPACE_READ, 0, &at)); /* the hint cannot be */
    UNIT_CHECK(at < COCO_USER_END - 8192);
    UNIT_OK(aspace_query(&as, uaddr(hint + 17), &prot));
    UNIT_EQUAL(prot, ASPACE_READ);
    UNIT_EQUAL(aspace_query(&as, uaddr(hint + 4096), &prot), ERR_FAULT);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(aspace_places_are_random)
{
    uint64_t tops[8];
    uint64_t bases[8];
    uaddr_t base;

    machine_start();
    for (unsigned i = 0; i < 8; i++) {
        struct map_request aligned = {
            .length = 12345, .align = 1 << 21, .prot = ASPACE_READ, .flags = ASPACE_RANDOM};

        mm_test_create(&as, 0);
        UNIT_OK(map(0, 4096, ASPACE_READ, 0, &tops[i]));
        UNIT_OK(aspace_choose_base(&as, 1 << 20, 1 << 16, &base));
        UNIT_EQUAL(base.v % (1 << 16), 0);
        bases[i] = base.v;
        UNIT_OK(map(base.v, 1 << 20, ASPACE_READ, ASPACE_NOREPLACE, &bases[i]));
        UNIT_OK(aspace_map(&as, &aligned, &base));
        UNIT_EQUAL(base.v % (1 << 21), 0);
        for (unsigned k = 0; k < i; k++) {
            UNIT_CHECK(tops[i] != tops[k] && bases[i] != bases[k]);
        }
        mm_test_destroy(&as);
    }
}

UNIT_TEST(aspace_huge_reservation_costs_nothing)
{
    struct machine_usage before;
    uint64_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(map(0, 1ull << 44, 0, 0, &at)); /* more than one area of 512 GiB: goes anywhere */
    UNIT_OK(aspace_protect(&as, uaddr(at + (1ull << 43)), 1 << 20, READ_WRITE));
    UNIT_OK(user_zero(uaddr(at + (1ull << 43) + 100), 10000));
    UNIT_EQUAL(as.resident_pages, 3);
    UNIT_OK(aspace_unmap(&as, uaddr(at + 4096), (1ull << 44) - 8192));
    UNIT_EQUAL(as.vma_count, 2);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(aspace_long_unmap_in_steps)
{
    struct machine_usage before;
    enum { COUNT = 1000 };
    uint64_t at;
    unsigned prot;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(map(0, COUNT * PAGE_SIZE, READ_WRITE, 0, &at));
    for (unsigned i = 0; i < COUNT; i++) {
        UNIT_OK(aspace_fault(&as, uaddr(at + i * PAGE_SIZE), ARCH_ACCESS_WRITE));
    }
    UNIT_EQUAL(as.resident_pages, COUNT);
    UNIT_OK(aspace_unmap(&as, uaddr(at + 10 * PAGE_SIZE), 500 * PAGE_SIZE)); /* a hole */
    UNIT_EQUAL(as.resident_pages, COUNT - 500);
    UNIT_OK(aspace_protect(&as, uaddr(at + 510 * PAGE_SIZE), 490 * PAGE_SIZE, ASPACE_READ));
    for (unsigned i = 510; i < COUNT; i++) {
        UNIT_CHECK(arch_pt_query(vaddr(at + i * PAGE_SIZE), NULL, &prot));
        UNIT_EQUAL(prot, ARCH_PROT_READ | ARCH_PROT_USER);
    }
    UNIT_OK(aspace_resize(&as, uaddr(at + 510 * PAGE_SIZE), PAGE_SIZE)); /* a long tail */
    UNIT_EQUAL(as.resident_pages, 11);
    UNIT_EQUAL(as.resident_most, COUNT);
    UNIT_EQUAL(as.vma_count, 2);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(aspace_number_of_ranges_is_limited)
{
    struct machine_usage before;
    uint64_t base = 0x100000000;
    uint64_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    for (unsigned i = 0; i < ASPACE_VMA_MAX; i++) {
        UNIT_OK(map(base + i * 3ull * PAGE_SIZE, 2 * PAGE_SIZE, 0, ASPACE_NOREPLACE, &at));
    }
    UNIT_EQUAL(map(0, PAGE_SIZE, 0, 0, &at), ERR_NOMEM);
    UNIT_EQUAL(aspace_protect(&as, uaddr(base), PAGE_SIZE, ASPACE_READ), ERR_NOMEM);
    UNIT_OK(aspace_resize(&as, uaddr(base), 3 * PAGE_SIZE));
    UNIT_EQUAL(aspace_unmap(&as, uaddr(base + PAGE_SIZE), PAGE_SIZE), ERR_NOMEM);
    UNIT_EQUAL(as.vma_count, ASPACE_VMA_MAX);
    UNIT_OK(aspace_unmap(&as, uaddr(base + 2 * PAGE_SIZE), PAGE_SIZE)); /* cuts a tail */
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(aspace_out_of_memory_is_an_error)
{
    struct machine_usage before;
    enum status status = OK;
    uint64_t at;
    uint64_t i;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 1ull << 40);
    UNIT_EQUAL(map(0, 2 * MACHINE_RAM, READ_WRITE, 0, &at), ERR_NOMEM);
    UNIT_OK(map(0, 2 * MACHINE_RAM, READ_WRITE, ASPACE_LAZY, &at));
    for (i = 0; status == OK; i++) {
        status = aspace_fault(&as, uaddr(at + i * PAGE_SIZE), ARCH_ACCESS_WRITE);
    }
    UNIT_EQUAL(status, ERR_NOMEM);
    UNIT_CHECK(i > before.free_pages - 100);
    UNIT_OK(aspace_fault(&as, uaddr(at), ARCH_ACCESS_WRITE)); /* the page is there already */
    UNIT_EQUAL(aspace_fault(&as, uaddr(at - 4096), ARCH_ACCESS_WRITE), ERR_FAULT);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(aspace_lazy_range_does_not_grow)
{
    struct machine_usage before;
    uint64_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(map(0x40000000, 4 * PAGE_SIZE, READ_WRITE, ASPACE_LAZY | ASPACE_NOREPLACE, &at));
    UNIT_EQUAL(aspace_resize(&as, uaddr(at), 5 * PAGE_SIZE), ERR_NOMEM);
    UNIT_OK(aspace_resize(&as, uaddr(at), 2 * PAGE_SIZE));
    UNIT_EQUAL(aspace_resize(&as, uaddr(at), 4 * PAGE_SIZE), ERR_NOMEM);
    mm_test_destroy(&as);
    machine_check_usage(before);
}

static void destroy(void *argument)
{
    aspace_destroy(argument);
}

UNIT_TEST(aspace_destroy_of_a_full_one_panics)
{
    struct machine_usage before;
    uint64_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(map(0, 4096, READ_WRITE, 0, &at));
    UNIT_CHECK(unit_panics(destroy, &as, "not empty"));
    mm_test_destroy(&as);
    machine_check_usage(before);
}

/* A backing is told when pages that it gave to be read may be stored to. */
UNIT_TEST(aspace_tells_of_stores)
{
    struct test_file file;
    struct map_request request = {
        .length = 3 * PAGE_SIZE, .prot = ASPACE_READ, .backing = &file.backing};
    uaddr_t shared;
    uaddr_t own;

    machine_start();
    mm_test_create(&as, 0);
    test_file_create(&file, 3);
    UNIT_OK(aspace_map(&as, &request, &own));
    request.flags = ASPACE_SHARED | ASPACE_FILE;
    UNIT_OK(aspace_map(&as, &request, &shared));
    UNIT_OK(aspace_protect(&as, own, 3 * PAGE_SIZE, READ_WRITE));
    UNIT_OK(aspace_protect(&as, shared, PAGE_SIZE, 0));
    UNIT_EQUAL(file.stores_noted, 0);
    UNIT_OK(aspace_protect(&as, uaddr(shared.v + PAGE_SIZE), PAGE_SIZE, READ_WRITE));
    UNIT_EQUAL(file.stores_noted, 1);
    UNIT_OK(aspace_protect(&as, shared, 3 * PAGE_SIZE, READ_WRITE));
    UNIT_EQUAL(file.stores_noted, 3); /* by the first page, and the last */
    mm_test_destroy(&as);
    test_file_destroy(&file);
}
