// SPDX-License-Identifier: MIT
// The state of a thread in user mode, while the thread is in the kernel on its way back there: for
// handing it to the program, and for taking it back from where the program could change it.
#pragma once

#include <abi/types.h>
#include <arch/trap.h>
#include <base/compiler.h>
#include <base/types.h>

/// Bytes below the stack pointer that compiled code may use without moving it.
#define ARCH_RED_ZONE 128ull

/// No FPU save area is larger: arch_fpu_size() <= ARCH_FPU_SIZE_MAX.
#define ARCH_FPU_SIZE_MAX 1024u

/// Copies the registers that a program can see.
void arch_user_state_save(const struct arch_registers *registers, struct coco_registers *out);

/// Sets the registers to values from user mode; bits that user mode cannot set itself are left out.
/// False, and nothing changed, if user mode could not run with them: RIP or RSP outside of user
/// space. Afterwards a return to user mode with `registers` cannot fault.
__must_check bool arch_user_state_load(struct arch_registers *registers,
                                       const struct coco_registers *in);

/// Makes the thread continue as if `entry(argument)` had been called with the stack pointer
/// `stack`; other registers stay. All three are user addresses.
void arch_user_state_enter(struct arch_registers *registers, uint64_t entry, uint64_t stack,
                           uint64_t argument);

/// True if the thread returns from a system call with `result` and this was not asked before for
/// the same call and forgotten.
bool arch_user_call_returns(const struct arch_registers *registers, int64_t result);

/// Makes the thread do its system call once more, with the same registers.
void arch_user_call_restart(struct arch_registers *registers);

/// The registers are no longer those of a return from a system call.
void arch_user_call_forget(struct arch_registers *registers);

/// Saves the calling thread's FPU state. The result is arch_fpu_size() bytes that stay as they are
/// until the thread returns to user mode or calls one of the next two. Interrupts on.
const void *arch_fpu_capture(void);

/// Sets the calling thread's FPU state to `area`, arch_fpu_size() bytes of kernel memory with
/// content from user mode. What the processor would refuse is taken out of `area` first.
void arch_fpu_load(void *area);

/// Sets the calling thread's FPU to its state at program start.
void arch_fpu_reset(void);
