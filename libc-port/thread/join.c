// SPDX-License-Identifier: MIT
// Waiting for the end of threads, and giving up to. Who joins a thread marks it first, so that it
// is one thread alone that frees what the ended thread had.
#include <errno.h>
#include <pthread.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"
#include "../private/registry.h"
#include "../private/thread.h"

static bool is_alive(const struct __pthread *thread)
{
    return __atomic_load_n(&thread->alive, __ATOMIC_ACQUIRE) != 0;
}

// Begin to join: from now on the control block stays until finish() or give_up().
static int begin(pthread_t id, struct __pthread **out)
{
    if (id == __coco_self_id()) {
        return EDEADLK;
    }
    struct __pthread *thread = __coco_thread_hold(id);
    if (!thread) {
        return ESRCH;
    }
    bool mine = thread->state != THREAD_DETACHED && !thread->joined;
    if (mine) {
        thread->joined = true;
        *out = thread;
    }
    __coco_thread_release();
    return mine ? 0 : EINVAL;
}

static void give_up(struct __pthread *thread)
{
    __coco_thread_acquire();
    thread->joined = false;
    __coco_thread_release();
}

// The thread has ended and the caller alone knows of it.
static void finish(struct __pthread *thread, void **result)
{
    if (result) {
        *result = thread->result;
    }
    __coco_thread_acquire();
    __coco_thread_forget(thread);
    __coco_thread_release();
    if (thread->mapping) {
        (void)coco_munmap(thread->mapping, thread->mapping_len); // mapped by map_thread()
    }
}

// A cancellation point: a caller that is cancelled has not joined the thread.
static int join_until(pthread_t id, void **result, uint64_t deadline)
{
    struct __pthread *thread;
    int64_t waited = 0;
    __coco_cancel_point();
    int error = begin(id, &thread);
    if (error) {
        return error;
    }
    while (waited != COCO_ECANCELED && waited != COCO_ETIMEDOUT && is_alive(thread)) {
        waited = coco_cp_futex_wait(&thread->alive, 1, deadline);
    }
    if (waited == COCO_ECANCELED || is_alive(thread)) {
        give_up(thread);
        __coco_cancel_point();
        return ETIMEDOUT;
    }
    finish(thread, result);
    return 0;
}

int pthread_join(pthread_t id, void **result)
{
    return join_until(id, result, COCO_FOREVER);
}

int pthread_tryjoin_np(pthread_t id, void **result)
{
    struct __pthread *thread;
    int error = begin(id, &thread);
    if (error) {
        return error == EDEADLK ? EBUSY : error; // the caller has not ended
    }
    if (is_alive(thread)) {
        give_up(thread);
        return EBUSY;
    }
    finish(thread, result);
    return 0;
}

int pthread_clockjoin_np(pthread_t id, void **result, clockid_t clock, const struct timespec *time)
{
    uint64_t deadline;
    int error = __coco_deadline(clock, time, &deadline);
    return error ? error : join_until(id, result, deadline);
}

int pthread_timedjoin_np(pthread_t id, void **result, const struct timespec *time)
{
    return pthread_clockjoin_np(id, result, CLOCK_REALTIME, time);
}

int pthread_detach(pthread_t id)
{
    struct __pthread *thread = __coco_thread_hold(id);
    if (!thread) {
        return ESRCH;
    }
    bool ended = thread->state == THREAD_EXITED;
    int error = thread->state == THREAD_DETACHED || thread->joined ? EINVAL : 0;
    if (!error && ended) {
        thread->joined = true;
    } else if (!error) {
        thread->state = THREAD_DETACHED;
    }
    __coco_thread_release();
    if (error || !ended) {
        return error;
    }
    while (is_alive(thread)) {
        // It is in its last instructions. The loop looks again.
        (void)coco_futex_wait(&thread->alive, 1, COCO_FOREVER);
    }
    finish(thread, NULL);
    return 0;
}

pthread_t pthread_self(void)
{
    return __coco_self_id();
}

int pthread_equal(pthread_t a, pthread_t b)
{
    return a == b;
}
