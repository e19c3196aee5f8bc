// SPDX-License-Identifier: MIT
// The way from a backing to its operations, and the one type that is mm's own: shared memory.
#include <arch/spinlock.h>
#include <base/check.h>
#include <mm/aspace.h>
#include <mm/backing.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/page_map.h>

struct shared_memory {
    struct backing backing;
    uint32_t refs;        /* atomic */
    struct quota *quota;  /* a reference */
    struct spinlock lock; /* guards the rest; comes after the lock of an address space */
    uint64_t page_count;
    uint64_t promised; /* pages: as many, or more while those behind the end are going */
    struct page_map pages;
};

static struct shared_memory *shared_memory_of(struct backing *backing)
{
    return container_of(backing, struct shared_memory, backing);
}

void backing_get(struct backing *backing)
{
    if (backing != NULL) {
        backing_ops[backing->type]->get(backing);
    }
}

void backing_put(struct backing *backing)
{
    if (backing != NULL) {
        backing_ops[backing->type]->put(backing);
    }
}

enum status shared_memory_create(struct quota *quota, uint64_t pages, uint64_t own,
                                 struct backing **out)
{
    struct shared_memory *memory;
    enum status status = pages <= PAGE_MAP_INDEX_END ? kzalloc_object(&memory) : ERR_NOMEM;

    *out = NULL;
    if (status != OK) {
        return status;
    }
    if (!commit_take(quota, pages * PAGE_SIZE, own)) {
        kfree(memory);
        return ERR_NOMEM;
    }
    quota_get(quota);
    memory->quota = quota;
    memory->backing.type = BACKING_SHARED_MEMORY;
    memory->refs = 1;
    memory->page_count = pages;
    memory->promised = pages;
    spin_init(&memory->lock);
    *out = &memory->backing;
    return OK;
}

static void shared_memory_get(struct backing *backing)
{
    uint32_t before = __atomic_fetch_add(&shared_memory_of(backing)->refs, 1, __ATOMIC_RELAXED);

    CHECK(before != 0 && before != UINT32_MAX, "reference to shared memory that is gone");
}

static void shared_memory_put(struct backing *backing)
{
    struct shared_memory *memory = shared_memory_of(backing);
    uint32_t after = __atomic_sub_fetch(&memory->refs, 1, __ATOMIC_ACQ_REL);

    CHECK(after != UINT32_MAX, "a reference to shared memory was given back twice");
    if (after == 0) {
        memory->page_count = 0;
        shared_memory_trim(backing);
        quota_put(memory->quota);
        kfree(memory);
    }
}

static enum status shared_memory_page(struct backing *backing, uint64_t index, bool write,
                                      paddr_t *out)
{
    struct shared_memory *memory = shared_memory_of(backing);
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    enum status status = index < memory->page_count ? OK : ERR_IO;

    (void)write;
    *out = status == OK ? page_map_find(&memory->pages, index) : paddr(0);
    if (status == OK && out->v == 0) {
        status = page_alloc_zeroed(out);
        if (status == OK) {
            status = page_map_insert(&memory->pages, index, *out);
            if (status != OK) {
                page_free(*out, 0);
            }
        }
    }
    if (status == OK) {
        page_ref(*out);
    }
    spin_unlock_irqrestore(&memory->lock, flags);
    return status;
}

static bool shared_memory_is_beyond(struct backing *backing, uint64_t index)
{
    return index >= __atomic_load_n(&shared_memory_of(backing)->page_count, __ATOMIC_RELAXED);
}

enum status shared_memory_grow(struct backing *backing, uint64_t first, uint64_t pages,
                               uint64_t own)
{
    struct shared_memory *memory = shared_memory_of(backing);
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    uint64_t before = memory->page_count;
    enum status status = OK;

    /* Where pages are, or are going, new ones in their place would show what these hold. */
    if (page_map_next(&memory->pages, first) < pages) {
        status = ERR_NOMEM;
    } else if (pages > before && (pages > PAGE_MAP_INDEX_END || memory->promised != before ||
                                  !commit_take(memory->quota, (pages - before) * PAGE_SIZE, own))) {
        status = ERR_NOMEM;
    } else if (pages > before) {
        memory->page_count = pages;
        memory->promised = pages;
    }
    spin_unlock_irqrestore(&memory->lock, flags);
    return status;
}

bool shared_memory_end_at(struct backing *backing, uint64_t first, uint32_t refs)
{
    struct shared_memory *memory = shared_memory_of(backing);
    bool shorter;
    irqflags_t flags;

    if (backing->type != BACKING_SHARED_MEMORY ||
        __atomic_load_n(&memory->refs, __ATOMIC_ACQUIRE) > refs) {
        return false;
    }
    flags = spin_lock_irqsave(&memory->lock);
    shorter = first < memory->page_count;
    if (shorter) {
        memory->page_count = first;
    }
    spin_unlock_irqrestore(&memory->lock, flags);
    return shorter;
}

void shared_memory_trim(struct backing *backing)
{
    struct shared_memory *memory = shared_memory_of(backing);
    uint64_t returned = 0;
    bool more = true;

    while (more) {
        irqflags_t flags = spin_lock_irqsave(&memory->lock);
        uint64_t freed;

        more = page_map_cut_some(&memory->pages, memory->page_count, &freed);
        if (!more) {
            returned = memory->promised - memory->page_count;
            memory->promised = memory->page_count;
        }
        spin_unlock_irqrestore(&memory->lock, flags);
        if (more) {
            sched_check();
        }
    }
    commit_return(memory->quota, returned * PAGE_SIZE);
}

const struct backing_ops shared_memory_ops = {
    .get = shared_memory_get,
    .put = shared_memory_put,
    .page = shared_memory_page,
    .is_beyond = shared_memory_is_beyond,
};
