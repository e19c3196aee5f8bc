// SPDX-License-Identifier: MIT
// What the processor offers beyond x86-64's first instructions.
#pragma once

enum facade_cpu {
    CPU_MULX_ADX = 1, ///< BMI2 and ADX: multiplication with two chains of carries
    CPU_AVX2 = 2,     ///< AVX2 and BMI2, and the system keeps these registers
    CPU_SHA = 4,      ///< SHA-NI for SHA-1 and SHA-256, and SSE4.1
};

/// The bits of enum facade_cpu that hold. The processor is asked once in a process: where a
/// hypervisor answers CPUID that takes longer than a hash. For any thread.
unsigned facade_cpu(void);
