// SPDX-License-Identifier: MIT
// The clocks without a call: computed from the processor's time-stamp counter with what the
// kernel's page says. Async-signal-safe, no locks. The page is mapped when it is first needed; a
// copy of the process has it, too.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coconut/types.h>

/// The page, or one of zeros as long as there is none that can be used. Atomic.
extern const struct coco_clock_page *__coco_clock_page;

/// Maps the page if that was not tried before. @return whether __coco_clock_page can be used now
bool __coco_clock_page_map(void);

/// The time-stamp counter, not read before the loads in front of it are done.
static inline uint64_t __coco_ticks(void)
{
    uint64_t low, high; // the instruction clears the upper halves
    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
    return high << 32 | low;
}

/// One look at the page. @return false if the kernel was changing it
static inline bool __coco_clock_page_look(const struct coco_clock_page *page, bool real,
                                          uint64_t *out)
{
    uint32_t before = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
    uint64_t ticks = __coco_ticks() - __atomic_load_n(&page->tick_base, __ATOMIC_RELAXED);
    uint64_t multiplier = __atomic_load_n(&page->multiplier, __ATOMIC_RELAXED);
    uint32_t shift = __atomic_load_n(&page->shift, __ATOMIC_RELAXED);
    uint64_t ns = (uint64_t)((unsigned __int128)ticks * multiplier >> (shift & 63));
    ns += __atomic_load_n(&page->monotonic_base, __ATOMIC_RELAXED);
    if (real) {
        ns += (uint64_t)__atomic_load_n(&page->realtime_offset, __ATOMIC_RELAXED);
    }
    __asm__("" : "+r"(ns)); // computed here: until after the check it would take more registers
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    *out = ns;
    // An odd number says that the kernel is changing it.
    return __atomic_load_n(&page->sequence, __ATOMIC_RELAXED) == (before & ~1u);
}

/// Nanoseconds of the monotonic clock, or with `real` of the wall clock.
/// @return false if there is no page to read them from, or none yet: __coco_clock_page_map() tells
static inline bool __coco_clock_page_read(bool real, uint64_t *out)
{
    const struct coco_clock_page *page = __atomic_load_n(&__coco_clock_page, __ATOMIC_ACQUIRE);
    if (__builtin_expect((page->flags & COCO_CLOCK_PAGE_TICKS) == 0, 0)) {
        return false;
    }
    while (__builtin_expect(!__coco_clock_page_look(page, real, out), 0)) {
        __builtin_ia32_pause();
    }
    return true;
}
