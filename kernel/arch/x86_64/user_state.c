// SPDX-License-Identifier: MIT
// Registers of user mode: out to a program, and back from it. No privileged instruction, no state:
// the unit tests run this file on the build machine.
#include "user_state.h"
#include "x86.h"
#include <arch/user_state.h>
#include <base/string.h>

/* What POPF changes in user mode, without NT and RF: CF PF AF ZF SF TF DF OF AC ID. */
#define RFLAGS_FROM_USER 0x240dd5u

/* XSAVE area: legacy region, then the header. */
#define XSAVE_MXCSR 24
#define XSAVE_MXCSR_MASK 28
#define XSAVE_HEADER 512
#define XSAVE_HEADER_SIZE 64

void arch_user_state_save(const struct arch_registers *registers, struct coco_registers *out)
{
    *out = (struct coco_registers){
        .rax = registers->rax,
        .rbx = registers->rbx,
        .rcx = registers->rcx,
        .rdx = registers->rdx,
        .rsi = registers->rsi,
        .rdi = registers->rdi,
        .rbp = registers->rbp,
        .rsp = registers->rsp,
        .r8 = registers->r8,
        .r9 = registers->r9,
        .r10 = registers->r10,
        .r11 = registers->r11,
        .r12 = registers->r12,
        .r13 = registers->r13,
        .r14 = registers->r14,
        .r15 = registers->r15,
        .rip = registers->rip,
        .rflags = registers->rflags,
    };
}

bool arch_user_state_load(struct arch_registers *registers, const struct coco_registers *in)
{
    if (in->rip >= COCO_USER_END || in->rsp > COCO_USER_END) {
        return false;
    }
    *registers = (struct arch_registers){
        .rax = in->rax,
        .rbx = in->rbx,
        .rcx = in->rcx,
        .rdx = in->rdx,
        .rsi = in->rsi,
        .rdi = in->rdi,
        .rbp = in->rbp,
        .rsp = in->rsp,
        .r8 = in->r8,
        .r9 = in->r9,
        .r10 = in->r10,
        .r11 = in->r11,
        .r12 = in->r12,
        .r13 = in->r13,
        .r14 = in->r14,
        .r15 = in->r15,
        .rip = in->rip,
        .rflags = (in->rflags & RFLAGS_FROM_USER) | RFLAGS_USER,
        .cs = USER_CS,
        .ss = USER_DS,
    };
    return true;
}

void arch_user_state_enter(struct arch_registers *registers, uint64_t entry, uint64_t stack,
                           uint64_t argument)
{
    registers->rip = entry;
    registers->rsp = stack;
    registers->rdi = argument;
    registers->rflags = RFLAGS_USER;
    arch_user_call_forget(registers);
}

/* The entry code keeps the number of a call where exceptions have their error code. */

bool arch_user_call_returns(const struct arch_registers *registers, int64_t result)
{
    return registers->vector == VECTOR_SYSCALL && (int64_t)registers->rax == result;
}

void arch_user_call_restart(struct arch_registers *registers)
{
    registers->rax = registers->error_code;
    registers->rip -= 2; /* int 0x80 */
    arch_user_call_forget(registers);
}

void arch_user_call_forget(struct arch_registers *registers)
{
    registers->vector = 0;
    registers->error_code = 0;
}

void fpu_sanitize(void *area, uint64_t xcr0, uint32_t mxcsr_mask)
{
    uint8_t *bytes = area;
    uint64_t components;
    uint32_t mxcsr;

    memcpy(&components, bytes + XSAVE_HEADER, sizeof(components));
    components &= xcr0;
    memset(bytes + XSAVE_HEADER, 0, XSAVE_HEADER_SIZE);
    memcpy(bytes + XSAVE_HEADER, &components, sizeof(components));
    memcpy(&mxcsr, bytes + XSAVE_MXCSR, sizeof(mxcsr));
    mxcsr &= mxcsr_mask;
    memcpy(bytes + XSAVE_MXCSR, &mxcsr, sizeof(mxcsr));
}

uint32_t fpu_mxcsr_mask(const void *area)
{
    const uint32_t usual = 0xffbf; /* what a zero in the area stands for */
    uint32_t mask;

    memcpy(&mask, (const uint8_t *)area + XSAVE_MXCSR_MASK, sizeof(mask));
    return mask != 0 ? mask : usual;
}
