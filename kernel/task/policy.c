// SPDX-License-Identifier: MIT
#include <abi/types.h>
#include <base/check.h>
#include <base/compiler.h>
#include <mm/heap.h>
#include <task/budget.h>
#include <task/policy.h>

enum status policy_create(struct process_policy **out)
{
    enum status status = kzalloc_object(out);

    if (status == OK) {
        (*out)->refs = 1;
        (*out)->handles = COCO_HANDLE_MAX;
        (*out)->memory = COCO_LIMIT_NONE;
        (*out)->tasks = COCO_LIMIT_NONE;
    }
    return status;
}

void policy_narrow(struct process_policy *policy, const struct process_policy *outer)
{
    if (outer == NULL) {
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(policy->calls); i++) {
        policy->calls[i] &= outer->grants[i];
        policy->grants[i] &= outer->grants[i];
    }
    policy->handles = MIN(policy->handles, outer->handles);
    if (policy->budget == NULL) {
        budget_get(outer->budget);
        policy->budget = outer->budget;
    }
}

bool policy_note_refusal(struct process_policy *policy, size_t word, uint32_t index)
{
    uint64_t bit = 1ull << (index % POLICY_INDICES);

    return (__atomic_fetch_or(&policy->refused[word], bit, __ATOMIC_RELAXED) & bit) == 0;
}

bool policy_may_tell(struct process_policy *policy, uint32_t digest, uint64_t now)
{
    uint64_t since = __atomic_load_n(&policy->tell_since, __ATOMIC_RELAXED);

    if (now - since >= POLICY_LINES_NS &&
        __atomic_compare_exchange_n(&policy->tell_since, &since, now, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
        __atomic_store_n(&policy->told, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&policy->last_told, 0, __ATOMIC_RELAXED);
    }
    return __atomic_exchange_n(&policy->last_told, digest, __ATOMIC_RELAXED) != digest &&
           __atomic_fetch_add(&policy->told, 1, __ATOMIC_RELAXED) < POLICY_LINES;
}

void policy_get(struct process_policy *policy)
{
    if (policy != NULL) {
        uint32_t before = __atomic_fetch_add(&policy->refs, 1, __ATOMIC_RELAXED);

        CHECK(before != 0 && before != UINT32_MAX, "reference to a policy that is gone");
    }
}

void policy_put(struct process_policy *policy)
{
    if (policy != NULL && __atomic_sub_fetch(&policy->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        policy_view_put(policy->view);
        budget_put(policy->budget);
        kfree(policy);
    }
}
