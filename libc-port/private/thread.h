// SPDX-License-Identifier: MIT
// Thread control block and thread-local storage. The block lies at the thread pointer (FS base);
// the thread's TLS variables lie right below it (x86-64 variant II).
#pragma once

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coconut/types.h>

#define COCO_THREAD_STACK_SIZE (1024u * 1024u) /* bytes, if attributes ask for no other */
#define COCO_THREAD_NAME_MAX 16

enum thread_state {
    THREAD_JOINABLE,
    THREAD_DETACHED,
    THREAD_EXITED, /* was joinable, has ended or is about to */
};

struct coco_robust_table;

struct thread_value {
    const void *value;
    uint32_t generation; /* of the key when the value was set */
};

/// How a thread is to be scheduled that does not inherit it. It sets that itself, so that it never
/// runs otherwise; its maker waits for the result.
struct thread_schedule {
    struct coco_schedule wanted;
    bool inherits;       /* `wanted` means nothing */
    uint64_t processors; /* that it may run on; 0 for all that its maker may */
    int error;
    uint32_t done; /* atomic; woken */
};

struct __pthread {
    struct __pthread *self; /* the compiler reads %fs:0 for the thread pointer */
    void *reserved[4];
    uintptr_t canary;  /* %fs:0x28, where Linux-built objects look for it */
    uint32_t alive;    /* 1; cleared by the kernel when the thread is gone, then woken */
    uint32_t state;    /* enum thread_state; guarded by the lock of registry.h */
    uint32_t canceled; /* atomic: pthread_cancel() was called; %fs:0x38, see cp.S */
    bool unblocks;     /* its maker blocked SIGCANCEL, because it was cancelled itself */
    bool joined;       /* somebody is joining it, and will free it; guarded as `state` */
    uint64_t number;   /* as a pthread_t, see registry.h */
    void *mapping;     /* stack and TLS, if this library mapped them */
    size_t mapping_len;
    void *stack;           /* as pthread_getattr_np() tells it; NULL: the first thread's */
    size_t stack_size;     /* bytes */
    size_t guard_size;     /* bytes */
    uint32_t mxcsr;        /* the maker's when it made the thread, as the next */
    uint16_t control_word; /* of the x87 unit */
    void *(*start)(void *);
    void *argument;
    void *c11_argument;               /* of a thread that thrd_create() made */
    struct thread_schedule *schedule; /* the maker's, until the thread has begun; or NULL */
    void *result;
    struct _pthread_cleanup_context *cleanup;
    uint64_t id;                      /* the kernel's; atomic, 0 until the thread runs */
    uint32_t read_locks;              /* that it holds, of read-write locks */
    struct coco_robust_table *robust; /* of robust mutexes it holds, or NULL */
    stack_t signal_stack;
    int cancel_state;
    int cancel_type;
    int held_cancel_type; /* while cancel_type is another one, see registry.c */
    char name[COCO_THREAD_NAME_MAX];
    struct thread_value values[PTHREAD_KEYS_MAX];
};

_Static_assert(offsetof(struct __pthread, canary) == 0x28, "canary belongs at %fs:0x28");
_Static_assert(offsetof(struct __pthread, canceled) == 0x38, "cp.S looks at %fs:0x38");

/// The calling thread.
static inline struct __pthread *__coco_self(void)
{
    struct __pthread *self;
    __asm__("movq %%fs:0, %0" : "=r"(self));
    return self;
}

/// What stands for the calling thread in objects that processes may share: unlike the address of
/// its control block it is no other thread's in any process.
static inline pthread_t __coco_owner(void)
{
    return (pthread_t)(uintptr_t)__atomic_load_n(&__coco_self()->id, __ATOMIC_RELAXED);
}

/// The id of the calling thread.
static inline pthread_t __coco_self_id(void)
{
    return (pthread_t)(uintptr_t)__coco_self()->number;
}

/// Distance from a program's TLS block up to the thread pointer, as the linker computes it. Pure.
/// @param vaddr   p_vaddr of PT_TLS
/// @param memsz   p_memsz of PT_TLS, bytes
/// @param align   p_align of PT_TLS, a power of two
static inline size_t __coco_tls_offset(uint64_t vaddr, uint64_t memsz, uint64_t align)
{
    return memsz + ((0 - vaddr - memsz) & (align - 1));
}

/// Bytes that a thread's TLS and control block take at most at the top of a memory range.
size_t __coco_tls_span(void);

/// Put a thread's TLS and control block at the end of a memory range and initialise both.
/// @param end  first address behind the range, which must have __coco_tls_span() bytes below it
/// that
///             read as zero
/// @return the control block; the memory below __coco_tls_low() of it is free for a stack
struct __pthread *__coco_tls_place(char *end);

/// Lowest address of the TLS that belongs to a control block.
char *__coco_tls_low(struct __pthread *thread);

/// Run the destructors of the calling thread's keys, in up to PTHREAD_DESTRUCTOR_ITERATIONS rounds.
void __coco_keys_destroy(void);

/// pthread_create(), with one more argument for C11's start function.
int __coco_thread_create(pthread_t *out, const pthread_attr_t *attr, void *(*start)(void *),
                         void *argument, void *c11_argument);

/// Threads that have been started and have not begun to end, the first one included.
extern uint32_t __coco_thread_count;

/// End the calling thread, whose frames are gone or hold nothing that has to be destroyed: cleanup
/// handlers, thread_local variables, keys, then the thread itself.
_Noreturn void __coco_thread_end(void);
