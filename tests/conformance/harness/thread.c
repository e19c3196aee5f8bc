// SPDX-License-Identifier: MIT
// Threads of a program without libc.
#include <harness/thread.h>

#include <coconut/coconut.h>
#include <harness/raw.h>
#include <stddef.h>

static void thread_main(struct thread *thread)
{
    thread->run(thread->argument);
    coco_thread_exit(0, NULL);
    __builtin_trap();
}

int64_t thread_start(struct thread *thread, void (*run)(void *), void *argument)
{
    int64_t stack = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, THREAD_STACK_SIZE,
                        COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS | COCO_MMAP_PRIVATE);
    if (stack < 0) {
        return stack;
    }
    thread->stack = (uint8_t *)stack;
    thread->run = run;
    thread->argument = argument;
    /* As if called: RSP + 8 is a multiple of 16. */
    uint64_t top = (uint64_t)stack + THREAD_STACK_SIZE - 8;
    int64_t handle = RAW(COCO_SYS_THREAD_CREATE, (uintptr_t)thread_main, top, (uintptr_t)thread, 0);
    if (handle < 0) {
        (void)RAW(COCO_SYS_MUNMAP, stack, THREAD_STACK_SIZE);
        return handle;
    }
    thread->handle = (coco_handle_t)handle;
    return 0;
}

int64_t thread_join(struct thread *thread)
{
    int64_t code = coco_thread_wait(thread->handle, COCO_FOREVER);
    if (code < 0) {
        return code;
    }
    int64_t result = coco_close(thread->handle);
    if (result == 0) {
        result = RAW(COCO_SYS_MUNMAP, (uintptr_t)thread->stack, THREAD_STACK_SIZE);
    }
    return result != 0 ? result : code;
}

uint64_t deadline_after(uint64_t after)
{
    return (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + after;
}
