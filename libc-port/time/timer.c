// SPDX-License-Identifier: MIT
// Timers of POSIX on the kernel's.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/lock.h"
#include "../private/ret.h"
#include "../private/timer.h"

#define NO_THREAD (-1)

_Static_assert((coco_handle_t)(COCO_HANDLE_NONE + 1) == 0, "no handle plus 1 is 0");

static struct coco_lock table_lock;
static struct posix_timer *timers[COCO_TIMER_MAX];

// What signal handlers may ask of a timer, who may have interrupted the holder of the lock: atomic.
static struct {
    coco_handle_t place; // its handle plus 1; 0: no timer
    int overruns;        // of the last notification by a thread; or NO_THREAD
} told[COCO_TIMER_MAX];

static int fail(int error)
{
    errno = error;
    return -1;
}

// Take a free number. Returns NULL with errno.
static struct posix_timer *allocate(void)
{
    struct posix_timer *timer = calloc(1, sizeof(*timer));
    if (!timer) {
        errno = EAGAIN;
        return NULL;
    }
    __coco_lock(&table_lock);
    for (unsigned i = 0; i < COCO_TIMER_MAX && timer->id == 0; i++) {
        if (!timers[i]) {
            timers[i] = timer;
            timer->id = i + 1;
        }
    }
    __coco_unlock(&table_lock);
    if (timer->id == 0) {
        free(timer);
        errno = EAGAIN;
        return NULL;
    }
    return timer;
}

void __coco_timer_forget(struct posix_timer *timer)
{
    __coco_lock(&table_lock); // timer_delete() uses the handle with it
    if (timer->handle != COCO_HANDLE_NONE) {
        (void)coco_close(timer->handle); // always succeeds
    }
    timers[timer->id - 1] = NULL;
    __coco_unlock(&table_lock);
    free(timer);
}

void __coco_timer_tell_overruns(const struct posix_timer *timer, int overruns)
{
    __atomic_store_n(&told[timer->id - 1].overruns, overruns, __ATOMIC_RELAXED);
}

void __coco_timers_after_fork(void)
{
    table_lock = (struct coco_lock){0}; // its holder does not exist here
    for (unsigned i = 0; i < COCO_TIMER_MAX; i++) {
        free(timers[i]);
        timers[i] = NULL;
        told[i].place = 0;
    }
}

// The handle of a timer, or COCO_HANDLE_NONE with errno.
static coco_handle_t handle_of(timer_t id)
{
    coco_handle_t handle = id > 0 && id <= COCO_TIMER_MAX
                               ? __atomic_load_n(&told[id - 1].place, __ATOMIC_ACQUIRE) - 1
                               : COCO_HANDLE_NONE;
    if (handle == COCO_HANDLE_NONE) {
        errno = EINVAL;
    }
    return handle;
}

// What the kernel shall do at expiry. Returns 0, or an error number.
static int describe(struct posix_timer *timer, clockid_t clock, const struct sigevent *event,
                    struct coco_timer_options *options)
{
    *options = (struct coco_timer_options){.tag = (uint32_t)timer->id};
    if (__coco_kernel_clock(clock, &options->clock) != 0) {
        return EINVAL;
    }
    if (!event) {
        options->notify = COCO_TIMER_PROCESS;
        options->signal = SIGALRM;
        options->value = timer->id;
        return 0;
    }
    options->signal = (uint32_t)event->sigev_signo;
    options->value = (uintptr_t)event->sigev_value.sival_ptr;
    switch (event->sigev_notify) {
    case SIGEV_NONE:
        options->notify = COCO_TIMER_NOTHING;
        return 0;
    case SIGEV_SIGNAL:
        options->notify = COCO_TIMER_PROCESS;
        break;
    case SIGEV_THREAD_ID:
        options->notify = COCO_TIMER_THREAD;
        options->thread = (uint64_t)event->sigev_notify_thread_id;
        break;
    case SIGEV_THREAD:
        options->notify = COCO_TIMER_NOTHING;
        timer->has_thread = true;
        timer->function = event->sigev_notify_function;
        timer->value = event->sigev_value;
        (void)pthread_attr_init(&timer->attr); // cannot fail
        if (event->sigev_notify_attributes) {
            timer->attr = *event->sigev_notify_attributes;
        }
        return 0;
    default:
        return EINVAL;
    }
    bool valid =
        event->sigev_signo > 0 && event->sigev_signo < NSIG && event->sigev_signo != SIGCANCEL;
    return valid ? 0 : EINVAL;
}

// The kernel's timer, and the thread that waits for it. Returns 0, or an error number.
static int start(struct posix_timer *timer, const struct coco_timer_options *options)
{
    int64_t result = coco_timer_create(options);
    if (coco_is_error(result)) {
        return result == COCO_EMFILE || result == COCO_ENOMEM ? EAGAIN : __coco_errno(result);
    }
    timer->handle = (coco_handle_t)result;
    __coco_timer_tell_overruns(timer, timer->has_thread ? 0 : NO_THREAD);
    return timer->has_thread ? __coco_timer_thread_start(timer) : 0;
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict out)
{
    struct coco_timer_options options;
    struct posix_timer *timer = allocate();
    if (!timer) {
        return -1;
    }
    timer->handle = COCO_HANDLE_NONE;
    int error = describe(timer, clock, event, &options);
    if (!error) {
        error = start(timer, &options);
    }
    if (error) {
        __coco_timer_forget(timer);
        return fail(error);
    }
    *out = timer->id;
    __atomic_store_n(&told[timer->id - 1].place, timer->handle + 1, __ATOMIC_RELEASE);
    return 0;
}

int timer_delete(timer_t id)
{
    __coco_lock(&table_lock);
    struct posix_timer *timer = id > 0 && id <= COCO_TIMER_MAX ? timers[id - 1] : NULL;
    bool there = timer && !__atomic_exchange_n(&timer->deleted, true, __ATOMIC_ACQ_REL);
    bool has_thread = there && timer->has_thread;
    if (there) {
        __atomic_store_n(&told[id - 1].place, 0, __ATOMIC_RELAXED);
    }
    if (has_thread) {
        // It waits for the timer, and is to look up. As soon as it can take the lock, it frees the
        // timer and closes its handle.
        const struct coco_timer_setting now = {.value = 1};
        (void)coco_timer_set(timer->handle, 0, &now, NULL); // its handle is open
    }
    __coco_unlock(&table_lock);
    if (!there) {
        return fail(EINVAL);
    }
    if (!has_thread) {
        __coco_timer_forget(timer);
    }
    return 0;
}

static struct itimerspec to_itimerspec(const struct coco_timer_state *state)
{
    return (struct itimerspec){.it_value = __coco_timespec(state->remaining),
                               .it_interval = __coco_timespec(state->interval)};
}

int timer_settime(timer_t id, int flags, const struct itimerspec *restrict value,
                  struct itimerspec *restrict old)
{
    struct coco_timer_state before;
    coco_handle_t handle = handle_of(id);
    if (handle == COCO_HANDLE_NONE) {
        return -1;
    }
    // POSIX leaves times before the beginning open; Linux, too, refuses them.
    if (!__coco_timespec_valid(&value->it_value) || !__coco_timespec_valid(&value->it_interval) ||
        value->it_value.tv_sec < 0 || value->it_interval.tv_sec < 0) {
        return fail(EINVAL);
    }
    struct coco_timer_setting setting = {.value = __coco_time_ns(&value->it_value),
                                         .interval = __coco_time_ns(&value->it_interval)};
    uint32_t how = flags & TIMER_ABSTIME ? COCO_TIMER_ABSOLUTE : 0;
    if (__coco_ret(coco_timer_set(handle, how, &setting, &before)) < 0) {
        return -1;
    }
    if (old) {
        *old = to_itimerspec(&before);
    }
    return 0;
}

int timer_gettime(timer_t id, struct itimerspec *value)
{
    struct coco_timer_state state;
    coco_handle_t handle = handle_of(id);
    if (handle == COCO_HANDLE_NONE || __coco_ret(coco_timer_get(handle, 0, &state)) < 0) {
        return -1;
    }
    *value = to_itimerspec(&state);
    return 0;
}

int timer_getoverrun(timer_t id)
{
    struct coco_timer_state state;
    coco_handle_t handle = handle_of(id);
    if (handle == COCO_HANDLE_NONE || __coco_ret(coco_timer_get(handle, 0, &state)) < 0) {
        return -1;
    }
    int overruns = __atomic_load_n(&told[id - 1].overruns, __ATOMIC_RELAXED);
    return overruns == NO_THREAD ? (int)state.overruns : overruns;
}
