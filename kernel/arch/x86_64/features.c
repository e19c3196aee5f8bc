// SPDX-License-Identifier: MIT
// What the CPU can do, and switching it on.
#include "fpu.h"
#include "percpu.h"
#include <abi/types.h>

struct cpu_features cpu_features;

#define XCR0_X87 0x1u
#define XCR0_SSE 0x2u
#define XCR0_AVX 0x4u

static void check_required(void)
{
    struct cpuid_result leaf1 = x86_cpuid(1, 0);
    struct cpuid_result leaf7 = {0};
    if (x86_cpuid(0, 0).eax >= 7) {
        leaf7 = x86_cpuid(7, 0);
    }

    /* TSC 4, MSR 5, APIC 9, PGE 13, PAT 16, FXSR 24, SSE 25, SSE2 26 */
    const uint32_t required_edx =
        1u << 4 | 1u << 5 | 1u << 9 | 1u << 13 | 1u << 16 | 1u << 24 | 1u << 25 | 1u << 26;
    if ((leaf1.edx & required_edx) != required_edx) {
        boot_refuse("this CPU lacks a basic feature (TSC, MSR, APIC, PGE, PAT, SSE2)");
    }
    if ((leaf1.ecx & 1u << 26) == 0) {
        boot_refuse("this CPU lacks XSAVE; use -cpu max");
    }
    if ((leaf7.ebx & 1u << 7) == 0 || (leaf7.ebx & 1u << 20) == 0) {
        boot_refuse("this CPU lacks SMEP or SMAP; use -cpu max");
    }
    if ((leaf1.ecx & 1u << 30) == 0 && (leaf7.ebx & 1u << 18) == 0) {
        boot_refuse("this CPU has no random numbers (RDRAND or RDSEED); use -cpu max");
    }
    cpu_features.x2apic = (leaf1.ecx & 1u << 21) != 0;
    cpu_features.tsc_deadline = (leaf1.ecx & 1u << 24) != 0;
    cpu_features.avx = (leaf1.ecx & 1u << 28) != 0;
    cpu_features.rdrand = (leaf1.ecx & 1u << 30) != 0;
    cpu_features.rdseed = (leaf7.ebx & 1u << 18) != 0;
    cpu_features.fsgsbase = (leaf7.ebx & 1u) != 0;
    cpu_features.umip = (leaf7.ecx & 1u << 2) != 0;
}

static unsigned physical_bits(void)
{
    const unsigned usual = 36;
    if (x86_cpuid(0x80000000, 0).eax < 0x80000008) {
        return usual;
    }
    unsigned bits = x86_cpuid(0x80000008, 0).eax & 0xff;
    return bits >= 32 && bits <= 52 ? bits : usual;
}

void features_check(void)
{
    check_required();
    cpu_features.physical_bits = physical_bits();
    uint32_t offered = x86_cpuid(0xd, 0).eax;
    cpu_features.xcr0 = XCR0_X87 | XCR0_SSE;
    if (cpu_features.avx && (offered & XCR0_AVX) != 0) {
        cpu_features.xcr0 |= XCR0_AVX;
    } else {
        cpu_features.avx = false;
    }
}

void features_enable(void)
{
    x86_write_cr0(CR0_PE | CR0_MP | CR0_NE | CR0_WP | (uint32_t)CR0_PG);
    uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE |
                   CR4_SMEP | CR4_SMAP;
    cr4 |= cpu_features.umip ? CR4_UMIP : 0;
    cr4 |= cpu_features.fsgsbase ? CR4_FSGSBASE : 0;
    x86_write_cr4(cr4);
    __asm__ volatile("clac" : : : "memory");

    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)cpu_features.xcr0), "d"(0) : "memory");
    cpu_features.fpu_size = (x86_cpuid(0xd, 0).ebx + 63) & ~63u;
    fpu_detect();

    /* No SYSCALL, no SYSENTER: int 0x80 is the only way in. */
    x86_write_msr(MSR_EFER, x86_read_msr(MSR_EFER) & ~1ull);
    x86_write_msr(MSR_SYSENTER_CS, 0);
    x86_write_msr(MSR_FS_BASE, 0);
    x86_write_msr(MSR_GS_BASE, 0);
    /* Power-up value: entry 3 (PWT and PCD set) is uncached, which device mappings rely on. */
    x86_write_msr(MSR_PAT, 0x0007040600070406ull);
}

uint64_t arch_features(void)
{
    return (cpu_features.fsgsbase ? COCO_FEATURE_FSGSBASE : 0) |
           (cpu_features.avx ? COCO_FEATURE_AVX : 0);
}

uint64_t arch_physical_end(void)
{
    return 1ull << cpu_features.physical_bits;
}

static bool rdseed(uint64_t *out)
{
    bool ok;
    __asm__ volatile("rdseed %0" : "=r"(*out), "=@ccc"(ok));
    return ok;
}

static bool rdrand(uint64_t *out)
{
    bool ok;
    __asm__ volatile("rdrand %0" : "=r"(*out), "=@ccc"(ok));
    return ok;
}

bool arch_random_u64(uint64_t *out)
{
    for (unsigned attempt = 0; attempt < 10; attempt++) {
        if ((cpu_features.rdseed && rdseed(out)) || (cpu_features.rdrand && rdrand(out))) {
            return true;
        }
    }
    return false;
}

__noreturn void arch_halt_forever(void)
{
    for (;;) {
        __asm__ volatile("cli\n\thlt" : : : "memory");
    }
}
