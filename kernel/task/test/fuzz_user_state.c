// SPDX-License-Identifier: MIT
// Frames from user mode: whatever they hold, the registers are such as user mode can have, and the
// build machine's own processor takes the FPU state without a fault.
#include <arch/user_state.h>
#include <base/check.h>
#include <cpuid.h>
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#include "../../arch/x86_64/user_state.h"

#define AREA_MAX 8192u
#define COMPONENTS 7u /* x87, SSE, AVX: what the kernel turns on */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t area[AREA_MAX] __attribute__((aligned(64)));
static uint8_t saved[AREA_MAX] __attribute__((aligned(64)));

static void check_registers(const struct coco_registers *in)
{
    struct arch_registers registers = {.rax = 0x1234};

    if (!arch_user_state_load(&registers, in)) {
        CHECK(registers.rax == 0x1234, "a refused frame changed registers");
        CHECK(in->rip >= COCO_USER_END || in->rsp > COCO_USER_END, "a good frame was refused");
        return;
    }
    CHECK(registers.rip < COCO_USER_END && registers.rsp <= COCO_USER_END, "kernel address");
    CHECK(registers.cs == 0x1b && registers.ss == 0x23, "selectors");
    /* Interrupts on; no IOPL, NT, RF, VM, VIF, VIP, nothing above. */
    CHECK((registers.rflags & ~0x240dd5ull) == 0x202, "privileged flags");
    CHECK(registers.vector == 0, "looks like a system call");
}

__attribute__((target("xsave"))) static void check_fpu(const uint8_t *data, size_t size)
{
    uint32_t mask;

    memset(area, 0, sizeof(area));
    memcpy(area, data, size < 832 ? size : 832);
    _xsave64(saved, COMPONENTS);
    mask = fpu_mxcsr_mask(saved);
    fpu_sanitize(area, _xgetbv(0) & COMPONENTS, mask);
    /* Exceptions stay masked, or the next instruction of this program might raise one. */
    area[0] |= 0x3f;
    area[25] |= 0x1f;
    area[24] |= 0x80;
    area[2] = 0;
    _xrstor64(area, COMPONENTS);
    _xrstor64(saved, COMPONENTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct coco_registers in = {0};
    unsigned eax;
    unsigned ebx;
    unsigned ecx;
    unsigned edx;

    memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
    check_registers(&in);
    if (size > sizeof(in) && __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_OSXSAVE) != 0) {
        check_fpu(data + sizeof(in), size - sizeof(in));
    }
    return 0;
}
