// SPDX-License-Identifier: MIT
// Sets of processors, with the names and the size that Linux programs know.
#pragma once

#include <sys/cdefs.h>

#define CPU_SETSIZE 1024

#define __CPU_BITS (8 * __SIZEOF_LONG__)

typedef struct {
    unsigned long __bits[CPU_SETSIZE / __CPU_BITS];
} cpu_set_t;

#ifdef __cplusplus
extern "C" {
#endif

/// Room for a set of `__count` processors. @return CPU_FREE() it; NULL if there is no memory
cpu_set_t *__sched_cpualloc(__SIZE_TYPE__ __count);
void __sched_cpufree(cpu_set_t *__set);

/// How many processors are in a set of `__size` bytes.
int __sched_cpucount(__SIZE_TYPE__ __size, const cpu_set_t *__set);

static __inline unsigned long *__cpu_word(__SIZE_TYPE__ __cpu, __SIZE_TYPE__ __size,
                                          const cpu_set_t *__set)
{
    return __cpu / 8 < __size ? (unsigned long *)__set->__bits + __cpu / __CPU_BITS
                              : (unsigned long *)0;
}

static __inline void __cpu_change(__SIZE_TYPE__ __cpu, __SIZE_TYPE__ __size, cpu_set_t *__set,
                                  int __in)
{
    unsigned long *__word = __cpu_word(__cpu, __size, __set);
    unsigned long __bit = 1ul << __cpu % __CPU_BITS;
    if (__word) {
        *__word = __in ? *__word | __bit : *__word & ~__bit;
    }
}

static __inline int __cpu_isset(__SIZE_TYPE__ __cpu, __SIZE_TYPE__ __size, const cpu_set_t *__set)
{
    const unsigned long *__word = __cpu_word(__cpu, __size, __set);
    return __word && (*__word >> __cpu % __CPU_BITS & 1) != 0;
}

#ifdef __cplusplus
}
#endif

#define __CPU_COMBINE(size, out, a, op, b)                                                         \
    do {                                                                                           \
        cpu_set_t *__out = (out);                                                                  \
        const cpu_set_t *__a = (a);                                                                \
        const cpu_set_t *__b = (b);                                                                \
        __SIZE_TYPE__ __words = (size) / sizeof(unsigned long);                                    \
        for (__SIZE_TYPE__ __i = 0; __i < __words; __i++) {                                        \
            __out->__bits[__i] = __a->__bits[__i] op __b->__bits[__i];                             \
        }                                                                                          \
    } while (0)

// The same for sets of any size, in bytes.
#define CPU_ALLOC(count) __sched_cpualloc(count)
#define CPU_FREE(set) __sched_cpufree(set)
#define CPU_ALLOC_SIZE(count) (((count) + __CPU_BITS - 1) / __CPU_BITS * sizeof(unsigned long))
#define CPU_ZERO_S(size, set) ((void)__builtin_memset((set), 0, (size)))
#define CPU_SET_S(cpu, size, set) __cpu_change((__SIZE_TYPE__)(cpu), (size), (set), 1)
#define CPU_CLR_S(cpu, size, set) __cpu_change((__SIZE_TYPE__)(cpu), (size), (set), 0)
#define CPU_ISSET_S(cpu, size, set) __cpu_isset((__SIZE_TYPE__)(cpu), (size), (set))
#define CPU_COUNT_S(size, set) __sched_cpucount((size), (set))
#define CPU_EQUAL_S(size, a, b) (__builtin_memcmp((a), (b), (size)) == 0)
#define CPU_AND_S(size, out, a, b) __CPU_COMBINE(size, out, a, &, b)
#define CPU_OR_S(size, out, a, b) __CPU_COMBINE(size, out, a, |, b)
#define CPU_XOR_S(size, out, a, b) __CPU_COMBINE(size, out, a, ^, b)

#define CPU_ZERO(set) CPU_ZERO_S(sizeof(cpu_set_t), set)
#define CPU_SET(cpu, set) CPU_SET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_CLR(cpu, set) CPU_CLR_S(cpu, sizeof(cpu_set_t), set)
#define CPU_ISSET(cpu, set) CPU_ISSET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_COUNT(set) CPU_COUNT_S(sizeof(cpu_set_t), set)
#define CPU_EQUAL(a, b) CPU_EQUAL_S(sizeof(cpu_set_t), a, b)
#define CPU_AND(out, a, b) CPU_AND_S(sizeof(cpu_set_t), out, a, b)
#define CPU_OR(out, a, b) CPU_OR_S(sizeof(cpu_set_t), out, a, b)
#define CPU_XOR(out, a, b) CPU_XOR_S(sizeof(cpu_set_t), out, a, b)
