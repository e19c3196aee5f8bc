// SPDX-License-Identifier: MIT
// How much memory the file tree may take, so that a program that writes or creates without end gets
// an error instead of all memory.
#include <mm/commit.h>

#include "ram.h"

struct budget {
    uint64_t used; /* bytes; atomic */
    uint64_t limit;
};

static struct budget data_budget;
static struct budget meta_budget;

static bool take(struct budget *budget, uint64_t len)
{
    uint64_t used = __atomic_add_fetch(&budget->used, len, __ATOMIC_RELAXED);

    if (used <= budget->limit) {
        return true;
    }
    __atomic_sub_fetch(&budget->used, len, __ATOMIC_RELAXED);
    return false;
}

void ram_budget_init(uint64_t data_limit, uint64_t meta_limit)
{
    data_budget.limit = data_limit;
    meta_budget.limit = meta_limit;
}

enum status ram_budget_take_data(uint64_t len)
{
    if (!take(&data_budget, len)) {
        return ERR_NOSPC;
    }
    if (!commit_take(&quota_root, len, 0)) {
        __atomic_sub_fetch(&data_budget.used, len, __ATOMIC_RELAXED);
        return ERR_NOMEM;
    }
    return OK;
}

bool ram_budget_take_meta(uint64_t len)
{
    return take(&meta_budget, len);
}

void ram_budget_return_data(uint64_t len)
{
    __atomic_sub_fetch(&data_budget.used, len, __ATOMIC_RELAXED);
    commit_return(&quota_root, len);
}

void ram_budget_return_meta(uint64_t len)
{
    __atomic_sub_fetch(&meta_budget.used, len, __ATOMIC_RELAXED);
}

void ram_budget_read(struct fs_usage *out)
{
    *out = (struct fs_usage){
        .data = __atomic_load_n(&data_budget.used, __ATOMIC_RELAXED),
        .data_limit = data_budget.limit,
        .names = __atomic_load_n(&meta_budget.used, __ATOMIC_RELAXED),
        .names_limit = meta_budget.limit,
    };
}
