// SPDX-License-Identifier: MIT
// Threads that change and use the same pages at a time.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch_impl/host.h>
#include <mm/user_copy.h>
#include <pthread.h>

#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)

static struct aspace as;

#define SHARED_PAGES 128u
#define SHARED_BASE 0x50000000ull

static uint64_t next_state(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/// One change or access in the shared pages. Whatever the others do, only these results are
/// possible.
static bool disturb(uint64_t *state)
{
    uint64_t page = next_state(state) % SHARED_PAGES;
    uint64_t length = (1 + next_state(state) % (SHARED_PAGES - page)) * PAGE_SIZE;
    uaddr_t address = uaddr(SHARED_BASE + page * PAGE_SIZE);
    struct map_request request = {
        .hint = address.v, .length = length, .prot = READ_WRITE, .flags = ASPACE_FIXED};
    enum status status;
    uint32_t word;
    uaddr_t out;

    switch (next_state(state) % 8) {
    case 0:
        return aspace_map(&as, &request, &out) == OK;
    case 1:
        return aspace_unmap(&as, address, length / 4) == OK;
    case 2:
        status = aspace_protect(&as, address, length / 2, ASPACE_READ);
        return status == OK || status == ERR_NOMEM;
    case 3:
        status = aspace_protect(&as, address, length / 2, READ_WRITE);
        return status == OK || status == ERR_NOMEM;
    case 4:
        status = user_copy_in(&word, address, sizeof(word));
        return status == OK || status == ERR_FAULT;
    default:
        status = user_store32(address, (uint32_t)page);
        return status == OK || status == ERR_FAULT;
    }
}

static void *disturb_often(void *argument)
{
    uint64_t state = (uint64_t)(uintptr_t)argument * 7919u;
    const char *complaint = NULL;

    host_cpu_set((unsigned)(uintptr_t)argument);
    mm_test_attach(&as);
    for (unsigned i = 0; i < 4000 && complaint == NULL; i++) {
        complaint = disturb(&state) ? NULL : "a result that cannot be";
    }
    mm_test_attach(NULL);
    return (void *)(uintptr_t)complaint;
}

UNIT_TEST(aspace_many_threads)
{
    struct machine_usage before;
    pthread_t threads[4];
    uint32_t word;
    void *complaint;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    for (unsigned i = 0; i < 4; i++) {
        UNIT_EQUAL(pthread_create(&threads[i], NULL, disturb_often, (void *)(uintptr_t)(i + 1)), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(threads[i], &complaint);
        UNIT_CHECK(complaint == NULL);
    }
    for (unsigned page = 0; page < SHARED_PAGES;
         page++) { /* content is 0 or the page's own number */
        enum status status = user_load32(uaddr(SHARED_BASE + page * PAGE_SIZE), &word);

        UNIT_CHECK(status == ERR_FAULT || word == 0 || word == page);
    }
    mm_test_destroy(&as);
    machine_check_usage(before);
}
