// SPDX-License-Identifier: MIT
// Model of mm for the tests of task: address spaces as arrays of ranges, user memory as host
// memory.
#include <arch/paging.h>
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/page.h>
#include <mm/user_copy.h>
#include <mm/vmap.h>

#include "sim.h"
#include "sim_heap.h"
#include "sim_host.h"

#define RANGE_MAX 80u

struct range {
    uint64_t start;
    uint64_t len; /* 0 = unused */
    unsigned prot;
    bool guard;
    uint8_t *bytes;
};

/* Stands behind the kernel's struct aspace; found through its `area_low`. */
struct model {
    struct range ranges[RANGE_MAX];
    uint64_t next;
};

static struct model *model_of(struct aspace *aspace)
{
    return (struct model *)(uintptr_t)aspace->area_low;
}

void arch_as_activate(struct arch_as *as)
{
    (void)as;
}

void arch_as_switch(struct arch_as *as)
{
    (void)as;
}

uint64_t page_total_count(void)
{
    return (256ull << 20) / PAGE_SIZE;
}

void aspace_set_quota(struct aspace *as, struct quota *quota)
{
    as->quota = quota; /* nothing is promised here */
}

struct quota *aspace_quota(struct aspace *as)
{
    struct quota *quota = as != NULL && as->quota != NULL ? as->quota : &quota_root;

    quota_get(quota);
    return quota;
}

void aspace_count(struct aspace *as, struct aspace_pages *pages)
{
    *pages = (struct aspace_pages){as->resident_pages, as->resident_most};
}

void aspace_set_limit(struct aspace *as, uint64_t mapped_limit)
{
    as->mapped_limit = mapped_limit;
}

enum status aspace_create(struct aspace *as, uint64_t mapped_limit)
{
    struct model *model;

    if (sim_allocation_permit() != OK) {
        return ERR_NOMEM;
    }
    memset(as, 0, sizeof(*as));
    model = calloc(1, sizeof(*model));
    model->next = 0x10000000000ull;
    as->area_low = (uintptr_t)model;
    as->mapped_limit = mapped_limit;
    return OK;
}

/* As the real one: acts on the address space of the running thread only. */
static void expect_active(struct aspace *as)
{
    EXPECT(aspace_current() == as);
}

void aspace_clear(struct aspace *as)
{
    struct model *model = model_of(as);

    expect_active(as);
    for (unsigned i = 0; i < RANGE_MAX; i++) {
        free(model->ranges[i].bytes);
        model->ranges[i] = (struct range){0};
        sched_check();
    }
}

void aspace_destroy(struct aspace *as)
{
    struct model *model = model_of(as);

    for (unsigned i = 0; i < RANGE_MAX; i++) {
        EXPECT(model->ranges[i].len == 0);
    }
    sim_allocation_return();
    free(model);
}

static struct range *range_at(struct model *model, uint64_t address)
{
    for (unsigned i = 0; i < RANGE_MAX; i++) {
        struct range *range = &model->ranges[i];

        if (address >= range->start && address - range->start < range->len) {
            return range;
        }
    }
    return NULL;
}

static bool range_taken(struct model *model, uint64_t start, uint64_t len)
{
    for (unsigned i = 0; i < RANGE_MAX; i++) {
        const struct range *range = &model->ranges[i];

        if (range->len != 0 && start < range->start + range->len && range->start < start + len) {
            return true;
        }
    }
    return false;
}

static void range_add(struct model *model, uint64_t start, uint64_t len,
                      const struct map_request *request)
{
    bool guard = (request->flags & ASPACE_GUARD) != 0;

    for (unsigned i = 0; i < RANGE_MAX; i++) {
        if (model->ranges[i].len == 0) {
            model->ranges[i] = (struct range){
                .start = start,
                .len = len,
                .prot = request->prot,
                .guard = guard,
                /* Large ranges are not backed: only stacks are. */
                .bytes = guard || len > (64u << 20) ? NULL : calloc(1, len),
            };
            return;
        }
    }
    panic("simulation: too many ranges");
}

enum status aspace_map(struct aspace *as, const struct map_request *request, uaddr_t *out)
{
    struct model *model = model_of(as);
    bool fixed = (request->flags & (ASPACE_FIXED | ASPACE_NOREPLACE)) != 0;
    uint64_t len = align_up(request->length, PAGE_SIZE);
    uint64_t start = fixed ? request->hint : model->next;

    if (sim_allocation_permit() != OK) {
        return ERR_NOMEM;
    }
    sim_allocation_return(); /* ranges are counted by aspace_clear */
    EXPECT(len != 0 && (request->prot & 6) != 6);
    if (start % PAGE_SIZE != 0 || (fixed && start < PAGE_SIZE) || len > COCO_USER_END ||
        start > COCO_USER_END - len) {
        return ERR_INVAL;
    }
    if ((request->flags & ASPACE_FIXED) != 0) {
        struct range *range = range_at(model, start);

        /* Replaces the start of a range, as the loader does for the guard. */
        EXPECT(range != NULL && range->start == start && len < range->len);
        memmove(range->bytes, range->bytes + len, range->len - len);
        range->start += len;
        range->len -= len;
    } else if (range_taken(model, start, len)) {
        return ERR_EXIST;
    }
    range_add(model, start, len, request);
    if (!fixed) {
        model->next += len + 16 * PAGE_SIZE;
    }
    *out = uaddr(start);
    return OK;
}

enum status aspace_choose_base(struct aspace *as, uint64_t length, uint64_t align, uaddr_t *out)
{
    EXPECT(is_power_of_two(align) && length % PAGE_SIZE == 0);
    if (length > COCO_USER_END / 2) {
        return ERR_NOMEM;
    }
    *out = uaddr(align_up(SIM_PIE_BASE, align));
    (void)as;
    return OK;
}

enum status aspace_populate_copy(struct aspace *as, uaddr_t address, const void *src, size_t len)
{
    expect_active(as);
    while (len != 0) {
        struct range *range = range_at(model_of(as), address.v);
        size_t piece;

        if (range == NULL || range->guard) {
            return ERR_FAULT;
        }
        piece = MIN(len, (size_t)(range->start + range->len - address.v));
        if (range->bytes != NULL) {
            memcpy(range->bytes + (address.v - range->start), src, piece);
        }
        address.v += piece;
        src = (const uint8_t *)src + piece;
        len -= piece;
    }
    return OK;
}

enum status aspace_fault(struct aspace *as, uaddr_t address, unsigned access)
{
    struct range *range = range_at(model_of(as), address.v);

    (void)access;
    if (sim_allocation_permit() != OK) {
        return ERR_NOMEM;
    }
    sim_allocation_return();
    return range == NULL || range->guard ? ERR_FAULT : OK;
}

bool aspace_is_beyond_file(struct aspace *as, uaddr_t address)
{
    (void)as;
    (void)address;
    return false;
}

enum status aspace_fork_ranges(struct aspace *parent, struct aspace *child)
{
    const struct model *from = model_of(parent);
    struct model *to = model_of(child);

    for (unsigned i = 0; i < RANGE_MAX; i++) {
        struct range range = from->ranges[i];

        if (range.len == 0) {
            continue;
        }
        if (sim_allocation_permit() != OK) {
            return ERR_NOMEM;
        }
        sim_allocation_return(); /* as in aspace_map() */
        if (range.bytes != NULL) {
            range.bytes = malloc(range.len);
            memcpy(range.bytes, from->ranges[i].bytes, range.len);
        }
        to->ranges[i] = range;
    }
    return OK;
}

/* The ranges have taken the content along; one batch stands for all pages. */
void aspace_fork_take(struct aspace *parent, struct aspace_fork_batch *batch)
{
    expect_active(parent);
    batch->at = COCO_USER_END;
    batch->count = 1;
}

enum status aspace_fork_give(struct aspace *child, struct aspace_fork_batch *batch)
{
    expect_active(child);
    batch->count = 0;
    return OK;
}

void aspace_cut_backing(struct aspace *as, const struct backing *backing, uint64_t first)
{
    (void)first;
    expect_active(as);
    EXPECT(backing == NULL); /* nothing is mapped from a file here */
}

enum status aspace_shared_page(struct aspace *as, uaddr_t address, paddr_t *out)
{
    (void)as;
    (void)address;
    *out = paddr(0);
    return OK;
}

bool page_unref(paddr_t page)
{
    (void)page;
    return false;
}

bool sim_aspace_find(struct aspace *as, uint64_t address, uint64_t *start, uint64_t *len,
                     unsigned *prot)
{
    const struct range *range = range_at(model_of(as), address);

    if (range == NULL) {
        return false;
    }
    *start = range->start;
    *len = range->len;
    *prot = range->guard ? UINT32_MAX : range->prot;
    return true;
}

bool sim_aspace_read(struct aspace *as, uint64_t address, void *to, size_t len)
{
    const struct range *range = range_at(model_of(as), address);

    if (range == NULL || range->bytes == NULL || len > range->start + range->len - address) {
        return false;
    }
    memcpy(to, range->bytes + (address - range->start), len);
    return true;
}

enum status user_range_check(uaddr_t address, uint64_t len)
{
    return len > COCO_USER_END || address.v > COCO_USER_END - len ? ERR_INVAL : OK;
}

/* User words are words of the host; the first page is the place for faults. */
static enum status word_check(uaddr_t address)
{
    if (address.v % 4 != 0) {
        return ERR_INVAL;
    }
    return address.v < PAGE_SIZE || address.v >= COCO_USER_END ? ERR_FAULT : OK;
}

enum status user_load32(uaddr_t address, uint32_t *value)
{
    enum status status = word_check(address);

    if (status == OK) {
        *value = __atomic_load_n((uint32_t *)(uintptr_t)address.v, __ATOMIC_SEQ_CST);
    }
    return status;
}

enum status user_store32(uaddr_t address, uint32_t value)
{
    enum status status = word_check(address);

    if (status == OK) {
        __atomic_store_n((uint32_t *)(uintptr_t)address.v, value, __ATOMIC_SEQ_CST);
    }
    return status;
}

enum status user_cmpxchg32(uaddr_t address, uint32_t *expected, uint32_t desired)
{
    uint32_t value;
    enum status status = user_load32(address, &value);

    if (status == OK) {
        (void)__atomic_compare_exchange_n((uint32_t *)address.v, expected, desired, false,
                                          __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    return status;
}

enum status user_copy_in(void *dst, uaddr_t from, size_t len)
{
    if (from.v < PAGE_SIZE || user_range_check(from, len) != OK) {
        return ERR_FAULT;
    }
    memcpy(dst, (const void *)(uintptr_t)from.v, len);
    return OK;
}

enum status user_copy_out(uaddr_t to, const void *src, size_t len)
{
    if (to.v < PAGE_SIZE || user_range_check(to, len) != OK) {
        return ERR_FAULT;
    }
    memcpy((void *)(uintptr_t)to.v, src, len);
    return OK;
}
