// SPDX-License-Identifier: MIT
// Model of the heap for the tests of task: memory and stacks of the host, counted, with failures on
// demand.
#include <base/string.h>
#include <mm/heap.h>
#include <mm/random.h>
#include <mm/vmap.h>

#include "sim.h"
#include "sim_heap.h"
#include "sim_host.h"

static int64_t allocations;         /* atomic */
static int64_t fail_countdown = -1; /* atomic */
static bool failure_delivered;

int64_t sim_allocations(void)
{
    return __atomic_load_n(&allocations, __ATOMIC_RELAXED);
}

void sim_fail_allocation(int64_t count)
{
    failure_delivered = false;
    __atomic_store_n(&fail_countdown, count, __ATOMIC_RELAXED);
}

bool sim_failure_delivered(void)
{
    return failure_delivered;
}

enum status sim_allocation_permit(void)
{
    if (__atomic_load_n(&fail_countdown, __ATOMIC_RELAXED) >= 0 &&
        __atomic_fetch_sub(&fail_countdown, 1, __ATOMIC_RELAXED) == 0) {
        failure_delivered = true;
        return ERR_NOMEM;
    }
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return OK;
}

void sim_allocation_return(void)
{
    EXPECT(__atomic_sub_fetch(&allocations, 1, __ATOMIC_RELAXED) >= 0);
}

enum status kmalloc(size_t size, void **out)
{
    *out = NULL;
    if (sim_allocation_permit() != OK) {
        return ERR_NOMEM;
    }
    *out = malloc(size);
    memset(*out, 0xa5, size);
    return OK;
}

enum status kzalloc(size_t size, void **out)
{
    enum status status = kmalloc(size, out);

    if (status == OK) {
        memset(*out, 0, size);
    }
    return status;
}

void kfree(void *pointer)
{
    if (pointer != NULL) {
        sim_allocation_return();
        free(pointer);
    }
}

enum status kstack_alloc(void **top)
{
    *top = NULL;
    if (sim_allocation_permit() != OK) {
        return ERR_NOMEM;
    }
    *top = (uint8_t *)host_stack_alloc(SIM_STACK_SIZE) + SIM_STACK_SIZE;
    return OK;
}

void kstack_free(void *top)
{
    uint8_t *bottom = (uint8_t *)top - SIM_STACK_SIZE;

    EXPECT((void *)bottom != (void *)sim_head());
    sim_allocation_return();
    host_stack_free(bottom, SIM_STACK_SIZE);
}

void random_bytes(void *out, size_t len)
{
    memset(out, 0x5a, len);
}
