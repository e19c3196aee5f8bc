// SPDX-License-Identifier: MIT
#include <arch/spinlock.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/page_map.h>
#include <mm/sized_memory.h>

_Static_assert(COCO_MEMORY_MAX / PAGE_SIZE <= PAGE_MAP_INDEX_END, "each page has an index");

struct sized_memory {
    struct backing reader;
    struct backing writer; /* the same, for mappings that may store */
    uint32_t refs;         /* atomic: the owner's, and one for each mapping */
    uint32_t writers;      /* atomic: references through `writer` */
    struct quota *quota;   /* a reference */
    struct spinlock lock;  /* guards the rest; comes after the lock of an address space */
    bool cutting;          /* pages behind the end are going */
    uint32_t seals;
    uint64_t page_count;
    struct page_map pages;
};

static struct sized_memory *memory_of(struct backing *backing)
{
    return backing->type == BACKING_SIZED_WRITER
               ? container_of(backing, struct sized_memory, writer)
               : container_of(backing, struct sized_memory, reader);
}

static bool pages_of(uint64_t length, uint64_t *count)
{
    *count = div_round_up(length, PAGE_SIZE);
    return length <= COCO_MEMORY_MAX;
}

enum status sized_memory_create(struct quota *quota, uint64_t length, struct sized_memory **out)
{
    struct sized_memory *memory;
    uint64_t count;

    if (!pages_of(length, &count)) {
        return ERR_INVAL;
    }
    enum status status = kzalloc_object(&memory);
    if (status != OK) {
        return status;
    }
    if (!commit_take(quota, count * PAGE_SIZE, 0)) {
        kfree(memory);
        return ERR_NOMEM;
    }
    quota_get(quota);
    memory->quota = quota;
    memory->reader.type = BACKING_SIZED;
    memory->writer.type = BACKING_SIZED_WRITER;
    memory->refs = 1;
    memory->page_count = count;
    spin_init(&memory->lock);
    *out = memory;
    return OK;
}

static void add_reference(uint32_t *count)
{
    CHECK(__atomic_fetch_add(count, 1, __ATOMIC_RELAXED) != UINT32_MAX,
          "too many references to memory");
}

/* Drops the pages behind the memory's length, in steps. */
static void cut(struct sized_memory *memory)
{
    bool more = true;

    while (more) {
        irqflags_t flags = spin_lock_irqsave(&memory->lock);
        uint64_t freed;

        /* The length stays while `cutting`. */
        more = page_map_cut_some(&memory->pages, memory->page_count, &freed);
        memory->cutting = more;
        spin_unlock_irqrestore(&memory->lock, flags);
        if (more) {
            sched_check();
        }
    }
}

static void put(struct sized_memory *memory)
{
    uint32_t after = __atomic_sub_fetch(&memory->refs, 1, __ATOMIC_ACQ_REL);

    CHECK(after != UINT32_MAX, "a reference to memory was given back twice");
    if (after == 0) {
        uint64_t count = memory->page_count;

        memory->page_count = 0;
        cut(memory);
        commit_return(memory->quota, count * PAGE_SIZE);
        quota_put(memory->quota);
        kfree(memory);
    }
}

void sized_memory_put(struct sized_memory *memory)
{
    put(memory);
}

/* Decides about a new length, and promises what it adds. Locked. */
static enum status resize_locked(struct sized_memory *memory, uint64_t count)
{
    if ((memory->seals & COCO_MEMORY_SEAL_RESIZE) != 0) {
        return ERR_PERM;
    }
    if (memory->cutting ||
        (count < memory->page_count && __atomic_load_n(&memory->refs, __ATOMIC_ACQUIRE) != 1)) {
        return ERR_BUSY;
    }
    if (count > memory->page_count &&
        !commit_take(memory->quota, (count - memory->page_count) * PAGE_SIZE,
                     memory->page_count * PAGE_SIZE)) {
        return ERR_NOMEM;
    }
    memory->cutting = count < memory->page_count;
    memory->page_count = count;
    return OK;
}

enum status sized_memory_resize(struct sized_memory *memory, uint64_t length)
{
    uint64_t count;
    uint64_t before;

    if (!pages_of(length, &count)) {
        return ERR_INVAL;
    }
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    before = memory->page_count;
    enum status status = resize_locked(memory, count);
    spin_unlock_irqrestore(&memory->lock, flags);
    if (status == OK && count < before) {
        cut(memory);
        commit_return(memory->quota, (before - count) * PAGE_SIZE);
    }
    return status;
}

enum status sized_memory_seal(struct sized_memory *memory, uint32_t seals, uint32_t *before)
{
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    uint32_t added = seals & ~memory->seals;
    enum status status = OK;

    *before = memory->seals;
    if (added != 0 && (memory->seals & COCO_MEMORY_SEAL_SEAL) != 0) {
        status = ERR_PERM;
    } else if ((added & COCO_MEMORY_SEAL_WRITE) != 0 &&
               __atomic_load_n(&memory->writers, __ATOMIC_ACQUIRE) != 0) {
        status = ERR_BUSY;
    } else {
        memory->seals |= seals;
    }
    spin_unlock_irqrestore(&memory->lock, flags);
    return status;
}

void sized_memory_info(struct sized_memory *memory, struct coco_memory_info *out)
{
    irqflags_t flags = spin_lock_irqsave(&memory->lock);

    *out = (struct coco_memory_info){
        .length = memory->page_count * PAGE_SIZE,
        .resident = memory->pages.count * PAGE_SIZE,
        .seals = memory->seals,
        .mappings = __atomic_load_n(&memory->refs, __ATOMIC_RELAXED) - 1,
    };
    spin_unlock_irqrestore(&memory->lock, flags);
}

enum status sized_memory_backing(struct sized_memory *memory, bool write, bool exec,
                                 struct backing **out)
{
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    bool sealed = (memory->seals & COCO_MEMORY_SEAL_WRITE) != 0;
    enum status status = (write && sealed) || (exec && !sealed) ? ERR_PERM : OK;

    if (status == OK) {
        *out = write ? &memory->writer : &memory->reader;
        backing_get(*out);
    }
    spin_unlock_irqrestore(&memory->lock, flags);
    return status;
}

static void reader_get(struct backing *backing)
{
    add_reference(&memory_of(backing)->refs);
}

static void reader_put(struct backing *backing)
{
    put(memory_of(backing));
}

static void writer_get(struct backing *backing)
{
    add_reference(&memory_of(backing)->writers);
    reader_get(backing);
}

static void writer_put(struct backing *backing)
{
    CHECK(__atomic_fetch_sub(&memory_of(backing)->writers, 1, __ATOMIC_RELEASE) != 0,
          "a writer of memory went twice");
    reader_put(backing);
}

/* The page at `index`, made if there is none. Locked. */
static enum status page_locked(struct sized_memory *memory, uint64_t index, paddr_t *out)
{
    enum status status;

    if (index >= memory->page_count) {
        return ERR_IO;
    }
    *out = page_map_find(&memory->pages, index);
    if (out->v != 0) {
        return OK;
    }
    status = page_alloc_zeroed(out);
    if (status == OK) {
        status = page_map_insert(&memory->pages, index, *out);
        if (status != OK) {
            page_free(*out, 0);
        }
    }
    return status;
}

static enum status memory_page(struct backing *backing, uint64_t index, bool write, paddr_t *out)
{
    struct sized_memory *memory = memory_of(backing);
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    enum status status = page_locked(memory, index, out);

    (void)write;
    if (status == OK) {
        page_ref(*out);
    }
    spin_unlock_irqrestore(&memory->lock, flags);
    return status;
}

static bool memory_is_beyond(struct backing *backing, uint64_t index)
{
    struct sized_memory *memory = memory_of(backing);
    irqflags_t flags = spin_lock_irqsave(&memory->lock);
    bool beyond = index >= memory->page_count;

    spin_unlock_irqrestore(&memory->lock, flags);
    return beyond;
}

const struct backing_ops sized_memory_ops = {
    .get = reader_get,
    .put = reader_put,
    .page = memory_page,
    .is_beyond = memory_is_beyond,
};

const struct backing_ops sized_memory_writer_ops = {
    .get = writer_get,
    .put = writer_put,
    .page = memory_page,
    .is_beyond = memory_is_beyond,
};
