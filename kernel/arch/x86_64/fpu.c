// SPDX-License-Identifier: MIT
// x87, SSE and AVX state of threads. The kernel itself uses none of it.
#include "fpu.h"
#include "percpu.h"
#include <base/string.h>

#define XSAVE_FCW 0
#define XSAVE_MXCSR 24

size_t arch_fpu_size(void)
{
    return cpu_features.fpu_size;
}

void arch_fpu_init(void *area)
{
    /* A zero header says that all components are in their initial state; MXCSR is loaded from the
     * area all the same. */
    memset(area, 0, cpu_features.fpu_size);
    const uint16_t control_word = 0x037f;
    const uint32_t mxcsr = 0x1f80;
    memcpy((char *)area + XSAVE_FCW, &control_word, sizeof(control_word));
    memcpy((char *)area + XSAVE_MXCSR, &mxcsr, sizeof(mxcsr));
}

void fpu_save(void *area)
{
    uint64_t mask = cpu_features.xcr0;
    __asm__ volatile("xsave64 (%0)"
                     :
                     : "r"(area), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32))
                     : "memory");
}

void fpu_restore(const void *area)
{
    uint64_t mask = cpu_features.xcr0;
    __asm__ volatile("xrstor64 (%0)"
                     :
                     : "r"(area), "a"((uint32_t)mask), "d"((uint32_t)(mask >> 32))
                     : "memory");
}
