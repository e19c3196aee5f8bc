// SPDX-License-Identifier: MIT
// Starting and ending threads. One mapping holds, from low to high: guard page, stack, TLS, control
// block. A joinable thread's mapping is freed by whoever joins or detaches it after its end
// (join.c); a detached thread frees its own, in assembler that uses no stack (leave.S).
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <reent.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/mutex.h"
#include "../private/registry.h"
#include "../private/schedule.h"
#include "../private/thread.h"
#include "../private/thread_atexit.h"
#include "../private/thread_cache.h"
#include "../private/unwind.h"

#define STACK_ALIGN 16u
#define EXCEPTIONS 0x3Fu /* in the x87 status word and in MXCSR */

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
    if (__coco_robust_end) {
        __coco_robust_end();
    }
    if (__atomic_sub_fetch(&__coco_thread_count, 1, __ATOMIC_ACQ_REL) == 0) {
        exit(0);
    }
    _reclaim_reent(_REENT); // newlib's lists of big numbers
    if (__coco_thread_cache_end) {
        __coco_thread_cache_end();
    }
    __coco_thread_acquire();
    bool joinable = self->state == THREAD_JOINABLE;
    if (joinable) {
        self->state = THREAD_EXITED;
    } else {
        __coco_thread_forget(self);
    }
    __coco_thread_release();
    if (joinable) {
        coco_thread_exit(0, &self->alive); // the kernel clears the word when the stack is free
    }
    if (self->mapping) {
        // No handler may run on a stack that is gone. Cannot fail.
        (void)coco_signal_mask(COCO_SIGNAL_SET, UINT64_MAX);
        __coco_thread_leave(self->mapping, self->mapping_len);
    }
    coco_thread_exit(0, NULL); // the program's stack, or the first thread's
}

// Set the own schedule and processors and tell the maker, whose memory is not touched from then on.
static int begin_schedule(struct __pthread *self)
{
    struct thread_schedule *schedule = self->schedule;
    int error = schedule->processors ? __coco_affinity_self(schedule->processors) : 0;
    if (!error && !schedule->inherits) {
        error = __coco_schedule_self(&schedule->wanted);
    }
    schedule->error = error;
    __atomic_store_n(&schedule->done, 1, __ATOMIC_RELEASE);
    (void)coco_futex_wake(&schedule->done, 1); // only an address: the maker may be gone
    return error;
}

static int await_schedule(struct thread_schedule *schedule, pthread_t thread, bool joinable)
{
    while (__atomic_load_n(&schedule->done, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(&schedule->done, 0, COCO_FOREVER); // also woken by signals
    }
    if (schedule->error && joinable) {
        (void)pthread_join(thread, NULL); // it is ending
    }
    return schedule->error;
}

// A thread inherits the floating-point environment of its maker. Raised exceptions of the x87 unit
// are told by MXCSR, too: the functions of <fenv.h> look at both.
static void keep_floating_environment(struct __pthread *thread)
{
    uint16_t raised;
    __asm__ volatile("stmxcsr %0" : "=m"(thread->mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(thread->control_word));
    __asm__ volatile("fnstsw %0" : "=m"(raised));
    thread->mxcsr |= raised & EXCEPTIONS;
}

static void take_floating_environment(const struct __pthread *self)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(self->mxcsr));
    __asm__ volatile("fldcw %0" : : "m"(self->control_word));
}

static _Noreturn void thread_main(struct __pthread *self)
{
    take_floating_environment(self);
    __coco_thread_set_kernel_id((uint64_t)coco_thread_id());
    if (self->unblocks) {
        (void)coco_signal_mask(COCO_SIGNAL_UNBLOCK, (uint64_t)1 << SIGCANCEL); // cannot fail
    }
    if (self->schedule && begin_schedule(self) != 0) {
        __coco_thread_end(); // its maker has not told anybody of it
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
    return __coco_tls_place(end);
}

static void unmap_thread(const struct __pthread *thread)
{
    if (thread->mapping) {
        (void)coco_munmap(thread->mapping, thread->mapping_len); // mapped by map_thread()
    }
}

// What the thread needs to know of its maker and of how it is made. `top`: end of its stack.
static void set_up(struct __pthread *thread, const pthread_attr_t *attr, char *top)
{
    const struct __pthread *self = __coco_self();
    // A stack of the program's is told as it was given, with what this library keeps in it.
    thread->stack = attr->__stack ? attr->__stack : top - attr->__stack_size;
    thread->stack_size = attr->__stack_size;
    thread->canary = self->canary;
    keep_floating_environment(thread);
    thread->unblocks = __atomic_load_n(&self->canceled, __ATOMIC_RELAXED) != 0;
    thread->state =
        attr->__detach_state == PTHREAD_CREATE_DETACHED ? THREAD_DETACHED : THREAD_JOINABLE;
}

// Give the thread its id and let it run. Afterwards it may be gone.
static int launch(struct __pthread *thread, pthread_t *out, char *top)
{
    int error = __coco_thread_register(thread);
    if (error) {
        return error;
    }
    *out = (pthread_t)(uintptr_t)thread->number;
    __atomic_fetch_add(&__coco_thread_count, 1, __ATOMIC_RELAXED);
    // As at the entry of a called function: a zero return address, in memory that is still zero or
    // is made so, 8 below a multiple of 16.
    uint64_t *entry_stack = (uint64_t *)(top - STACK_ALIGN) + 1;
    *entry_stack = 0;
    int64_t handle = coco_thread_create((const void *)(uintptr_t)thread_main, entry_stack,
                                        (uintptr_t)thread, thread);
    if (coco_is_error(handle)) {
        __atomic_fetch_sub(&__coco_thread_count, 1, __ATOMIC_RELAXED);
        __coco_thread_acquire();
        __coco_thread_forget(thread);
        __coco_thread_release();
        return EAGAIN;
    }
    (void)coco_close((coco_handle_t)handle); // joining goes by the word in the control block
    return 0;
}

int __coco_thread_create(pthread_t *out, const pthread_attr_t *attr, void *(*start)(void *),
                         void *argument, void *c11_argument)
{
    pthread_attr_t defaults;
    if (!attr) {
        (void)pthread_attr_init(&defaults); // cannot fail
        attr = &defaults;
    }
    struct thread_schedule schedule = {.inherits = attr->__inherit_sched != PTHREAD_EXPLICIT_SCHED,
                                       .processors = attr->__processors};
    bool explicit = !schedule.inherits || schedule.processors;
    if (!schedule.inherits &&
        __coco_schedule(attr->__policy, attr->__param.sched_priority, &schedule.wanted) != 0) {
        return EINVAL;
    }
    struct __pthread *thread = attr->__stack ? place_on_stack(attr) : map_thread(attr);
    if (!thread) {
        return attr->__stack ? EINVAL : EAGAIN;
    }
    char *top = (char *)((uintptr_t)__coco_tls_low(thread) & ~(uintptr_t)(STACK_ALIGN - 1));
    set_up(thread, attr, top);
    thread->start = start;
    thread->argument = argument;
    thread->c11_argument = c11_argument;
    thread->schedule = explicit ? &schedule : NULL;
    int error = launch(thread, out, top);
    if (error) {
        unmap_thread(thread);
    } else if (explicit) {
        error = await_schedule(&schedule, *out, attr->__detach_state != PTHREAD_CREATE_DETACHED);
    }
    return error;
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
