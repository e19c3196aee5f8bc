// SPDX-License-Identifier: MIT
// Inner loops over 64-bit limbs with BMI2 and ADX: two chains of carries, one in each of two flags.
// Only with CPU_MULX_ADX. No branch and no address depends on a limb's value.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t limb;

#define BLOCK 8  ///< limbs at a time, for any number of them
#define ROW16 16 ///< limbs of an RSA-2048 factor, which has code without loops

// A line is an instruction.
// clang-format off

/// One product: a limb of `a` by rdx, `from` the high half of the one before, `to` this one's.
#define STEP(a_at, t_at, from, to)                                                                 \
    "mulx " a_at "(%[a]), %%r9, %%" to "\n\t"                                                      \
    "adcx %%" from ", %%r9\n\t"                                                                    \
    "adox " t_at "(%[t]), %%r9\n\t"                                                                \
    "mov %%r9, " t_at "(%[t])\n\t"
#define STEP_AT(at, from, to) STEP(at, at, from, to)

/// Both flags into the last high half, without a change of either before.
#define LAST_CARRY                                                                                 \
    "mov $0, %%r9d\n\t"                                                                            \
    "adcx %%r9, %%r8\n\t"                                                                          \
    "adox %%r9, %%r8\n\t"

/// t += a * b for `blocks` blocks of limbs, at least one; the carry.
static inline __attribute__((always_inline)) limb multiply_blocks(limb *t, const limb *a, limb b,
                                                                  size_t blocks)
{
    limb carry;
    __asm__ volatile("xor %%r8d, %%r8d\n"
                     "1:\n\t" // no instruction in the loop but the sums touches their flags
                     STEP_AT("0", "r8", "r10")
                     STEP_AT("8", "r10", "r8")
                     STEP_AT("16", "r8", "r10")
                     STEP_AT("24", "r10", "r8")
                     STEP_AT("32", "r8", "r10")
                     STEP_AT("40", "r10", "r8")
                     STEP_AT("48", "r8", "r10")
                     STEP_AT("56", "r10", "r8")
                     "lea 64(%[a]), %[a]\n\t"
                     "lea 64(%[t]), %[t]\n\t"
                     "lea -1(%%rcx), %%rcx\n\t"
                     "jrcxz 2f\n\t"
                     "jmp 1b\n"
                     "2:\n\t"
                     LAST_CARRY
                     "mov %%r8, %[carry]"
                     : [a] "+r"(a), [t] "+r"(t), "+c"(blocks), [carry] "=&r"(carry)
                     : "d"(b)
                     : "r8", "r9", "r10", "cc", "memory");
    return carry;
}

/// t += a * b for 16 limbs; the carry.
static inline __attribute__((always_inline)) limb multiply_16(limb *t, const limb *a, limb b)
{
    limb carry;
    __asm__ volatile("xor %%r8d, %%r8d\n\t"
                     ".set .Lfacade_at, 0\n\t"
                     ".rept 8\n\t"
                     STEP_AT(".Lfacade_at", "r8", "r10")
                     STEP_AT(".Lfacade_at + 8", "r10", "r8")
                     ".set .Lfacade_at, .Lfacade_at + 16\n\t"
                     ".endr\n\t"
                     LAST_CARRY
                     "mov %%r8, %[carry]"
                     : [carry] "=&r"(carry)
                     : [a] "r"(a), [t] "r"(t), "d"(b)
                     : "r8", "r9", "r10", "cc", "memory");
    return carry;
}

/// t += the products of different limbs of a, each once: row i is limb i by those above it, j. The
/// limbs of t above what a row reaches are 0.
static inline void products_16(limb *t, const limb *a)
{
    __asm__ volatile(".set .Lfacade_i, 0\n\t"
                     ".rept 15\n\t"
                     "mov 8 * .Lfacade_i(%[a]), %%rdx\n\t"
                     "xor %%r8d, %%r8d\n\t"
                     ".set .Lfacade_j, .Lfacade_i + 1\n\t"
                     ".rept (15 - .Lfacade_i) / 2\n\t"
                     STEP("8 * .Lfacade_j", "8 * (.Lfacade_i + .Lfacade_j)", "r8", "r10")
                     STEP("8 * .Lfacade_j + 8", "8 * (.Lfacade_i + .Lfacade_j) + 8", "r10", "r8")
                     ".set .Lfacade_j, .Lfacade_j + 2\n\t"
                     ".endr\n\t"
                     ".rept (15 - .Lfacade_i) & 1\n\t"
                     STEP("8 * .Lfacade_j", "8 * (.Lfacade_i + .Lfacade_j)", "r8", "r10")
                     "mov %%r10, %%r8\n\t"
                     ".endr\n\t"
                     LAST_CARRY
                     "mov %%r8, 8 * (16 + .Lfacade_i)(%[t])\n\t"
                     ".set .Lfacade_i, .Lfacade_i + 1\n\t"
                     ".endr"
                     :
                     : [a] "r"(a), [t] "r"(t)
                     : "rdx", "r8", "r9", "r10", "cc", "memory");
}

/// t = a * a, of 32 limbs and of 16: the products of different limbs, doubled in one chain of
/// carries while the other adds the squares of the limbs.
static inline void square_16(limb *t, const limb *a)
{
    memset(t, 0, 2 * ROW16 * sizeof(limb));
    products_16(t, a);
    __asm__ volatile("xor %%r8d, %%r8d\n\t"
                     ".set .Lfacade_i, 0\n\t"
                     ".rept 16\n\t"
                     "mov 8 * .Lfacade_i(%[a]), %%rdx\n\t"
                     "mulx %%rdx, %%r9, %%r10\n\t"
                     "mov 16 * .Lfacade_i(%[t]), %%r8\n\t"
                     "adcx %%r8, %%r8\n\t"
                     "adox %%r9, %%r8\n\t"
                     "mov %%r8, 16 * .Lfacade_i(%[t])\n\t"
                     "mov 16 * .Lfacade_i + 8(%[t]), %%r8\n\t"
                     "adcx %%r8, %%r8\n\t"
                     "adox %%r10, %%r8\n\t"
                     "mov %%r8, 16 * .Lfacade_i + 8(%[t])\n\t"
                     ".set .Lfacade_i, .Lfacade_i + 1\n\t"
                     ".endr"
                     :
                     : [a] "r"(a), [t] "r"(t)
                     : "rdx", "r8", "r9", "r10", "cc", "memory");
}
// clang-format on
