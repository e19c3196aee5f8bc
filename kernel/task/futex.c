// SPDX-License-Identifier: MIT
// Futexes: a hashed table of wait queues, keyed by (address space, address).
//
// A waiter queues itself first and reads the word afterwards. Who changes the word and then wakes
// either finds the waiter in the queue, or came before it queued, and then the waiter reads the new
// value: no wake-up is lost. A waiter that reads another value but was woken in between hands the
// wake-up on to the next, for which it may have been meant.
#include <base/check.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/user_copy.h>
#include <object/wait.h>
#include <task/futex.h>
#include <task/thread.h>

#define FUTEX_BUCKET_BITS 7u

struct futex_waiter {
    struct waiter waiter;
    const struct aspace *aspace;
    uint64_t address;
};

static struct wait_queue buckets[1u << FUTEX_BUCKET_BITS];

void futex_init(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(buckets); i++) {
        wait_queue_init(&buckets[i]);
    }
}

static struct wait_queue *bucket_of(const struct aspace *aspace, uint64_t address)
{
    /* Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio. */
    uint64_t key = ((uintptr_t)aspace >> 4) + (address >> 2);

    return &buckets[key * 0x9e3779b97f4a7c15ull >> (64 - FUTEX_BUCKET_BITS)];
}

static enum status address_check(uaddr_t address)
{
    if (!is_aligned(address.v, sizeof(uint32_t))) {
        return ERR_INVAL;
    }
    return user_range_check(address, sizeof(uint32_t));
}

static uint32_t wake(const struct aspace *aspace, uint64_t address, uint32_t count)
{
    struct wait_queue *bucket = bucket_of(aspace, address);
    irqflags_t flags = spin_lock_irqsave(&bucket->lock);
    struct waiter *waiter;
    struct waiter *following;
    uint32_t woken = 0;

    list_for_each_entry_safe(waiter, following, &bucket->waiters, link)
    {
        const struct futex_waiter *candidate = container_of(waiter, struct futex_waiter, waiter);

        if (woken == count) {
            break;
        }
        if (candidate->aspace == aspace && candidate->address == address) {
            wait_wake_locked(waiter);
            woken++;
        }
    }
    spin_unlock_irqrestore(&bucket->lock, flags);
    return woken;
}

enum status futex_wait(uaddr_t address, uint32_t expected, uint64_t deadline)
{
    struct futex_waiter self = {.aspace = thread_current()->aspace, .address = address.v};
    enum status status = address_check(address);
    uint32_t value = 0;

    if (status != OK) {
        return status;
    }
    wait_prepare(bucket_of(self.aspace, self.address), &self.waiter);
    status = user_load32(address, &value);
    if (status == OK && value == expected) {
        return wait_commit_signals(&self.waiter, deadline);
    }
    if (wait_cancel(&self.waiter)) {
        (void)wake(self.aspace, self.address, 1);
    }
    return status == OK ? ERR_AGAIN : status;
}

enum status futex_wake(uaddr_t address, uint32_t count, uint32_t *woken)
{
    enum status status = address_check(address);

    if (status != OK) {
        return status;
    }
    *woken = wake(thread_current()->aspace, address.v, count);
    return OK;
}
