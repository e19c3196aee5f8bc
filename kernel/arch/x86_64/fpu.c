// SPDX-License-Identifier: MIT
// x87, SSE and AVX state of threads. The kernel itself uses none of it.
#include "fpu.h"
#include "percpu.h"
#include "user_state.h"
#include <arch/cpu.h>
#include <arch/user_state.h>
#include <base/check.h>
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
    __asm__ volatile("xsave64 (%0)"
                     :
                     : "r"(area), "a"(UINT32_MAX), "d"(UINT32_MAX) /* all of XCR0 */
                     : "memory");
}

void fpu_restore(const void *area)
{
    __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(UINT32_MAX), "d"(UINT32_MAX) : "memory");
}

const void *arch_fpu_capture(void)
{
    void *area = arch_thread_current()->fpu;
    irqflags_t flags = arch_irq_save(); /* or a switch would save while this does */

    fpu_save(area);
    arch_irq_restore(flags);
    return area;
}

/// Loads `area`, which may lie anywhere in the kernel, into CPU and save area.
static void load(const void *area)
{
    void *own = arch_thread_current()->fpu;
    irqflags_t flags = arch_irq_save(); /* or a switch would write over the save area */

    memcpy(own, area, cpu_features.fpu_size);
    fpu_restore(own);
    arch_irq_restore(flags);
}

void arch_fpu_load(void *area)
{
    fpu_sanitize(area, cpu_features.xcr0, cpu_features.mxcsr_mask);
    load(area);
}

void arch_fpu_reset(void)
{
    uint8_t area[ARCH_FPU_SIZE_MAX] __aligned(64);

    arch_fpu_init(area);
    load(area);
}

void fpu_detect(void)
{
    uint8_t area[ARCH_FPU_SIZE_MAX] __aligned(64);

    CHECK(cpu_features.fpu_size <= sizeof(area), "FPU save area larger than planned");
    arch_fpu_init(area);
    fpu_save(area);
    cpu_features.mxcsr_mask = fpu_mxcsr_mask(area);
}
