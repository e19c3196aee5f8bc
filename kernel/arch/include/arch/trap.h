// SPDX-License-Identifier: MIT
// Where traps enter the kernel: system calls, page faults, exceptions, interrupts.
//
// Everything here is an upcall: arch calls it, an upper layer defines it.
#pragma once

#include <base/compiler.h>
#include <base/types.h>

/// A system call. The callee writes `result` and nothing else.
struct syscall_frame {
    uint64_t number;  /* RAX */
    uint64_t args[5]; /* RDI RSI R8 R9 R10 */
    uint64_t result;  /* RAX afterwards */
};

/// What a page fault was about.
#define ARCH_ACCESS_READ 0x1u
#define ARCH_ACCESS_WRITE 0x2u
#define ARCH_ACCESS_EXEC 0x4u
#define ARCH_ACCESS_PRESENT 0x8u /* a page was mapped, but does not allow the access */

/// All registers at an exception, in the order in which the entry code saves them.
struct arch_registers {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector;
    uint64_t error_code; /* 0 for exceptions that have none */
    uint64_t rip, cs, rflags, rsp, ss;
};

/// An exception of user mode that ends the process.
struct arch_exception {
    uint64_t vector;
    uint64_t error_code;
    uint64_t address; /* page fault: the address accessed; otherwise 0 */
    uint64_t rip;
    uint64_t rsp;
    const struct arch_registers *registers;
    bool final; /* the thread cannot go on: the return to user mode itself has failed */
};

/// Vectors that upper layers may want to name.
#define ARCH_VECTOR_DIVIDE 0u
#define ARCH_VECTOR_DEBUG 1u
#define ARCH_VECTOR_BREAKPOINT 3u
#define ARCH_VECTOR_INVALID_OPCODE 6u
#define ARCH_VECTOR_PAGE_FAULT 14u
#define ARCH_VECTOR_X87 16u
#define ARCH_VECTOR_ALIGNMENT 17u
#define ARCH_VECTOR_SIMD 19u

/// Upcall to syscall: serves one call. Interrupts are off, and may be either way afterwards.
void syscall_entry(struct syscall_frame *frame);

/// Upcall to task: a page fault of user mode. Interrupts on. True when the access can be tried
/// again; false makes arch call user_exception().
bool user_fault(uint64_t address, unsigned access);

/// Upcall to task: ends the process of the calling thread, or notes a signal for it. Interrupts on.
/// `exception` is only valid during the call. When it returns, arch calls user_return_check()
/// before user mode, which must not let a thread of an ended process through.
void user_exception(const struct arch_exception *exception);

/// Upcall to task: called before a return to user mode when the thread's work flag was set
/// (arch_thread_request_work()) or after user_exception(). Interrupts off on entry and on return;
/// may switch threads, and does not return for a thread that has to end. `registers` are what user
/// mode will see, and may be changed with <arch/user_state.h>.
void user_return_check(struct arch_registers *registers);

/// Upcall to task: this CPU's timer fired, in user mode or in the kernel. Interrupts off, no
/// switching: request work instead.
void timer_interrupt(bool from_user);

/// Upcall to task: another CPU called arch_send_reschedule() for this one. Interrupts off, no
/// switching.
void reschedule_interrupt(void);

/// Upcall to dev: interrupt line `line` (global system interrupt) fired. Interrupts off.
void device_interrupt(unsigned line);
