// SPDX-License-Identifier: MIT
#include <arch/timer.h>
#include <base/check.h>
#include <mm/backing.h>
#include <mm/quota.h>
#include <mm/vmap.h>
#include <syscall/syscall.h>

#include "clock_page.h"

static struct backing *backing; /* shared memory; set at boot, never given back */

_Static_assert(sizeof(struct coco_clock_page) <= PAGE_SIZE, "the clock page is one page");

enum status clock_page_init(void)
{
    void *page = NULL;
    paddr_t frame;
    enum status status = shared_memory_create(&quota_root, 1, 0, &backing);

    if (status == OK) {
        status = shared_memory_ops.page(backing, 0, true, &frame); /* the reference stays with it */
    }
    if (status == OK) {
        status = vmap_phys(frame, PAGE_SIZE, ARCH_PROT_READ | ARCH_PROT_WRITE, &page);
    }
    if (status == OK) {
        arch_time_publish(page);
    }
    return status;
}

enum status clock_page_map(struct aspace *as, uaddr_t *out)
{
    /* FILE: its length is its own, and it is not memory that the process was promised. */
    const struct map_request request = {
        .length = PAGE_SIZE,
        .prot = ASPACE_READ,
        .flags = ASPACE_SHARED | ASPACE_FILE | ASPACE_NO_WRITE | ASPACE_NO_EXEC,
        .backing = backing,
    };
    enum status status;

    CHECK(backing != NULL, "the clock page was not made");
    status = aspace_map(as, &request, out);
    if (status != OK) {
        return status;
    }
    status = aspace_populate(as, *out, PAGE_SIZE, false);
    if (status != OK) {
        /* Fails only if another thread has put a larger mapping there: that one stays. */
        (void)!aspace_unmap(as, *out, PAGE_SIZE);
    }
    return status;
}
