// SPDX-License-Identifier: MIT
// Cancellation points. A call that may wait goes through __coco_cp(), which gives COCO_ECANCELED
// instead of calling, or of waiting on, when the thread shall end. Its caller gives back what it
// holds and then goes through __coco_ret() or __coco_cancel_point(), which act.
//
// A call that has had an effect is never given up: the handler of SIGCANCEL looks whether the
// thread stands before or at the instruction that enters the kernel, or behind it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <coconut/syscalls.h>

#include "thread.h"

/// A system call that is a cancellation point.
/// @param number  COCO_SYS_*
/// @return its result, or COCO_ECANCELED: it was not done, and the thread is to act on that
int64_t __coco_cp(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4);

/// End the calling thread if it was cancelled and allows that. In pthread_cancel()'s file: weak,
/// since nobody is cancelled in a program without it.
void __coco_cancel_act(void) __attribute__((weak));

/// A cancellation point that holds nothing.
static inline void __coco_cancel_point(void)
{
    if (__atomic_load_n(&__coco_self()->canceled, __ATOMIC_RELAXED) && __coco_cancel_act) {
        __coco_cancel_act();
    }
}

/// What the handler of SIGCANCEL compares with, and where it makes a thread go on.
extern const char __coco_cp_begin[] __attribute__((visibility("hidden")));
extern const char __coco_cp_end[] __attribute__((visibility("hidden")));
extern const char __coco_cp_canceled[] __attribute__((visibility("hidden")));

// The calls that cancellation points make; arguments and results as in <coconut/syscalls.h>.

static inline uint64_t __coco_cp_pointer(const volatile void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static inline int64_t coco_cp_read(coco_handle_t file, void *buffer, size_t len)
{
    return __coco_cp(COCO_SYS_READ, file, __coco_cp_pointer(buffer), len, 0, 0);
}

static inline int64_t coco_cp_write(coco_handle_t file, const void *buffer, size_t len)
{
    return __coco_cp(COCO_SYS_WRITE, file, __coco_cp_pointer(buffer), len, 0, 0);
}

static inline int64_t coco_cp_file_open_at(coco_handle_t directory, const char *path,
                                           uint32_t flags, uint32_t permissions)
{
    return __coco_cp(COCO_SYS_FILE_OPEN_AT, directory, __coco_cp_pointer(path), flags, permissions,
                     0);
}

static inline int64_t coco_cp_file_pread(coco_handle_t file, void *buffer, size_t len,
                                         uint64_t offset)
{
    return __coco_cp(COCO_SYS_FILE_PREAD, file, __coco_cp_pointer(buffer), len, offset, 0);
}

static inline int64_t coco_cp_file_pwrite(coco_handle_t file, const void *buffer, size_t len,
                                          uint64_t offset)
{
    return __coco_cp(COCO_SYS_FILE_PWRITE, file, __coco_cp_pointer(buffer), len, offset, 0);
}

static inline int64_t coco_cp_file_lock(coco_handle_t file, const struct coco_file_lock *lock,
                                        uint32_t flags)
{
    return __coco_cp(COCO_SYS_FILE_LOCK, file, __coco_cp_pointer(lock), flags, 0, 0);
}

static inline int64_t coco_cp_object_poll(struct coco_poll *objects, size_t count,
                                          uint64_t deadline)
{
    return __coco_cp(COCO_SYS_OBJECT_POLL, __coco_cp_pointer(objects), count, deadline, 0, 0);
}

static inline int64_t coco_cp_object_poll_masked(struct coco_poll *objects, size_t count,
                                                 uint64_t deadline, uint64_t set)
{
    return __coco_cp(COCO_SYS_OBJECT_POLL_MASKED, __coco_cp_pointer(objects), count, deadline, set,
                     0);
}

static inline int64_t coco_cp_process_wait_child(uint32_t which, uint64_t id, uint32_t flags,
                                                 uint64_t deadline, struct coco_child *child)
{
    return __coco_cp(COCO_SYS_PROCESS_WAIT_CHILD, which, id, flags, deadline,
                     __coco_cp_pointer(child));
}

static inline int64_t coco_cp_futex_wait(volatile void *address, uint32_t expected,
                                         uint64_t deadline)
{
    return __coco_cp(COCO_SYS_FUTEX_WAIT, __coco_cp_pointer(address), expected, deadline, 0, 0);
}

static inline int64_t coco_cp_sleep_until(uint64_t deadline)
{
    return __coco_cp(COCO_SYS_SLEEP_UNTIL, deadline, 0, 0, 0, 0);
}

static inline int64_t coco_cp_sleep_until_date(uint64_t deadline)
{
    return __coco_cp(COCO_SYS_SLEEP_UNTIL_DATE, deadline, 0, 0, 0, 0);
}

static inline int64_t coco_cp_socket_accept(coco_handle_t socket, uint32_t flags)
{
    return __coco_cp(COCO_SYS_SOCKET_ACCEPT, socket, flags, 0, 0, 0);
}

static inline int64_t coco_cp_socket_connect(coco_handle_t socket, const char *path)
{
    return __coco_cp(COCO_SYS_SOCKET_CONNECT, socket, __coco_cp_pointer(path), 0, 0, 0);
}

static inline int64_t coco_cp_socket_send(coco_handle_t socket, const struct coco_message *message,
                                          uint32_t flags)
{
    return __coco_cp(COCO_SYS_SOCKET_SEND, socket, __coco_cp_pointer(message), flags, 0, 0);
}

static inline int64_t coco_cp_socket_receive(coco_handle_t socket, struct coco_message *message,
                                             uint32_t flags)
{
    return __coco_cp(COCO_SYS_SOCKET_RECEIVE, socket, __coco_cp_pointer(message), flags, 0, 0);
}

static inline int64_t coco_cp_mqueue_send(coco_handle_t queue, const void *message, size_t len,
                                          uint32_t priority, uint64_t deadline)
{
    return __coco_cp(COCO_SYS_MQUEUE_SEND, queue, __coco_cp_pointer(message), len, priority,
                     deadline);
}

static inline int64_t coco_cp_mqueue_receive(coco_handle_t queue, void *buffer, size_t len,
                                             uint64_t deadline)
{
    return __coco_cp(COCO_SYS_MQUEUE_RECEIVE, queue, __coco_cp_pointer(buffer), len, deadline, 0);
}

static inline int64_t coco_cp_signal_suspend(uint64_t set)
{
    return __coco_cp(COCO_SYS_SIGNAL_SUSPEND, set, 0, 0, 0, 0);
}

static inline int64_t coco_cp_signal_wait(uint64_t set, uint64_t deadline,
                                          struct coco_signal_info *info)
{
    return __coco_cp(COCO_SYS_SIGNAL_WAIT, set, deadline, __coco_cp_pointer(info), 0, 0);
}
