// SPDX-License-Identifier: MIT
// fork(): the kernel copies memory and handles, this file makes the copy a consistent process. All
// locks of the library are taken first, so that no other thread is in the middle of a change to
// what the child goes on with.
#include <errno.h>
#include <stdbool.h>
#include <sys/lock.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/fork.h"
#include "../private/mutex.h"
#include "../private/registry.h"
#include "../private/ret.h"
#include "../private/thread.h"
#include "../private/timer.h"

/// Result of the call in the parent, COCO_FORK_CHILD in the child (fork_raw.S).
int64_t __coco_fork_raw(void *tls);

// newlib's own (locks/retarget.c), in the order in which they may be nested.
extern struct __lock __lock___sfp_recursive_mutex;
extern struct __lock __lock___atexit_recursive_mutex;
extern struct __lock __lock___env_recursive_mutex;
extern struct __lock __lock___tz_mutex;
extern struct __lock __lock___at_quick_exit_mutex;
extern struct __lock __lock___dd_hash_mutex;
extern struct __lock __lock___arc4random_mutex;
extern struct __lock __lock___malloc_recursive_mutex;

static struct __lock *const newlib_locks[] = {
    &__lock___sfp_recursive_mutex,
    &__lock___atexit_recursive_mutex,
    &__lock___tz_mutex, // tzset() reads the environment
    &__lock___env_recursive_mutex,
    &__lock___at_quick_exit_mutex,
    &__lock___dd_hash_mutex,
    &__lock___arc4random_mutex,
};

// Of this library: held while one of newlib's may be taken, and those that are not.
static struct coco_lock *const outer_locks[] = {
    &__coco_syslog_lock,
    &__coco_gettext_lock,
    &__coco_locale_lock,
};
static struct coco_lock *const inner_locks[] = {
    &__coco_key_lock,
    &__coco_sem_lock,
    &__coco_random_lock,
    &__coco_thread_lock,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void take(struct coco_lock *const *locks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (locks[i]) {
            __coco_lock(locks[i]);
        }
    }
}

static void release(struct coco_lock *const *locks, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        if (locks[i - 1]) {
            __coco_unlock(locks[i - 1]);
        }
    }
}

// In the child of _Fork(), which has taken none.
static void reset(struct coco_lock *const *locks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (locks[i]) {
            *locks[i] = (struct coco_lock){0};
        }
    }
}

static void take_locks(void)
{
    take(outer_locks, COUNT(outer_locks));
    for (size_t i = 0; i < COUNT(newlib_locks); i++) {
        __retarget_lock_acquire_recursive(newlib_locks[i]);
    }
    __coco_streams_hold();
    take(inner_locks, COUNT(inner_locks));
    __retarget_lock_acquire_recursive(&__lock___malloc_recursive_mutex);
}

static void release_locks(int in_child)
{
    __retarget_lock_release_recursive(&__lock___malloc_recursive_mutex);
    release(inner_locks, COUNT(inner_locks));
    __coco_streams_release(in_child);
    for (size_t i = COUNT(newlib_locks); i > 0; i--) {
        __retarget_lock_release_recursive(newlib_locks[i - 1]);
    }
    release(outer_locks, COUNT(outer_locks));
}

// The child: one thread. Locks are still held.
static void become_child(void)
{
    __coco_pid = 0;
    __coco_thread_alone();
    __coco_thread_set_kernel_id((uint64_t)coco_thread_id());
    if (__coco_robust_after_fork) {
        __coco_robust_after_fork();
    }
    __atomic_store_n(&__coco_thread_count, 1, __ATOMIC_RELAXED);
}

// No handler may run while the library is locked.
static uint64_t block_signals(void)
{
    return (uint64_t)coco_signal_mask(COCO_SIGNAL_SET, UINT64_MAX); // cannot fail
}

static void unblock_signals(uint64_t mask)
{
    (void)coco_signal_mask(COCO_SIGNAL_SET, mask); // cannot fail
}

// The id of the child behind a result of the kernel, or -1 with errno. The kernel keeps children:
// the handle is not needed, and must not go to later copies.
static pid_t keep_id(int64_t handle)
{
    if (coco_is_error(handle)) {
        errno = handle == COCO_EMFILE ? EAGAIN : __coco_errno(handle);
        return -1;
    }
    pid_t pid = (pid_t)coco_process_handle_id((coco_handle_t)handle); // cannot fail: it is ours
    (void)coco_close((coco_handle_t)handle);
    return pid;
}

pid_t fork(void)
{
    __coco_atfork_prepare();
    uint64_t mask = block_signals();
    take_locks();
    bool alone = __atomic_load_n(&__coco_thread_count, __ATOMIC_RELAXED) == 1;
    int64_t handle = __coco_fork_raw(__coco_self());
    if (handle == COCO_FORK_CHILD) {
        become_child();
        release_locks(1);
        if (!alone) { // what is held is otherwise the caller's, if this is a signal handler
            __coco_fd_recount();
        }
        __coco_fd_after_fork();
        if (__coco_timers_after_fork) {
            __coco_timers_after_fork();
        }
        unblock_signals(mask);
        __coco_atfork_done(1);
        return 0;
    }
    pid_t pid = keep_id(handle);
    int saved_errno = errno;
    release_locks(0);
    unblock_signals(mask);
    __coco_atfork_done(0);
    errno = saved_errno;
    return pid;
}

// For signal handlers: nothing waits for a lock, as the interrupted code may hold it. The child may
// call what a handler may call; the library's locks are free there, whoever held them.
pid_t _Fork(void)
{
    uint64_t mask = block_signals();
    int64_t handle = __coco_fork_raw(__coco_self());
    if (handle == COCO_FORK_CHILD) {
        become_child();
        reset(outer_locks, COUNT(outer_locks));
        reset(inner_locks, COUNT(inner_locks));
        __coco_fd_after_fork();
        unblock_signals(mask);
        return 0;
    }
    pid_t pid = keep_id(handle);
    unblock_signals(mask);
    return pid;
}

// POSIX lets a vfork() child do less than a fork() child; here it may do as much.
pid_t vfork(void)
{
    return fork();
}
