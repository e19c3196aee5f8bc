// SPDX-License-Identifier: MIT
#include "cpu.h"

#include <cpuid.h>
#include <stdatomic.h>
#include <stdint.h>

#define KNOWN 0x80000000u     ///< the processor has been asked
#define XCR0_SSE_AND_AVX 0x6u ///< the system keeps XMM and YMM registers

static int keeps_avx(unsigned leaf1_ecx)
{
    uint32_t low, high;
    if ((leaf1_ecx & bit_OSXSAVE) == 0 || (leaf1_ecx & bit_AVX) == 0) {
        return 0;
    }
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & XCR0_SSE_AND_AVX) == XCR0_SSE_AND_AVX;
}

static unsigned ask(void)
{
    unsigned a, b, c, d, leaf1, found = 0;
    if (__get_cpuid(1, &a, &b, &leaf1, &d) == 0 || __get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) {
        return found;
    }
    if ((b & bit_BMI2) != 0 && (b & bit_ADX) != 0) {
        found |= CPU_MULX_ADX;
    }
    if ((b & bit_AVX2) != 0 && (b & bit_BMI2) != 0 && keeps_avx(leaf1)) {
        found |= CPU_AVX2;
    }
    if ((b & bit_SHA) != 0 && (leaf1 & bit_SSE4_1) != 0) {
        found |= CPU_SHA;
    }
    return found;
}

unsigned facade_cpu(void)
{
    static atomic_uint known; // threads that come at the same time find the same
    unsigned found = atomic_load_explicit(&known, memory_order_relaxed);
    if (found == 0) {
        found = ask() | KNOWN;
        atomic_store_explicit(&known, found, memory_order_relaxed);
    }
    return found & ~KNOWN;
}
