// SPDX-License-Identifier: MIT
// From the count of a clock that ticks at a known rate to nanoseconds. User mode computes the same
// with the numbers of struct coco_clock_page, so both have the same time.
#pragma once

#include <base/compiler.h>
#include <stdint.h>

#define TICK_SCALE_SHIFT 32u /* a rate from 1 MHz up fits, with parts of 2^-32 ns a tick */
#define TICK_SCALE_HZ_MIN 1000000u

struct tick_scale {
    uint64_t base;       /* the count at 0 ns */
    uint64_t multiplier; /* ns a tick, in units of 2^-TICK_SCALE_SHIFT ns, rounded down */
};

/// The scale of a clock of `hz` ticks per second, at least TICK_SCALE_HZ_MIN, that stands at 0 ns
/// when the count is `base`.
static inline struct tick_scale tick_scale_make(uint64_t base, uint64_t hz)
{
    return (struct tick_scale){
        .base = base,
        .multiplier = (1000000000ull << TICK_SCALE_SHIFT) / hz,
    };
}

/// Nanoseconds at the count `ticks`, not before the base. The product has 128 bits: nothing is lost
/// before the time itself is beyond 64 bits, after centuries.
static inline uint64_t tick_scale_ns(const struct tick_scale *scale, uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)(ticks - scale->base) * scale->multiplier >>
                      TICK_SCALE_SHIFT);
}
