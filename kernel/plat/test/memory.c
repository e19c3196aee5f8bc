// SPDX-License-Identifier: MIT
#include "memory.h"
#include <arch/boot.h>
#include <base/string.h>
#include <stdlib.h>

#define PHYSICAL_END (1ull << 40)

uint8_t memory[MEMORY_LEN];

/* Linked in place of the host's arch functions of the same names. */
bool __wrap_arch_phys_read(paddr_t from, void *to, size_t len);
void __wrap_arch_kernel_image(paddr_t *start, paddr_t *end);

void memory_write(uint64_t at, const void *bytes, size_t len)
{
    memcpy(memory + at, bytes, len);
}

void memory_clear(void)
{
    memset(memory, 0, sizeof(memory));
}

/* Beyond the tests' memory everything reads as ones, as where no device answers. */
bool __wrap_arch_phys_read(paddr_t from, void *to, size_t len)
{
    uint64_t end;
    if (__builtin_add_overflow(from.v, len, &end) || end > PHYSICAL_END) {
        memset(to, 0, len);
        return false;
    }
    memset(to, 0xff, len);
    if (from.v < MEMORY_LEN) {
        size_t inside = MEMORY_LEN - from.v < len ? (size_t)(MEMORY_LEN - from.v) : len;
        memcpy(to, memory + from.v, inside);
    }
    return true;
}

uint64_t arch_physical_end(void)
{
    return PHYSICAL_END;
}

void __wrap_arch_kernel_image(paddr_t *start, paddr_t *end)
{
    *start = paddr(IMAGE_START);
    *end = paddr(IMAGE_END);
}

__noreturn void arch_reset(void)
{
    abort();
}
