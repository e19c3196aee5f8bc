// SPDX-License-Identifier: MIT
// Random changes of an address space beside a model of one array element per page. After each
// operation result, access rights, content and counts agree. Accesses go through the host's TLB, so
// a missing flush shows.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch/trap.h>
#include <arch_impl/host.h>
#include <string.h>

#define PAGES 64u
#define BASE 0x40000000ull
#define LIMIT_PAGES 50u

/// What the model knows about a page.
struct model_page {
    unsigned mapping; /* 0: not mapped */
    unsigned prot;
    bool guard;
    bool counted; /* could be accessed once */
    bool present;
    uint8_t content; /* first byte */
};

static struct model_page model[PAGES];
static unsigned next_mapping;
static struct aspace as;

static bool counts(const struct model_page *page)
{
    return page->counted;
}

static unsigned counted_pages(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PAGES; i++) {
        count += counts(&model[i]);
    }
    return count;
}

static unsigned random_prot(void)
{
    static const unsigned prots[] = {
        0, ASPACE_READ, ASPACE_READ | ASPACE_WRITE, ASPACE_READ | ASPACE_EXEC, ASPACE_WRITE,
    };

    return prots[unit_random_below(ARRAY_SIZE(prots))];
}

/// A random range of pages [first, first + count) in the window.
static void random_range(unsigned *first, unsigned *count)
{
    *first = (unsigned)unit_random_below(PAGES);
    *count = 1 + (unsigned)unit_random_below(MIN(PAGES - *first, 20u));
}

static uaddr_t address_of(unsigned page)
{
    return uaddr(BASE + (uint64_t)page * PAGE_SIZE);
}

static enum status model_map(unsigned first, unsigned count, unsigned prot, unsigned flags)
{
    bool guard = (flags & ASPACE_GUARD) != 0;
    unsigned counted = counted_pages();
    bool used = false;

    for (unsigned i = first; i < first + count; i++) {
        counted -= (flags & ASPACE_FIXED) != 0 && counts(&model[i]);
        used = used || model[i].mapping != 0;
    }
    if (prot != 0 && !guard && counted + count > LIMIT_PAGES) {
        return ERR_NOMEM;
    }
    if ((flags & ASPACE_NOREPLACE) != 0 && used) {
        return ERR_EXIST;
    }
    next_mapping++;
    for (unsigned i = first; i < first + count; i++) {
        model[i] = (struct model_page){
            .mapping = next_mapping, .prot = prot, .guard = guard, .counted = prot != 0 && !guard};
    }
    return OK;
}

static void try_map(void)
{
    struct map_request request = {.prot = random_prot()};
    unsigned first;
    unsigned count;
    uaddr_t out;
    enum status expected;

    random_range(&first, &count);
    request.hint = address_of(first).v;
    request.length = count * PAGE_SIZE - unit_random_below(PAGE_SIZE);
    request.flags = unit_random_below(2) != 0 ? ASPACE_FIXED : ASPACE_NOREPLACE;
    request.flags |= unit_random_below(8) == 0 ? ASPACE_GUARD : 0;
    expected = model_map(first, count, request.prot, request.flags);
    UNIT_EQUAL(aspace_map(&as, &request, &out), expected);
    UNIT_EQUAL(out.v, expected == OK ? request.hint : 0);
}

static void try_unmap(void)
{
    unsigned first;
    unsigned count;

    random_range(&first, &count);
    UNIT_OK(aspace_unmap(&as, address_of(first), count * PAGE_SIZE - unit_random_below(PAGE_SIZE)));
    memset(&model[first], 0, count * sizeof(model[0]));
}

static enum status model_protect(unsigned first, unsigned count, unsigned prot)
{
    unsigned counted = counted_pages();

    for (unsigned i = first; i < first + count; i++) {
        if (model[i].mapping == 0 || model[i].guard) {
            return ERR_NOMEM;
        }
        counted += prot != 0 && !counts(&model[i]);
    }
    if (counted > LIMIT_PAGES) {
        return ERR_NOMEM;
    }
    for (unsigned i = first; i < first + count; i++) {
        model[i].prot = prot;
        model[i].counted = model[i].counted || prot != 0;
    }
    return OK;
}

static void try_protect(void)
{
    unsigned prot = random_prot();
    unsigned first;
    unsigned count;

    random_range(&first, &count);
    UNIT_EQUAL(aspace_protect(&as, address_of(first), count * PAGE_SIZE, prot),
               model_protect(first, count, prot));
}

static enum status model_resize(unsigned first, unsigned count)
{
    unsigned mapping = model[first].mapping;
    unsigned counted = counted_pages();
    unsigned end = first;

    if (mapping == 0 || model[first].guard || (first > 0 && model[first - 1].mapping == mapping)) {
        return ERR_INVAL;
    }
    while (end < PAGES && model[end].mapping == mapping) {
        end++;
    }
    for (unsigned i = end; i < first + count; i++) {
        if (model[i].mapping != 0) {
            return ERR_NOMEM;
        }
        counted += model[end - 1].counted;
    }
    if (counted > LIMIT_PAGES && first + count > end) {
        return ERR_NOMEM;
    }
    for (unsigned i = end; i < first + count; i++) {
        model[i] = (struct model_page){
            .mapping = mapping, .prot = model[end - 1].prot, .counted = model[end - 1].counted};
    }
    for (unsigned i = first + count; i < end; i++) {
        model[i] = (struct model_page){.mapping = 0};
    }
    return OK;
}

static void try_resize(void)
{
    unsigned first;
    unsigned count;

    random_range(&first, &count);
    UNIT_EQUAL(aspace_resize(&as, address_of(first), count * PAGE_SIZE - 1),
               model_resize(first, count));
}

/// Access as a program does: serve the fault and try again.
static bool access_page(uint64_t address, unsigned access, uint8_t **memory)
{
    for (unsigned tries = 0; tries < 2; tries++) {
        unsigned prot;
        unsigned present;

        if (host_user_access(address, access, memory)) {
            return true;
        }
        present = arch_pt_query(vaddr(address & ~(uint64_t)PAGE_MASK), NULL, &prot) &&
                          (prot & ARCH_PROT_READ) != 0
                      ? ARCH_ACCESS_PRESENT
                      : 0;
        if (aspace_fault(&as, uaddr(address), access | present) != OK) {
            return false;
        }
    }
    unit_fail(__FILE_NAME__, __LINE__, "a served fault comes again");
}

static bool model_allows(const struct model_page *page, unsigned access)
{
    if (page->mapping == 0 || page->guard) {
        return false;
    }
    switch (access) {
    case ARCH_ACCESS_WRITE:
        return (page->prot & ASPACE_WRITE) != 0;
    case ARCH_ACCESS_EXEC:
        return (page->prot & ASPACE_EXEC) != 0;
    default:
        return page->prot != 0;
    }
}

static void try_access(unsigned page, unsigned access)
{
    struct model_page *expected = &model[page];
    uint8_t *memory;
    bool allowed = access_page(address_of(page).v, access, &memory);

    UNIT_CHECK(allowed == model_allows(expected, access));
    if (allowed) {
        UNIT_EQUAL(*memory, expected->content);
        expected->present = true;
        if (access == ARCH_ACCESS_WRITE) {
            *memory = (uint8_t)unit_random();
            expected->content = *memory;
        }
    }
}

static void try_populate(void)
{
    unsigned page = (unsigned)unit_random_below(PAGES);
    bool possible = model[page].mapping != 0 && !model[page].guard;
    uint8_t bytes[PAGE_SIZE];
    size_t len = unit_random_below(2) != 0 ? PAGE_SIZE : 10;

    memset(bytes, (int)unit_random_below(256), sizeof(bytes));
    UNIT_EQUAL(aspace_populate_copy(&as, address_of(page), bytes, len), possible ? OK : ERR_FAULT);
    if (possible) {
        model[page].present = true;
        model[page].content = bytes[0];
    }
}

static void check_counts(void)
{
    unsigned present = 0;
    unsigned runs = 0;

    for (unsigned i = 0; i < PAGES; i++) {
        const struct model_page *before = i > 0 ? &model[i - 1] : NULL;

        present += model[i].present;
        runs += model[i].mapping != 0 &&
                (before == NULL || before->mapping != model[i].mapping ||
                 before->prot != model[i].prot || before->counted != model[i].counted);
    }
    UNIT_EQUAL(as.resident_pages, present);
    UNIT_EQUAL(as.vma_count, runs);
    UNIT_EQUAL(as.mapped_len, counted_pages() * PAGE_SIZE);
}

static void step(void)
{
    static const unsigned accesses[] = {ARCH_ACCESS_READ, ARCH_ACCESS_WRITE, ARCH_ACCESS_EXEC};

    switch (unit_random_below(16)) {
    case 0:
    case 1:
        try_map();
        break;
    case 2:
        try_unmap();
        break;
    case 3:
    case 4:
        try_protect();
        break;
    case 5:
        try_resize();
        break;
    case 6:
        try_populate();
        break;
    default:
        try_access((unsigned)unit_random_below(PAGES),
                   accesses[unit_random_below(ARRAY_SIZE(accesses))]);
        break;
    }
}

UNIT_TEST(aspace_agrees_with_an_array)
{
    struct machine_usage before;

    machine_start();
    before = machine_usage();
    for (unsigned life = 0; life < 8; life++) {
        memset(model, 0, sizeof(model));
        mm_test_create(&as, LIMIT_PAGES * PAGE_SIZE);
        for (unsigned round = 0; round < 5000; round++) {
            step();
            check_counts();
            if (round % 64 == 0) {
                for (unsigned page = 0; page < PAGES; page++) {
                    try_access(page, ARCH_ACCESS_READ);
                }
            }
        }
        mm_test_destroy(&as);
    }
    machine_check_usage(before);
}
