// SPDX-License-Identifier: MIT
#include "../private/clock_page.h"

#include <coconut/errors.h>
#include <coconut/syscalls.h>

static const struct coco_clock_page no_page; // has no flags

const struct coco_clock_page *__coco_clock_page = &no_page;

static bool refused; // atomic; there is none, or none that can be used

bool __coco_clock_page_map(void)
{
    const struct coco_clock_page *none = &no_page;
    if (__atomic_load_n(&refused, __ATOMIC_RELAXED)) {
        return false;
    }
    int64_t address = coco_clock_page();
    if (coco_is_error(address)) { // an old kernel, a policy, no memory
        __atomic_store_n(&refused, true, __ATOMIC_RELAXED);
        return false;
    }
    const struct coco_clock_page *page = (const struct coco_clock_page *)address;
    bool usable =
        page->version == COCO_CLOCK_PAGE_VERSION && (page->flags & COCO_CLOCK_PAGE_TICKS) != 0;
    if (!usable || !__atomic_compare_exchange_n(&__coco_clock_page, &none, page, false,
                                                __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
        (void)coco_munmap((void *)address, sizeof(*page)); // another thread has mapped it
    }
    if (!usable) {
        __atomic_store_n(&refused, true, __ATOMIC_RELAXED);
    }
    return usable;
}
