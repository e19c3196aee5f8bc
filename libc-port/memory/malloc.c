// SPDX-License-Identifier: MIT
// malloc and its relatives: a cache of small blocks for each thread, in front of newlib's
// allocator, so that the usual case takes no lock. A cached block is in use as newlib sees it.
//
// Hardening: the link of a cached block is encoded with a secret of the process, and a mark beside
// it tells a block that is freed twice or written to after free. A block that does not look like
// one of newlib's, or that newlib has as free, ends the process. docs/decisions/0008-malloc.md has
// the figures.
#include <errno.h>
#include <malloc.h>
#include <reent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../private/large_block.h"
#include "../private/start.h"
#include "../private/thread_cache.h"

/* newlib's block: a header of one word, size with flags, right before the memory handed out. */
#define UNIT 16u
#define HEADER sizeof(uint64_t)
#define SMALLEST 32u /* block with its header, bytes */
#define IN_USE 1u    /* in the header behind a block: that block is in use */
#define SIZE_MASK (~(uint64_t)7)

#define CLASSES 64u /* SMALLEST, then steps of UNIT */
#define LARGEST_REQUEST (SMALLEST + (CLASSES - 1) * UNIT - HEADER) /* bytes */
#define BYTES_PER_CLASS 4096u
#define FEWEST_PER_CLASS 4u

#define SECRET_AT 16u /* of the start block's random bytes; canary and heap have those before */

/* newlib's heap is cut when this much is free at its end; its own 128 KiB is a resize for each
 * large block. */
#define TRIM_THRESHOLD (2ul * 1024 * 1024)

extern unsigned long __malloc_trim_threshold;

struct link {
    uintptr_t next; /* encoded */
    uintptr_t mark;
};

struct cache {
    struct link *head[CLASSES];
    uint8_t room[CLASSES]; /* how many more blocks may come in; all 0 before the first free */
    uintptr_t secret;      /* 0: not set up */
    bool ended;            /* the thread is about to end; nothing is kept any more */
};

static _Thread_local struct cache cache;
static uintptr_t process_secret;

static inline uintptr_t mark_of(const struct link *link)
{
    return ~(cache.secret + (uintptr_t)link);
}

static inline uintptr_t encode(const struct link *link, uintptr_t next)
{
    return next ^ cache.secret ^ ((uintptr_t)link << 17);
}

static inline unsigned class_of_request(size_t size)
{
    return size <= SMALLEST - HEADER ? 0 : (unsigned)((size + HEADER - SMALLEST + UNIT - 1) / UNIT);
}

static inline void *take(unsigned class)
{
    struct link *link = cache.head[class];
    if (link->mark != mark_of(link)) {
        __coco_die("malloc: a block was written to after free");
    }
    cache.head[class] = (struct link *)encode(link, link->next);
    cache.room[class]++;
    link->next = 0; // neither tells the secret to a program that prints what it did not write
    link->mark = 0;
    return link;
}

void *malloc(size_t size)
{
    if (size <= LARGEST_REQUEST) {
        unsigned class = class_of_request(size);
        if (cache.head[class]) {
            return take(class);
        }
    } else if (size > COCO_LARGEST_SHARED) {
        return __coco_large_block(size, UNIT);
    }
    return _malloc_r(_REENT, size);
}

void *calloc(size_t count, size_t size)
{
    size_t len;
    if (__builtin_mul_overflow(count, size, &len)) {
        errno = ENOMEM;
        return NULL;
    }
    if (len <= LARGEST_REQUEST) {
        unsigned class = class_of_request(len);
        if (cache.head[class]) {
            return memset(take(class), 0, len);
        }
    } else if (len > COCO_LARGEST_SHARED) {
        return __coco_large_block(len, UNIT);
    }
    return _calloc_r(_REENT, 1, len); // knows which memory is still zero
}

static uintptr_t make_secret(void)
{
    uintptr_t fresh = __stack_chk_guard * 0x9e3779b97f4a7c15u; // upstream's kernel has no block
    if (__coco_start_block) {
        memcpy(&fresh, __coco_start_block->random + SECRET_AT, sizeof(fresh));
    }
    return fresh | 1;
}

static void set_up(void)
{
    uintptr_t secret = 0;
    uintptr_t fresh = make_secret();
    // The first thread's secret serves all: a block may be freed by another than took it.
    if (__atomic_compare_exchange_n(&process_secret, &secret, fresh, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        secret = fresh;
        __malloc_trim_threshold = TRIM_THRESHOLD;
    }
    cache.secret = secret;
    for (unsigned class = 0; class < CLASSES; class ++) {
        unsigned count = BYTES_PER_CLASS / (SMALLEST + class * UNIT);
        cache.room[class] = (uint8_t)(count < FEWEST_PER_CLASS ? FEWEST_PER_CLASS : count);
    }
}

/// Size of a block with its header. Ends the process if the memory is no block in use.
static inline uint64_t block_size(const void *memory)
{
    const uint64_t *header = (const uint64_t *)memory - 1;
    uint64_t size = *header & SIZE_MASK;
    if (((uintptr_t)memory & (UNIT - 1)) != 0 || (size & (UNIT - 1)) != 0 || size < SMALLEST ||
        size > PTRDIFF_MAX) {
        __coco_die("free: not the address of a block, or its header was overwritten");
    }
    const uint64_t *behind = (const uint64_t *)((const char *)header + size);
    // Its other bits may change in another thread's hands, this one does not.
    if ((__atomic_load_n(behind, __ATOMIC_RELAXED) & IN_USE) == 0) {
        __coco_die("free: the block is free already, or the memory behind it was overwritten");
    }
    return size;
}

static inline void check_not_kept(const struct link *link)
{
    if (link->mark == mark_of(link)) {
        __coco_die("free: the block is free already");
    }
}

static inline void keep(struct link *link, unsigned class)
{
    link->next = encode(link, (uintptr_t)cache.head[class]);
    link->mark = mark_of(link);
    cache.head[class] = link;
    cache.room[class]--;
}

// A small block for which the thread has no room, or which is its first.
static void free_unkept(void *memory, unsigned class)
{
    if (!cache.ended) {
        bool first = cache.secret == 0;
        if (first) {
            set_up();
        }
        check_not_kept(memory);
        if (first) {
            keep(memory, class);
            return;
        }
    }
    _free_r(_REENT, memory);
}

void free(void *memory)
{
    if (!memory) {
        return;
    }
    uint64_t size = block_size(memory);
    if (size > LARGEST_REQUEST + HEADER) {
        if (__coco_is_large_block(memory, size)) {
            __coco_large_block_free(memory);
        } else {
            _free_r(_REENT, memory);
        }
        return;
    }
    unsigned class = (unsigned)((size - SMALLEST) / UNIT);
    if (cache.room[class] > 0) {
        check_not_kept(memory);
        keep(memory, class);
        return;
    }
    free_unkept(memory, class);
}

/* A new block with what the old one has, of `usable` bytes. */
static void *move(void *memory, size_t usable, size_t size)
{
    void *moved = malloc(size);
    if (moved) {
        memcpy(moved, memory, usable < size ? usable : size);
        free(memory);
    }
    return moved;
}

void *realloc(void *memory, size_t size)
{
    if (!memory) {
        return malloc(size);
    }
    uint64_t block = block_size(memory);
    if (size > COCO_LARGEST_SHARED || __coco_is_large_block(memory, block)) {
        return move(memory, block - HEADER, size); // newlib's returns with its lock held
    }
    return _realloc_r(_REENT, memory, size);
}

void __coco_thread_cache_end(void)
{
    cache.ended = true;
    for (unsigned class = 0; class < CLASSES; class ++) {
        cache.room[class] = 0;
        while (cache.head[class]) {
            void *memory = take(class);
            cache.room[class] = 0;
            _free_r(_REENT, memory);
        }
    }
    cache.secret = 0;
}
