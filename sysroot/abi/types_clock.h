// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about the page from which the clocks can be read.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COCO_CLOCK_PAGE_VERSION 1u

/* coco_clock_page.flags */
#define COCO_CLOCK_PAGE_TICKS 0x1u /* the time-stamp counter tells the time */

/// What `clock_page` maps. With `sequence` even and the same before and after the other fields and
/// the time-stamp counter are read, MONOTONIC is `monotonic_base + ((counter - tick_base) *
/// multiplier >> shift)`, the product in 128 bits, and REALTIME is `realtime_offset` more.
struct coco_clock_page {
    uint32_t version;        /* COCO_CLOCK_PAGE_VERSION; with another, `clock_get` is to be used */
    uint32_t flags;          /* COCO_CLOCK_PAGE_*; without TICKS, `clock_get` is to be used */
    uint32_t sequence;       /* odd while the kernel changes fields: look again */
    uint32_t shift;          /* below 64 */
    uint64_t tick_base;      /* count at `monotonic_base` */
    uint64_t multiplier;     /* ns a tick, in units of 2^-shift ns */
    uint64_t monotonic_base; /* ns */
    int64_t realtime_offset; /* ns; changes when the wall clock is set */
};

COCO_STATIC_ASSERT(sizeof(struct coco_clock_page) == 48, "coco_clock_page has a fixed size");

#ifdef __cplusplus
}
#endif
