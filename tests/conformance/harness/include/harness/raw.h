// SPDX-License-Identifier: MIT
// Calls with full control over every register: what the generated stubs cannot express, such as a
// handle with bits above 31, a number no row defines, or a look at all registers after the call.
#pragma once

#include <stdint.h>

/// Registers that take part in a call, in the order of the arguments.
struct raw_registers {
    uint64_t rax, rdi, rsi, r8, r9, r10;
    uint64_t rbx, rcx, rdx, rbp, r11, r12, r13, r14, r15;
    uint64_t rflags;
};

/// Executes `int 0x80` with all registers as given and stores all as they are afterwards.
void raw_call_registers(struct raw_registers *registers);

/// Executes `int 0x80` with a number and five argument registers. The result is RAX.
static inline int64_t raw_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                               uint64_t e)
{
    register uint64_t r8 __asm__("r8") = c;
    register uint64_t r9 __asm__("r9") = d;
    register uint64_t r10 __asm__("r10") = e;
    int64_t result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "r"(r8), "r"(r9), "r"(r10)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

#define RAW_5(number, a, b, c, d, e, ...)                                                          \
    raw_call((number), (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e))

/// RAW(COCO_SYS_..., up to five arguments): missing ones are 0.
#define RAW(...) RAW_5(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
