// SPDX-License-Identifier: MIT
#include <base/check.h>
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

void quota_set_limit(struct quota *quota, enum quota_kind kind, uint64_t limit)
{
    CHECK(quota != &quota_root, "the machine's quota has no limit of its own");
    __atomic_store_n(&quota->limit[kind], limit, __ATOMIC_RELAXED);
}

static bool take_here(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    uint64_t limit = quota_limit(quota, kind);
    uint64_t used = quota_used(quota, kind);

    do {
        if (used > limit || count > limit - used) {
            return false;
        }
    } while (!__atomic_compare_exchange_n(&quota->used[kind], &used, used + count, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return true;
}

static void return_here(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    uint64_t before = __atomic_fetch_sub(&quota->used[kind], count, __ATOMIC_RELAXED);

    CHECK(before >= count, "more is given back than was taken");
}

bool quota_take(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    for (struct quota *at = quota; at != NULL; at = at->parent) {
        if (!take_here(at, kind, count)) {
            for (struct quota *undo = quota; undo != at; undo = undo->parent) {
                return_here(undo, kind, count);
            }
            return false;
        }
    }
    return true;
}

void quota_add(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    for (; quota != NULL; quota = quota->parent) {
        __atomic_fetch_add(&quota->used[kind], count, __ATOMIC_RELAXED);
    }
}

void quota_return(struct quota *quota, enum quota_kind kind, uint64_t count)
{
    for (; quota != NULL; quota = quota->parent) {
        return_here(quota, kind, count);
    }
}
