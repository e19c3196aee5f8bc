// SPDX-License-Identifier: MIT
// The way from a backing to its operations, and the one type that is mm's own: shared memory.
#include <arch/spinlock.h>
#include <base/check.h>
#include <mm/backing.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/page_map.h>

struct shared_memory {
    struct backing backing;
    uint32_t refs;        /* atomic */
    struct spinlock lock; /* guards pages; comes after the lock of an address space */
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

enum status shared_memory_create(struct backing **out)
{
    struct shared_memory *memory;
    enum status status = kzalloc_object(&memory);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    memory->backing.type = BACKING_SHARED_MEMORY;
    memory->refs = 1;
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
        (void)page_map_cut(&memory->pages, 0);
        kfree(memory);
    }
}

static enum status shared_memory_page(struct backing *backing, uint64_t index, bool write,
                                      paddr_t *out)
{
    struct shared_memory *memory = shared_memory_of(backing);
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    enum status status = OK;

    (void)write;
    *out = page_map_find(&memory->pages, index);
    if (out->v == 0) {
        status = index < PAGE_MAP_INDEX_END ? page_alloc_zeroed(out) : ERR_NOMEM;
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
    (void)backing;
    (void)index;
    return false;
}

void shared_memory_cut(struct backing *backing, uint64_t first, uint32_t refs)
{
    struct shared_memory *memory = shared_memory_of(backing);
    irqflags_t flags;

    if (backing->type != BACKING_SHARED_MEMORY ||
        __atomic_load_n(&memory->refs, __ATOMIC_ACQUIRE) > refs) {
        return;
    }
    flags = spin_lock_irqsave(&memory->lock);
    (void)page_map_cut(&memory->pages, first);
    spin_unlock_irqrestore(&memory->lock, flags);
}

const struct backing_ops shared_memory_ops = {
    .get = shared_memory_get,
    .put = shared_memory_put,
    .page = shared_memory_page,
    .is_beyond = shared_memory_is_beyond,
};
