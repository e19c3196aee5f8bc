// SPDX-License-Identifier: MIT
// Streams over fork(). A thread that holds one may be in the middle of a change, which ends soon,
// or wait in a read or write, which may last: those are not waited for, and in the child, where
// that thread is not, their locks are free.
#include <reent.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/lock.h>

#include "../private/clock.h"
#include "../private/fork.h"
#include "../private/thread.h"

#define PATIENCE 200000 /* nanoseconds for each stream that another thread holds */

static bool hold(struct __lock *lock)
{
    if (__retarget_lock_try_acquire_recursive(lock)) {
        return true;
    }
    if (__coco_lock_until(&lock->lock, __coco_monotonic() + PATIENCE) != 0) {
        return false;
    }
    lock->depth = 1;
    __atomic_store_n(&lock->owner, __coco_self(), __ATOMIC_RELAXED);
    return true;
}

// Streams may share a lock, when there was no memory for one of their own.
static void hold_once(struct __lock *lock)
{
    lock->forks = lock->forks || hold(lock);
}

static void release_for_parent(struct __lock *lock)
{
    if (lock->forks) {
        lock->forks = 0;
        __retarget_lock_release_recursive(lock);
    }
}

static void release_for_child(struct __lock *lock)
{
    if (!lock->forks && lock->owner != __coco_self()) {
        *lock = (struct __lock){0};
    }
    release_for_parent(lock);
}

static void each_stream(void (*call)(struct __lock *))
{
    for (struct _glue *glue = &__sglue; glue; glue = glue->_next) {
        for (int i = 0; i < glue->_niobs; i++) {
            FILE *stream = &glue->_iobs[i];
            if (stream->_flags != 0 && stream->_lock) {
                call(stream->_lock);
            }
        }
    }
}

void __coco_streams_hold(void)
{
    each_stream(hold_once);
}

void __coco_streams_release(int in_child)
{
    each_stream(in_child ? release_for_child : release_for_parent);
}
