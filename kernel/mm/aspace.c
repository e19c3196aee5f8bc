// SPDX-License-Identifier: MIT
// Address spaces: creation, new mappings, choice of addresses, queries. Changes of existing
// mappings are in aspace_edit.c, page faults and the filling of pages in aspace_fault.c.
//
// Addresses: each address space has a random area of 512 GiB (one entry of the top-level page
// table, so that few page tables are needed). Mappings without a hint grow down from a random place
// in it; programs and stacks get a place of their own, at random.
#include "vma.h"
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/random.h>

#define AREA_SIZE (512ull << 30)
#define TOP_RANDOM_PAGES (1ull << 26) /* mappings start within the highest 256 GiB of the area */
#define RANDOM_TRIES 16u
#define RANDOM_MARGIN (64 * PAGE_SIZE) /* to other mappings, on both sides */

enum status aspace_create(struct aspace *as, uint64_t mapped_limit)
{
    enum status status;
    uint64_t area;

    memset(as, 0, sizeof(*as));
    spin_init(&as->lock);
    tree_init(&as->ranges);
    area =
        AREA_SIZE * (1 + random_below(COCO_USER_END / AREA_SIZE - 2)); /* neither first nor last */
    as->area_low = area;
    as->map_top = area + AREA_SIZE - PAGE_SIZE * random_below(TOP_RANDOM_PAGES);
    as->mapped_limit = mapped_limit != 0 ? mapped_limit : page_total_count() * PAGE_SIZE;
    as->quota = &quota_root;
    status = arch_as_create(&as->arch);
    return status;
}

void aspace_set_quota(struct aspace *as, struct quota *quota)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);

    if (quota != as->quota) {
        quota_move(as->quota, quota, QUOTA_MEMORY,
                   as->promised_len + as->tables_charged * PAGE_SIZE);
        as->quota = quota;
    }
    spin_unlock_irqrestore(&as->lock, flags);
}

struct quota *aspace_quota(struct aspace *as)
{
    struct quota *quota = &quota_root;
    irqflags_t flags;

    if (as == NULL) {
        quota_get(quota);
        return quota;
    }
    flags = spin_lock_irqsave(&as->lock);
    quota = as->quota;
    quota_get(quota);
    spin_unlock_irqrestore(&as->lock, flags);
    return quota;
}

enum status aspace_make_shared(struct aspace *as, uint64_t length, struct backing **out)
{
    struct quota *quota;
    uint64_t own;
    enum status status;

    *out = NULL;
    if (!checked_align_up(length, PAGE_SIZE, &length)) {
        return ERR_INVAL;
    }
    quota = aspace_quota(as);
    own = __atomic_load_n(&as->mapped_len, __ATOMIC_RELAXED);
    status = shared_memory_create(quota, length / PAGE_SIZE, own, out);
    quota_put(quota);
    return status;
}

void aspace_count(struct aspace *as, struct aspace_pages *pages)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);

    *pages = (struct aspace_pages){as->resident_pages, as->resident_most};
    spin_unlock_irqrestore(&as->lock, flags);
}

void aspace_set_limit(struct aspace *as, uint64_t mapped_limit)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);

    as->mapped_limit = mapped_limit;
    spin_unlock_irqrestore(&as->lock, flags);
}

void aspace_clear(struct aspace *as)
{
    enum status status;

    as->ending = true;
    status = aspace_unmap(as, uaddr(0), COCO_USER_END);
    CHECK(status == OK,
          "cannot clear an address space"); /* nothing is split, so nothing can fail */
}

void aspace_destroy(struct aspace *as)
{
    CHECK(tree_empty(&as->ranges) && as->resident_pages == 0, "address space is not empty");
    arch_as_destroy(&as->arch);
    vma_tables_gone_locked(as, as->table_count); /* nobody else knows of it any more */
}

/// Random aligned place for `length` bytes in [low, high) that keeps a margin to all mappings.
static bool choose_random_locked(struct aspace *as, uint64_t length, uint64_t align, uint64_t *out)
{
    uint64_t room = AREA_SIZE - 2 * RANDOM_MARGIN;

    if (length > room || align > room - length) {
        return false;
    }
    for (unsigned i = 0; i < RANDOM_TRIES; i++) {
        uint64_t offset = random_below((room - length) / PAGE_SIZE) * PAGE_SIZE;
        uint64_t start = align_down(as->area_low + RANDOM_MARGIN + offset, align);

        if (start >= as->area_low + RANDOM_MARGIN &&
            range_is_free(&as->ranges, start - RANDOM_MARGIN, start + length + RANDOM_MARGIN)) {
            *out = start;
            return true;
        }
    }
    return false;
}

/// Choose a free range for a request without a fixed address.
static enum status choose_locked(struct aspace *as, const struct map_request *request,
                                 uint64_t length, uint64_t *out)
{
    struct range_search search = {
        .low = as->area_low,
        .high = as->map_top,
        .len = length,
        .align = request->align != 0 ? request->align : PAGE_SIZE,
    };
    uint64_t hint = align_down(request->hint, PAGE_SIZE);
    uint64_t end;

    if (hint >= ASPACE_USER_MIN && is_aligned(hint, search.align) &&
        checked_add(hint, length, &end) && end <= COCO_USER_END &&
        range_is_free(&as->ranges, hint, end)) {
        *out = hint;
        return OK;
    }
    if ((request->flags & ASPACE_RANDOM) != 0 &&
        choose_random_locked(as, length, search.align, out)) {
        return OK;
    }
    if (range_find_free(&as->ranges, &search, out)) {
        return OK;
    }
    search.low = ASPACE_USER_MIN; /* the area is full: anywhere */
    search.high = COCO_USER_END;
    return range_find_free(&as->ranges, &search, out) ? OK : ERR_NOMEM;
}

/// Bytes in [start, end) that count as mapped.
static uint64_t mapped_in_locked(const struct aspace *as, uint64_t start, uint64_t end)
{
    struct vma *vma = vma_at_or_after(as, start);
    uint64_t sum = 0;

    for (; vma != NULL && vma->range.start < end; vma = vma_next(vma)) {
        if ((vma->flags & VMA_COUNTED) != 0) {
            sum += MIN(vma->range.end, end) - MAX(vma->range.start, start);
        }
    }
    return sum;
}

/// True if a new range counts: memory to be shared does whatever access there is, as all of it has
/// been promised.
static bool counts_from_start(const struct map_request *request)
{
    bool memory = (request->flags & (ASPACE_SHARED | ASPACE_FILE)) == ASPACE_SHARED;

    return memory || vma_counts(request->prot, request->flags);
}

/// Limits for a new range; with FIXED what it replaces is taken off.
static enum status check_limits_locked(const struct aspace *as, const struct map_request *request,
                                       uint64_t start, uint64_t end)
{
    uint64_t mapped = as->mapped_len;

    if (as->vma_count >= ASPACE_VMA_MAX) {
        return ERR_NOMEM;
    }
    if (!counts_from_start(request)) {
        return OK;
    }
    if ((request->flags & ASPACE_FIXED) != 0) {
        mapped -= mapped_in_locked(as, start, end);
    }
    return mapped <= as->mapped_limit && end - start <= as->mapped_limit - mapped ? OK : ERR_NOMEM;
}

/// Insert `vma` for the request. ERR_BUSY: with FIXED, something has to be unmapped first.
static enum status map_locked(struct aspace *as, const struct map_request *request, struct vma *vma,
                              uint64_t length)
{
    uint64_t start = request->hint;
    enum status status = OK;

    if ((request->flags & (ASPACE_FIXED | ASPACE_NOREPLACE)) == 0) {
        status = choose_locked(as, request, length, &start);
    }
    if (status == OK) {
        status = check_limits_locked(as, request, start, start + length);
    }
    if (status == OK && !range_is_free(&as->ranges, start, start + length)) {
        status = (request->flags & ASPACE_NOREPLACE) != 0 ? ERR_EXIST : ERR_BUSY;
    }
    if (status != OK) {
        return status;
    }
    vma->range.start = start;
    vma->range.end = start + length;
    vma->prot = request->prot;
    vma->flags = request->flags & VMA_FLAGS;
    vma->flags |= counts_from_start(request) ? VMA_COUNTED : 0;
    vma->index = request->index;
    vma->mapping = ++as->mapping_serial;
    if (!commit_take(as->quota, vma_promised_len(vma), as->mapped_len)) {
        return ERR_NOMEM;
    }
    vma_insert_locked(as, vma);
    commit_return(as->quota, vma_promised_len(vma)); /* the range stands for it now */
    return OK;
}

static enum status check_request(const struct map_request *request, uint64_t *length)
{
    bool fixed = (request->flags & (ASPACE_FIXED | ASPACE_NOREPLACE)) != 0;
    uint64_t end;

    if (request->length == 0 || !prot_is_valid(request->prot) ||
        !checked_align_up(request->length, PAGE_SIZE, length) || *length > COCO_USER_END) {
        return ERR_INVAL;
    }
    if (request->align != 0 && (request->align < PAGE_SIZE || !is_power_of_two(request->align))) {
        return ERR_INVAL;
    }
    if (fixed && request->hint < PAGE_SIZE) {
        return ERR_INVAL; /* the page at 0 stays unmapped: it catches null pointers */
    }
    return fixed ? user_pages_check(request->hint, *length, &end) : OK;
}

enum status aspace_map(struct aspace *as, const struct map_request *request, uaddr_t *out)
{
    uint64_t length;
    struct vma *vma;
    enum status status = check_request(request, &length);

    *out = uaddr(0);
    if (status != OK) {
        return status;
    }
    status = kzalloc_object(&vma);
    if (status != OK) {
        return status;
    }
    vma->backing = request->backing;
    backing_get(vma->backing);
    for (;;) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);

        status = map_locked(as, request, vma, length);
        *out = uaddr(vma->range.start);
        spin_unlock_irqrestore(&as->lock, flags);
        if (status != ERR_BUSY) {
            break;
        }
        status = aspace_unmap(as, uaddr(request->hint), length);
        if (status != OK) {
            break;
        }
    }
    if (status != OK) {
        *out = uaddr(0);
        vma_free(vma);
    }
    return status;
}

enum status aspace_make_room(struct aspace *as, const struct map_request *request)
{
    uint64_t start = request->hint;
    uint64_t length;
    enum status status = check_request(request, &length);

    if (status == OK) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);

        status = check_limits_locked(as, request, start, start + length);
        spin_unlock_irqrestore(&as->lock, flags);
    }
    return status == OK ? aspace_unmap(as, uaddr(start), length) : status;
}

enum status aspace_choose_base(struct aspace *as, uint64_t length, uint64_t align, uaddr_t *out)
{
    struct map_request request = {.length = length, .align = align, .flags = ASPACE_RANDOM};
    irqflags_t flags;
    uint64_t start = 0;
    enum status status = check_request(&request, &length);

    if (status == OK) {
        flags = spin_lock_irqsave(&as->lock);
        status = choose_locked(as, &request, length, &start);
        spin_unlock_irqrestore(&as->lock, flags);
    }
    *out = uaddr(start);
    return status;
}

enum status aspace_query(struct aspace *as, uaddr_t address, unsigned *prot)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    struct vma *vma = vma_find(as, address.v);

    *prot = vma != NULL ? vma->prot : 0;
    spin_unlock_irqrestore(&as->lock, flags);
    return vma != NULL ? OK : ERR_FAULT;
}
