// SPDX-License-Identifier: MIT
// Access to simulated user memory, page by page.
#include "paging.h"
#include <arch/trap.h>
#include <arch/user_copy.h>
#include <arch_impl/host.h>
#include <base/compiler.h>
#include <string.h>

/// The memory at `address` for `access` and how many of `len` bytes are there in one page; NULL:
/// page fault.
static uint8_t *reach(uint64_t address, unsigned access, size_t *len)
{
    paddr_t page;

    if (!host_translate(address, access, &page)) {
        return NULL;
    }
    *len = MIN(*len, (size_t)(PAGE_SIZE - (address & PAGE_MASK)));
    return (uint8_t *)host_memory(page) + (address & PAGE_MASK);
}

size_t arch_copy_from_user(void *to, uaddr_t from, size_t len)
{
    uint8_t *next = to;

    pthread_mutex_lock(&host_paging_lock);
    while (len > 0) {
        size_t part = len;
        const uint8_t *memory = reach(from.v, ARCH_ACCESS_READ, &part);

        if (memory == NULL) {
            break;
        }
        memcpy(next, memory, part);
        next += part;
        from.v += part;
        len -= part;
    }
    pthread_mutex_unlock(&host_paging_lock);
    return len;
}

/// Write `len` bytes from `from`, or zeros if that is NULL.
static size_t write_user(uaddr_t to, const uint8_t *from, size_t len)
{
    pthread_mutex_lock(&host_paging_lock);
    while (len > 0) {
        size_t part = len;
        uint8_t *memory = reach(to.v, ARCH_ACCESS_WRITE, &part);

        if (memory == NULL) {
            break;
        }
        if (from != NULL) {
            memcpy(memory, from, part);
            from += part;
        } else {
            memset(memory, 0, part);
        }
        to.v += part;
        len -= part;
    }
    pthread_mutex_unlock(&host_paging_lock);
    return len;
}

size_t arch_copy_to_user(uaddr_t to, const void *from, size_t len)
{
    return write_user(to, from, len);
}

size_t arch_clear_user(uaddr_t to, size_t len)
{
    return write_user(to, NULL, len);
}

bool arch_user_load32(uaddr_t from, uint32_t *value)
{
    return arch_copy_from_user(value, from, sizeof(*value)) == 0;
}

bool arch_user_store32(uaddr_t to, uint32_t value)
{
    return arch_copy_to_user(to, &value, sizeof(value)) == 0;
}

bool arch_user_cmpxchg32(uaddr_t at, uint32_t *expected, uint32_t desired)
{
    size_t len = sizeof(uint32_t);
    uint8_t *memory;

    pthread_mutex_lock(&host_paging_lock);
    memory = reach(at.v, ARCH_ACCESS_WRITE, &len);
    if (memory != NULL) {
        __atomic_compare_exchange_n((uint32_t *)(void *)memory, expected, desired, false,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&host_paging_lock);
    return memory != NULL;
}
