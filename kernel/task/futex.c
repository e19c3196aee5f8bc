// SPDX-License-Identifier: MIT
// Futexes: a hashed table of wait queues, keyed by (address space, address), and for memory that is
// shared by the physical address, so that processes meet at a word wherever they have it mapped. A
// waiter holds the page, so its address cannot come to stand for another word.
//
// A waiter queues itself first and reads the word afterwards. Who changes the word and then wakes
// either finds the waiter in the queue, or came before it queued, and then the waiter reads the new
// value: no wake-up is lost. A waiter that reads another value but was woken in between hands the
// wake-up on to the next, for which it may have been meant.
#include <base/check.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/page.h>
#include <mm/user_copy.h>
#include <object/wait.h>
#include <task/futex.h>
#include <task/thread.h>

#include "schedule_internal.h"

#define FUTEX_BUCKET_BITS 7u

/* So many waiters of a word are woken by priority, the rest as they came. */
#define BEST_MAX 16u

struct futex_key {
    const struct aspace *aspace; /* NULL: `address` is physical */
    uint64_t address;
    paddr_t page; /* a reference, to be put by futex_key_put(); 0 for private memory */
};

struct futex_waiter {
    struct waiter waiter;
    struct futex_key key;
};

static struct wait_queue buckets[1u << FUTEX_BUCKET_BITS];

void futex_init(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(buckets); i++) {
        wait_queue_init(&buckets[i]);
    }
}

static struct wait_queue *bucket_of(const struct futex_key *key)
{
    /* Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio. */
    uint64_t sum = ((uintptr_t)key->aspace >> 4) + (key->address >> 2);

    return &buckets[sum * 0x9e3779b97f4a7c15ull >> (64 - FUTEX_BUCKET_BITS)];
}

static enum status address_check(uaddr_t address)
{
    if (!is_aligned(address.v, sizeof(uint32_t))) {
        return ERR_INVAL;
    }
    return user_range_check(address, sizeof(uint32_t));
}

/* The key of a checked address in the current address space. ERR_FAULT, ERR_NOMEM for shared memory
 * that cannot be brought in. */
static enum status key_make(uaddr_t address, struct futex_key *key)
{
    struct aspace *aspace = thread_current()->aspace;
    enum status status = aspace_shared_page(aspace, address, &key->page);

    key->aspace = key->page.v == 0 ? aspace : NULL;
    key->address = key->page.v == 0 ? address.v : key->page.v + (address.v & PAGE_MASK);
    return status;
}

static void key_put(const struct futex_key *key)
{
    if (key->page.v != 0) {
        page_unref(key->page);
    }
}

static bool is_for(const struct waiter *waiter, const struct futex_key *key)
{
    const struct futex_waiter *candidate = container_of(waiter, struct futex_waiter, waiter);

    return candidate->key.aspace == key->aspace && candidate->key.address == key->address;
}

/* Wakes the waiter with the highest priority, of equals the one that waits longest. Bucket locked;
 * false if there is none. */
static bool wake_best(struct wait_queue *bucket, const struct futex_key *key)
{
    struct waiter *best = NULL;
    struct waiter *waiter;

    list_for_each_entry(waiter, &bucket->waiters, link)
    {
        if (is_for(waiter, key) &&
            (best == NULL || waiter->thread->priority > best->thread->priority)) {
            best = waiter;
        }
    }
    if (best != NULL) {
        wait_wake_locked(best);
    }
    return best != NULL;
}

static uint32_t wake(const struct futex_key *key, uint32_t count)
{
    struct wait_queue *bucket = bucket_of(key);
    irqflags_t flags = spin_lock_irqsave(&bucket->lock);
    struct waiter *waiter;
    struct waiter *following;
    uint32_t woken = 0;

    if (unlikely(schedule_some_real_time())) {
        while (woken < MIN(count, BEST_MAX) && wake_best(bucket, key)) {
            woken++;
        }
    }
    list_for_each_entry_safe(waiter, following, &bucket->waiters, link)
    {
        if (woken == count) {
            break;
        }
        if (is_for(waiter, key)) {
            wait_wake_locked(waiter);
            woken++;
        }
    }
    spin_unlock_irqrestore(&bucket->lock, flags);
    return woken;
}

static enum status wait_with_key(struct futex_waiter *self, uaddr_t address, uint32_t expected,
                                 uint64_t deadline)
{
    enum status status;
    uint32_t value = 0;

    wait_prepare(bucket_of(&self->key), &self->waiter);
    status = user_load32(address, &value);
    if (status == OK && value == expected) {
        return wait_commit_signals(&self->waiter, deadline);
    }
    if (wait_cancel(&self->waiter)) {
        (void)wake(&self->key, 1);
    }
    return status == OK ? ERR_AGAIN : status;
}

enum status futex_wait(uaddr_t address, uint32_t expected, uint64_t deadline)
{
    struct futex_waiter self;
    enum status status = address_check(address);

    if (status == OK) {
        status = key_make(address, &self.key);
    }
    if (status == OK) {
        status = wait_with_key(&self, address, expected, deadline);
        key_put(&self.key);
    }
    return status;
}

enum status futex_wake(uaddr_t address, uint32_t count, uint32_t *woken)
{
    struct futex_key key;
    enum status status = address_check(address);

    if (status != OK) {
        return status;
    }
    if (key_make(address, &key) != OK) {
        *woken = 0; /* shared memory that is not there: nobody waits for it */
        return OK;
    }
    *woken = wake(&key, count);
    key_put(&key);
    return OK;
}
