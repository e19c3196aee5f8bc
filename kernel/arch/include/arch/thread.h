// SPDX-License-Identifier: MIT
// Register state of a thread, kernel stacks, context switch.
//
// A kernel stack is ARCH_STACK_SIZE bytes, aligned to its size, with an unmapped page below. Its
// lowest bytes hold struct arch_stack_head, found by masking the stack pointer: that is how running
// code finds its thread and its CPU.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define ARCH_STACK_SIZE 16384ull

struct arch_thread;
struct cpu; /* arch's own per-CPU data */

/// Lowest bytes of each kernel stack.
struct arch_stack_head {
    struct arch_thread *thread; /* whose stack it is; NULL on a boot or interrupt stack */
    struct cpu *cpu;            /* CPU that runs on the stack now */
    uint32_t return_work; /* not zero: call user_return_check() before returning to user mode */
    uint32_t magic;       /* ARCH_STACK_MAGIC; lost when the stack overflowed */
    uint64_t reserved[5];
};

#define ARCH_STACK_MAGIC 0x57ac4b1du

/// Embedded in the kernel's struct thread. Members are for arch only.
struct arch_thread {
    uint64_t kernel_rsp; /* saved stack pointer while not running */
    uint64_t stack_top;  /* end of the kernel stack: where traps from user mode start */
    uint64_t fs_base;    /* user's FS base (thread-local storage) */
    uint64_t gs_base;    /* user's GS base */
    void *fpu;           /* arch_fpu_size() bytes, 64-byte aligned; NULL for kernel threads */
};

/// Registers of a thread at its entry to user mode; all others are zero, RFLAGS is 0x202.
struct arch_user_entry {
    uint64_t rip;
    uint64_t rsp;
    uint64_t rdi;
    uint64_t rsi;
    uint64_t fs_base;
};

/// Upcall to task: first thing a new thread runs, on its own stack, with interrupts off; finishes
/// the switch that led here (releases the run queue). Turns nothing on: arch enables interrupts
/// after it.
void thread_switch_finish(void);

/// Prepares `thread` to run `entry(argument)` in the kernel when it is switched to for the first
/// time. `stack_top` is the end of a fresh kernel stack (ARCH_STACK_SIZE-aligned). `entry` must not
/// return. The thread's fpu, fs_base and gs_base must be set (zero for a kernel thread).
void arch_thread_init_kernel(struct arch_thread *thread, void *stack_top,
                             void (*entry)(void *argument), void *argument);

/// Prepares `thread` to enter user mode as `entry` says when it is switched to for the first time.
/// `thread->fpu` must be an area that arch_fpu_init() has filled.
void arch_thread_init_user(struct arch_thread *thread, void *stack_top,
                           const struct arch_user_entry *entry);

/// Turns the calling kernel context into the boot CPU's or an AP's idle thread: `thread` takes over
/// the stack that the caller runs on.
void arch_thread_adopt(struct arch_thread *thread);

/// Leaves the kernel for user mode; the calling thread's kernel stack is reset. For a thread that
/// was started with arch_thread_init_kernel() and has loaded its program. fpu must be set.
__noreturn void arch_thread_enter_user(const struct arch_user_entry *entry);

/// Switches from `from` (running) to `to`: registers, stack, FPU state, FS and GS base. Returns
/// when `from` is switched to again, possibly on another CPU. Interrupts off. The address space is
/// the caller's business: arch_as_activate().
void arch_thread_switch(struct arch_thread *from, struct arch_thread *to);

/// The thread that runs on this CPU.
static inline struct arch_thread *arch_thread_current(void);

/// Sets / reads the FS base of the calling thread. `base` must be below COCO_USER_END: the caller
/// has checked it.
void arch_thread_set_tls(uint64_t base);
uint64_t arch_thread_get_tls(void);

/// Makes `thread` call user_return_check() before it next returns to user mode. Any CPU may call
/// it; a thread that is in user mode on another CPU notices at its next interrupt: send one with
/// arch_send_reschedule().
void arch_thread_request_work(struct arch_thread *thread);

/// Bytes of an FPU save area, the same for all threads; a multiple of 64.
size_t arch_fpu_size(void);

/// Fills a save area with the state at program start: x87 defaults, MXCSR 0x1F80, registers zero.
void arch_fpu_init(void *area);

#include <arch_impl/thread.h>
