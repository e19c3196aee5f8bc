// SPDX-License-Identifier: MIT
// mm's upcalls as the tests of this module answer them, and a start for address space tests.
#include "mm_test.h"
#include "unit.h"

static _Thread_local struct aspace *current;

void (*mm_test_on_check)(void);

struct aspace *aspace_current(void)
{
    return current;
}

void sched_check(void)
{
    UNIT_CHECK(arch_irq_enabled()); /* never with a lock held */
    if (mm_test_on_check != NULL) {
        mm_test_on_check();
    }
}

void mm_test_attach(struct aspace *as)
{
    arch_as_activate(as != NULL ? &as->arch : NULL);
    current = as;
}

void mm_test_create(struct aspace *as, uint64_t limit)
{
    UNIT_OK(aspace_create(as, limit));
    mm_test_attach(as);
}

void mm_test_destroy(struct aspace *as)
{
    aspace_clear(as);
    UNIT_EQUAL(as->resident_pages, 0);
    UNIT_EQUAL(as->mapped_len, 0);
    UNIT_EQUAL(as->vma_count, 0);
    mm_test_attach(NULL);
    aspace_destroy(as);
}
