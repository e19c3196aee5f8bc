// SPDX-License-Identifier: MIT
// Small integer functions. Alignments are powers of two.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>
#include <stdint.h>

/// True for 1, 2, 4, ...
static inline bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/// Largest multiple of `align` <= value.
static inline uint64_t align_down(uint64_t value, uint64_t align)
{
    return value & ~(align - 1);
}

/// Smallest multiple of `align` >= value. Wraps to 0 near the top: use checked_align_up() on user
/// values.
static inline uint64_t align_up(uint64_t value, uint64_t align)
{
    return align_down(value + align - 1, align);
}

/// True if `value` is a multiple of `align`.
static inline bool is_aligned(uint64_t value, uint64_t align)
{
    return (value & (align - 1)) == 0;
}

/// Sum in `*out`; false on overflow.
static inline bool __must_check checked_add(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

/// Product in `*out`; false on overflow.
static inline bool __must_check checked_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

/// align_up() in `*out`; false on overflow.
static inline bool __must_check checked_align_up(uint64_t value, uint64_t align, uint64_t *out)
{
    uint64_t sum;

    if (__builtin_add_overflow(value, align - 1, &sum)) {
        return false;
    }
    *out = align_down(sum, align);
    return true;
}

/// value / divisor rounded up; divisor > 0, no overflow.
static inline uint64_t div_round_up(uint64_t value, uint64_t divisor)
{
    return value / divisor + (value % divisor != 0);
}

/// Floor of the base-2 logarithm; value > 0.
static inline unsigned ilog2(uint64_t value)
{
    return 63u - (unsigned)__builtin_clzll(value);
}

/// Smallest n with (1 << n) >= value; value > 0 and <= 1 << 63.
static inline unsigned ilog2_up(uint64_t value)
{
    return value <= 1 ? 0 : ilog2(value - 1) + 1;
}
