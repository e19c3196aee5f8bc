// SPDX-License-Identifier: MIT
// Starting and ending threads. One mapping holds, from low to high: guard page, stack, TLS, control
// block. A joinable thread's mapping is freed by whoever joins or detaches it after its end; a
// detached thread frees its own, in assembler that uses no stack (leave.S).
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <reent.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/thread.h"
#include "../private/thread_atexit.h"
#include "../private/thread_cache.h"
#include "../private/unwind.h"

#define STACK_ALIGN 16u

uint32_t __coco_thread_count = 1;

/// Unmap a range that holds the caller's stack, then end the thread.
_Noreturn void __coco_thread_leave(void *mapping, size_t len);

static size_t round_up(size_t len)
{
    return (len + COCO_PAGE_SIZE - 1) & ~(size_t)(COCO_PAGE_SIZE - 1);
}

_Noreturn void __coco_thread_end(void)
{
    struct __pthread *self = __coco_self();
    __coco_cleanup_run(NULL);
    __coco_thread_dtors_run();
    __coco_keys_destroy();
    if (__atomic_sub_fetch(&__coco_thread_count, 1, __ATOMIC_ACQ_REL) == 0) {
        exit(0);
    }
    _reclaim_reent(_REENT); // newlib's lists of big numbers
    if (__coco_thread_cache_end) {
        __coco_thread_cache_end();
    }
    uint32_t state = THREAD_JOINABLE;
    if (__atomic_compare_exchange_n(&self->state, &state, THREAD_EXITED, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        coco_thread_exit(0, &self->alive); // the kernel clears the word when the stack is free
    }
    if (self->mapping) {
        __coco_thread_leave(self->mapping, self->mapping_len);
    }
    coco_thread_exit(0, NULL); // the program's stack, or the first thread's
}

static _Noreturn void thread_main(struct __pthread *self)
{
    // Whoever cancels this thread sees the number, or we see the mark.
    __atomic_store_n(&self->id, (uint64_t)coco_thread_id(), __ATOMIC_SEQ_CST);
    if (self->unblocks) {
        (void)coco_signal_mask(COCO_SIGNAL_UNBLOCK, (uint64_t)1 << SIGCANCEL); // cannot fail
    }
    self->result = self->start(self->argument);
    self->cancel_state = PTHREAD_CANCEL_DISABLE;
    __coco_thread_end();
}

// Map stack, TLS and control block. Returns NULL if there is no memory.
static struct __pthread *map_thread(const pthread_attr_t *attr)
{
    size_t guard = round_up(attr->__guard_size);
    size_t len;
    if (__builtin_add_overflow(attr->__stack_size, guard + __coco_tls_span(), &len) ||
        len > COCO_USER_END) {
        return NULL;
    }
    len = round_up(len);
    int64_t mapped =
        coco_mmap(COCO_HANDLE_NONE, NULL, 0, len,
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    if (coco_is_error(mapped)) {
        return NULL;
    }
    char *low = (char *)(uintptr_t)mapped;
    if (guard > 0 && coco_is_error(coco_mem_protect(low, guard, 0))) {
        (void)coco_munmap(low, len); // mapped a moment ago
        return NULL;
    }
    struct __pthread *thread = __coco_tls_place(low + len);
    thread->mapping = low;
    thread->mapping_len = len;
    thread->stack = low + guard;
    thread->guard_size = guard;
    return thread;
}

// TLS and control block at the top of the program's own stack, whose content is unknown.
static struct __pthread *place_on_stack(const pthread_attr_t *attr)
{
    size_t span = __coco_tls_span();
    if (attr->__stack_size < span + PTHREAD_STACK_MIN / 2) {
        return NULL;
    }
    char *end = (char *)attr->__stack + attr->__stack_size;
    memset(end - span, 0, span);
    struct __pthread *thread = __coco_tls_place(end);
    thread->stack = attr->__stack;
    return thread;
}

int __coco_thread_create(pthread_t *out, const pthread_attr_t *attr, void *(*start)(void *),
                         void *argument, void *c11_argument)
{
    pthread_attr_t defaults;
    if (!attr) {
        (void)pthread_attr_init(&defaults); // cannot fail
        attr = &defaults;
    }
    struct __pthread *self = __coco_self();
    struct __pthread *thread = attr->__stack ? place_on_stack(attr) : map_thread(attr);
    if (!thread) {
        return attr->__stack ? EINVAL : EAGAIN;
    }
    char *top = (char *)((uintptr_t)__coco_tls_low(thread) & ~(uintptr_t)(STACK_ALIGN - 1));
    thread->stack_size = (size_t)(top - (char *)thread->stack);
    thread->canary = self->canary;
    thread->unblocks = __atomic_load_n(&self->canceled, __ATOMIC_RELAXED) != 0;
    thread->start = start;
    thread->argument = argument;
    thread->c11_argument = c11_argument;
    thread->state =
        attr->__detach_state == PTHREAD_CREATE_DETACHED ? THREAD_DETACHED : THREAD_JOINABLE;
    __atomic_fetch_add(&__coco_thread_count, 1, __ATOMIC_RELAXED);
    *out = thread;
    // As at the entry of a called function: a zero return address, in memory that is still zero or
    // is made so, 8 below a multiple of 16.
    uint64_t *entry_stack = (uint64_t *)(top - STACK_ALIGN) + 1;
    *entry_stack = 0;
    int64_t handle = coco_thread_create((const void *)(uintptr_t)thread_main, entry_stack,
                                        (uintptr_t)thread, thread);
    if (coco_is_error(handle)) {
        __atomic_fetch_sub(&__coco_thread_count, 1, __ATOMIC_RELAXED);
        if (thread->mapping) {
            (void)coco_munmap(thread->mapping, thread->mapping_len); // mapped above
        }
        return EAGAIN;
    }
    (void)coco_close((coco_handle_t)handle); // joining goes by the word in the control block
    return 0;
}

int pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*start)(void *),
                   void *argument)
{
    return __coco_thread_create(out, attr, start, argument, NULL);
}

_Noreturn void pthread_exit(void *result)
{
    struct __pthread *self = __coco_self();
    self->result = result;
    self->cancel_state = PTHREAD_CANCEL_DISABLE;
    __coco_unwind_frames(__coco_thread_end);
    __coco_thread_end();
}

// A cancellation point: a caller that is cancelled has not joined the thread.
static void await_end(struct __pthread *thread)
{
    __coco_cancel_point();
    while (__atomic_load_n(&thread->alive, __ATOMIC_ACQUIRE) != 0) {
        if (coco_cp_futex_wait(&thread->alive, 1, COCO_FOREVER) == COCO_ECANCELED) {
            __coco_cancel_point();
        }
    }
}

static void free_thread(struct __pthread *thread)
{
    if (thread->mapping) {
        (void)coco_munmap(thread->mapping, thread->mapping_len); // mapped by map_thread()
    }
}

int pthread_join(pthread_t thread, void **result)
{
    if (thread == __coco_self()) {
        return EDEADLK;
    }
    if (__atomic_load_n(&thread->state, __ATOMIC_ACQUIRE) == THREAD_DETACHED) {
        return EINVAL;
    }
    await_end(thread);
    if (result) {
        *result = thread->result;
    }
    free_thread(thread);
    return 0;
}

int pthread_detach(pthread_t thread)
{
    uint32_t state = THREAD_JOINABLE;
    if (__atomic_compare_exchange_n(&thread->state, &state, THREAD_DETACHED, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        return 0;
    }
    if (state == THREAD_DETACHED) {
        return EINVAL;
    }
    while (__atomic_load_n(&thread->alive, __ATOMIC_ACQUIRE) != 0) {
        // It is in its last instructions. The loop looks again.
        (void)coco_futex_wait(&thread->alive, 1, COCO_FOREVER);
    }
    free_thread(thread);
    return 0;
}

pthread_t pthread_self(void)
{
    return __coco_self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
    return a == b;
}
