// SPDX-License-Identifier: MIT
// Names for compiler attributes and a few macros that the language lacks.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define __must_check __attribute__((warn_unused_result))
#define __noreturn __attribute__((noreturn))
#define __printf(format_index, first_index)                                                        \
    __attribute__((format(printf, format_index, first_index)))
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#define __noinline __attribute__((noinline))
#ifndef __always_inline /* the host's C library has it, too */
#define __always_inline inline __attribute__((always_inline))
#endif
/* A local array that is written before it is read: spares the kernel clearing it first. */
#define __uninitialized __attribute__((uninitialized))
#define __used __attribute__((used))
#define __section(name) __attribute__((section(name)))

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/// Elements of an array; does not compile for a pointer.
#define ARRAY_SIZE(array)                                                                          \
    (sizeof(array) / sizeof((array)[0]) +                                                          \
     0 * sizeof(char[1 - 2 * __builtin_types_compatible_p(__typeof__(array),                       \
                                                          __typeof__(&(array)[0]))]))

/// The struct that holds `member` at `pointer`. The result is never const.
#define container_of(pointer, type, member)                                                        \
    ((type *)((uintptr_t)(pointer) - offsetof(type, member)))

#define MIN(a, b)                                                                                  \
    ({                                                                                             \
        __typeof__(a) min_a_ = (a);                                                                \
        __typeof__(b) min_b_ = (b);                                                                \
        min_a_ < min_b_ ? min_a_ : min_b_;                                                         \
    })
#define MAX(a, b)                                                                                  \
    ({                                                                                             \
        __typeof__(a) max_a_ = (a);                                                                \
        __typeof__(b) max_b_ = (b);                                                                \
        max_a_ > max_b_ ? max_a_ : max_b_;                                                         \
    })
