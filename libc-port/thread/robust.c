// SPDX-License-Identifier: MIT
// Robust mutexes. The word holds the owner's number as the kernel knows it, so that the kernel can
// mark it when the owner ends without giving it back; which words those may be stands in a table
// of the thread, a page, that the kernel reads then. A word is in the table from before it is
// taken until after it was given back.
//
// COCO_ROBUST_DIED stays until pthread_mutex_consistent(). A mutex that is given back with it has
// NOT_RECOVERABLE for its owner from then on.
#include <errno.h>
#include <pthread.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/mutex.h"
#include "../private/thread.h"

#define NOT_RECOVERABLE COCO_ROBUST_OWNER

static uint32_t own_number(void)
{
    return (uint32_t)__atomic_load_n(&__coco_self()->id, __ATOMIC_RELAXED) & COCO_ROBUST_OWNER;
}

static uint32_t value_of(const pthread_mutex_t *mutex)
{
    return __atomic_load_n(&mutex->__word, __ATOMIC_RELAXED);
}

// The table of the calling thread. NULL: there is no memory for it.
static struct coco_robust_table *own_table(void)
{
    struct __pthread *self = __coco_self();
    if (!self->robust) {
        int64_t mapped =
            coco_mmap(COCO_HANDLE_NONE, NULL, 0, sizeof(struct coco_robust_table),
                      COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
        if (coco_is_error(mapped)) {
            return NULL;
        }
        self->robust = (struct coco_robust_table *)(uintptr_t)mapped;
        (void)coco_thread_robust_table(self->robust); // a good address
    }
    return self->robust;
}

// The kernel looks at the table when the thread has ended: the order of its own stores is enough.
static int note(const pthread_mutex_t *mutex)
{
    struct coco_robust_table *table = own_table();
    if (!table || table->count == COCO_ROBUST_MAX) {
        return EAGAIN;
    }
    table->words[table->count] = (uintptr_t)&mutex->__word;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *(volatile uint32_t *)&table->count = table->count + 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return 0;
}

// The last entries are the likely ones. The last of all takes the place of the one that goes; for
// a moment it is there twice.
static void forget(const pthread_mutex_t *mutex)
{
    struct coco_robust_table *table = __coco_self()->robust;
    uint32_t last = table->count - 1;
    uint32_t at = last;
    while (at > 0 && table->words[at] != (uintptr_t)&mutex->__word) {
        at--;
    }
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *(volatile uint64_t *)&table->words[at] = table->words[last];
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *(volatile uint32_t *)&table->count = last;
}

bool __coco_robust_held(const pthread_mutex_t *mutex)
{
    return (value_of(mutex) & COCO_ROBUST_OWNER) == own_number();
}

bool __coco_robust_unused(const pthread_mutex_t *mutex)
{
    uint32_t owner = value_of(mutex) & COCO_ROBUST_OWNER;
    return owner == 0 || owner == NOT_RECOVERABLE;
}

static int acquire(pthread_mutex_t *mutex, uint64_t deadline)
{
    uint32_t mine = own_number();
    uint32_t value = value_of(mutex);
    for (;;) {
        uint32_t owner = value & COCO_ROBUST_OWNER;
        if (owner == 0) {
            if (__atomic_compare_exchange_n(&mutex->__word, &value, value | mine, 0,
                                            __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
                return value & COCO_ROBUST_DIED ? EOWNERDEAD : 0;
            }
            continue;
        }
        if (owner == NOT_RECOVERABLE) {
            return ENOTRECOVERABLE;
        }
        if (deadline == COCO_MUTEX_TRY) {
            return EBUSY;
        }
        if ((value & COCO_ROBUST_WAITED) == 0 &&
            !__atomic_compare_exchange_n(&mutex->__word, &value, value | COCO_ROBUST_WAITED, 0,
                                         __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            continue;
        }
        // From here on this thread takes it with the mark, as others may wait, too.
        mine |= COCO_ROBUST_WAITED;
        if (coco_futex_wait(&mutex->__word, value | COCO_ROBUST_WAITED, deadline) ==
            COCO_ETIMEDOUT) {
            return ETIMEDOUT;
        }
        value = value_of(mutex);
    }
}

int __coco_robust_lock(pthread_mutex_t *mutex, uint64_t deadline)
{
    int error = note(mutex);
    if (!error) {
        error = acquire(mutex, deadline);
        if (error && error != EOWNERDEAD) {
            forget(mutex);
        }
    }
    return error;
}

void __coco_robust_unlock(pthread_mutex_t *mutex)
{
    bool lost = (value_of(mutex) & COCO_ROBUST_DIED) != 0;
    uint32_t before =
        __atomic_exchange_n(&mutex->__word, lost ? NOT_RECOVERABLE : 0, __ATOMIC_RELEASE);
    if (before & COCO_ROBUST_WAITED) {
        (void)coco_futex_wake(&mutex->__word, lost ? UINT32_MAX : 1); // nobody is no error
    }
    forget(mutex);
}

int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    if ((mutex->__type & COCO_MUTEX_ROBUST) == 0 || !__coco_robust_held(mutex) ||
        (value_of(mutex) & COCO_ROBUST_DIED) == 0) {
        return EINVAL;
    }
    __atomic_fetch_and(&mutex->__word, ~COCO_ROBUST_DIED, __ATOMIC_RELAXED);
    return 0;
}

// As the kernel does it.
static void mark(uint32_t *word, uint32_t mine)
{
    uint32_t value = __atomic_load_n(word, __ATOMIC_RELAXED);
    while ((value & COCO_ROBUST_OWNER) == mine &&
           !__atomic_compare_exchange_n(word, &value,
                                        (value & ~COCO_ROBUST_OWNER) | COCO_ROBUST_DIED, 0,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
    (void)coco_futex_wake(word, 1); // nobody is no error
}

void __coco_robust_end(void)
{
    struct __pthread *self = __coco_self();
    struct coco_robust_table *table = self->robust;
    if (!table) {
        return;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        mark((uint32_t *)(uintptr_t)table->words[i], own_number());
    }
    self->robust = NULL;
    (void)coco_thread_robust_table(NULL);     // cannot fail
    (void)coco_munmap(table, sizeof(*table)); // mapped by own_table()
}

void __coco_robust_after_fork(void)
{
    struct coco_robust_table *table = __coco_self()->robust;
    uint32_t kept = 0;
    if (!table) {
        return;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        // The word is a mutex's first member.
        pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)table->words[i];
        if ((mutex->__type & COCO_MUTEX_SHARED) == 0) {
            uint32_t marks = value_of(mutex) & COCO_ROBUST_DIED; // nobody waits here
            __atomic_store_n(&mutex->__word, own_number() | marks, __ATOMIC_RELAXED);
            table->words[kept++] = (uintptr_t)mutex;
        }
    }
    table->count = kept;
    (void)coco_thread_robust_table(table); // a good address
}
