// SPDX-License-Identifier: MIT
#include "user_memory.h"
#include "machine.h"
#include "unit.h"

static struct aspace space;
static uaddr_t memory;

struct aspace *aspace_current(void)
{
    return &space;
}

bool user_memory_start(size_t length)
{
    struct map_request request = {.length = length, .prot = ASPACE_READ | ASPACE_WRITE};

    if (memory.v != 0) {
        return false;
    }
    machine_start();
    UNIT_OK(aspace_create(&space, 0));
    arch_as_activate(&space.arch);
    UNIT_OK(aspace_map(&space, &request, &memory));
    UNIT_OK(user_zero(memory, length)); // all pages are there, so tests can count pages
    return true;
}

__attribute__((destructor)) static void user_memory_stop(void)
{
    if (memory.v != 0) {
        aspace_clear(&space);
        arch_as_activate(NULL);
        aspace_destroy(&space);
    }
}

uaddr_t user_memory(size_t offset)
{
    return uaddr(memory.v + offset);
}
