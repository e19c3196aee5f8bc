// SPDX-License-Identifier: MIT
#include <abi/types.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/quota.h>

#define KERNEL_SHARE 16u            /* one part of memory in so many is the kernel's */
#define MEMORY_PER_TASK (64u << 10) /* of memory for each thread and each process there may be */

struct quota quota_root = {
    .refs = 1,
    .limit = {QUOTA_NONE, QUOTA_NONE, QUOTA_NONE},
};

enum status quota_create(struct quota *parent, struct quota **out)
{
    struct quota *quota;
    enum status status;

    *out = NULL;
    if (parent->depth + 1 >= QUOTA_DEPTH_MAX) {
        return ERR_AGAIN;
    }
    status = kzalloc_object(&quota);
    if (status != OK) {
        return status;
    }
    quota->refs = 1;
    quota->depth = parent->depth + 1;
    quota->parent = parent;
    quota_get(parent);
    for (unsigned kind = 0; kind < QUOTA_KIND_COUNT; kind++) {
        quota->limit[kind] = QUOTA_NONE;
    }
    *out = quota;
    return OK;
}

void quota_get(struct quota *quota)
{
    if (quota != NULL) {
        uint32_t before = __atomic_fetch_add(&quota->refs, 1, __ATOMIC_RELAXED);

        CHECK(before != 0 && before != UINT32_MAX, "reference to a quota that is gone");
    }
}

void quota_put(struct quota *quota)
{
    while (quota != NULL && __atomic_sub_fetch(&quota->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        struct quota *parent = quota->parent;

        for (unsigned kind = 0; kind < QUOTA_KIND_COUNT; kind++) {
            CHECK(quota->used[kind] == 0, "quota freed while it is in use");
        }
        kfree(quota);
        quota = parent; /* whose reference this quota had */
    }
}

uint64_t quota_limit(const struct quota *quota, enum quota_kind kind)
{
    uint64_t pages = page_total_count();

    if (quota != &quota_root) {
        return __atomic_load_n(&quota->limit[kind], __ATOMIC_RELAXED);
    }
    return kind == QUOTA_MEMORY ? (pages - pages / KERNEL_SHARE) * PAGE_SIZE
                                : pages * PAGE_SIZE / MEMORY_PER_TASK;
}

uint64_t quota_used(const struct quota *quota, enum quota_kind kind)
{
    return __atomic_load_n(&quota->used[kind], __ATOMIC_RELAXED);
}

uint64_t quota_most(const struct quota *quota)
{
    return __atomic_load_n(&quota->memory_most, __ATOMIC_RELAXED);
}

/* Percent of the limit at which a level begins, and under which it ends. */
static const struct {
    uint8_t up;
    uint8_t down;
} levels[] = {[COCO_PRESSURE_SOME] = {75, 70}, [COCO_PRESSURE_HIGH] = {90, 85}};

static uint32_t next_level(const struct quota *quota, uint32_t level)
{
    uint64_t limit = quota_limit(quota, QUOTA_MEMORY);
    uint64_t used = quota_used(quota, QUOTA_MEMORY);
    uint64_t percent = limit / 100;

    if (limit == QUOTA_NONE) {
        return COCO_PRESSURE_NONE;
    }
    while (level < COCO_PRESSURE_HIGH && used >= percent * levels[level + 1].up) {
        level++;
    }
    while (level > COCO_PRESSURE_NONE && used < percent * levels[level].down) {
        level--;
    }
    return level;
}

/* Whoever changes something looks afterwards, and once more after a store: the last one to look has
 * seen all changes. */
static __noinline void update_level(struct quota *quota)
{
    uint32_t level = __atomic_load_n(&quota->level, __ATOMIC_SEQ_CST);
    uint32_t next;

    while ((next = next_level(quota, level)) != level) {
        if (__atomic_compare_exchange_n(&quota->level, &level, next, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST)) {
            if (next > level) {
                quota_level_rose();
            }
            level = next;
        }
    }
}

static inline void changed(struct quota *quota, enum quota_kind kind)
{
    if (unlikely(__atomic_load_n(&quota->watchers, __ATOMIC_RELAXED) != 0) &&
        kind == QUOTA_MEMORY) {
        update_level(quota);
    }
}

void quota_watch(struct quota *quota)
{
    for (; quota != NULL; quota = quota->parent) {
        __atomic_fetch_add(&quota->watchers, 1, __ATOMIC_SEQ_CST);
        update_level(quota);
    }
}

void quota_unwatch(struct quota *quota)
{
    for (; quota != NULL; quota = quota->parent) {
        __atomic_fetch_sub(&quota->watchers, 1, __ATOMIC_RELAXED);
    }
}

uint32_t quota_level(const struct quota *quota)
{
    return __atomic_load_n(&quota->level, __ATOMIC_SEQ_CST);
}

uint32_t quota_highest_level(const struct quota *quota)
{
    uint32_t highest = COCO_PRESSURE_NONE;

    for (; quota != NULL; quota = quota->parent) {
        uint32_t level = quota_level(quota);

        highest = MAX(highest, level);
    }
    return highest;
}

void quota_set_limit(struct quota *quota, enum quota_kind kind, uint64_t limit)
{
    CHECK(quota != &quota_root, "the machine's quota has no limit of its own");
    __atomic_store_n(&quota->limit[kind], limit, __ATOMIC_SEQ_CST);
    changed(quota, kind);
}

/* After `used` of a kind were reached. */
static inline void grew(struct quota *quota, enum quota_kind kind, uint64_t used)
{
    uint64_t most = __atomic_load_n(&quota->memory_most, __ATOMIC_RELAXED);

    while (kind == QUOTA_MEMORY && used > most &&
           !__atomic_compare_exchange_n(&quota->memory_most, &most, used, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
}

/* `*reached`: what is used then. */
static bool take_here(struct quota *quota, enum quota_kind kind, uint64_t count, uint64_t *reached)
{
    uint64_t limit = quota_limit(quota, kind);
    uint64_t used = quota_used(quota, kind);

    do {
        if (used > limit || count > limit - used) {
            return false;
        }
    } while (!__atomic_compare_exchange_n(&quota->used[kind], &used, used + count, true,
                                          __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    *reached = used + count;
    changed(quota, kind);
    return true;
}

static void return_here(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    uint64_t before = __atomic_fetch_sub(&quota->used[kind], count, __ATOMIC_SEQ_CST);

    CHECK(before >= count, "more is given back than was taken");
    changed(quota, kind);
}

bool quota_take(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    uint64_t reached[QUOTA_DEPTH_MAX]; /* by depth */

    for (struct quota *at = quota; at != NULL; at = at->parent) {
        if (!take_here(at, kind, count, &reached[at->depth])) {
            for (struct quota *undo = quota; undo != at; undo = undo->parent) {
                return_here(undo, kind, count);
            }
            return false;
        }
    }
    for (struct quota *at = quota; at != NULL; at = at->parent) {
        grew(at, kind, reached[at->depth]);
    }
    return true;
}

void quota_add(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    for (; quota != NULL; quota = quota->parent) {
        __atomic_fetch_add(&quota->used[kind], count, __ATOMIC_SEQ_CST);
        changed(quota, kind);
    }
}

void quota_return(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    for (; quota != NULL; quota = quota->parent) {
        return_here(quota, kind, count);
    }
}

void quota_move(struct quota *from, struct quota *to, enum quota_kind kind, uint64_t count)
{
    quota_add(to, kind, count);
    quota_return(from, kind, count);
    grew(to, kind, quota_used(to, kind));
}
