// SPDX-License-Identifier: MIT
// memset() for libtpms, which clears its structures for parameters in each command: 32 bytes at a
// time where the processor can. The C library, which serves every program, takes 16.
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../crypto/src/cpu.h"
#include "glibc.h"

#define AVX2 __attribute__((target("avx2")))

#define CHUNK 32u
#define BLOCK (4 * CHUNK)
#define LARGE (2 * BLOCK) ///< from here on it is worth it

static bool wide; ///< set before main()

__attribute__((constructor)) static void ask(void)
{
    wide = (facade_cpu() & CPU_AVX2) != 0;
}

AVX2 static inline __attribute__((always_inline)) char *set_block(char *to, __m256i value)
{
    for (unsigned i = 0; i < BLOCK / CHUNK; i++) {
        _mm256_storeu_si256((__m256i_u *)to + i, value);
    }
    return to + BLOCK;
}

/// For at least LARGE bytes. The last block overlaps what was set before it.
AVX2 static __attribute__((noinline)) void *set_large(void *memory, int byte, size_t size)
{
    const __m256i value = _mm256_set1_epi8((char)byte);
    char *to = memory;
    size_t rounds = size / LARGE;
#pragma clang loop unroll(disable)
    do {
        to = set_block(set_block(to, value), value);
    } while (--rounds > 0);
    if ((size & BLOCK) != 0) {
        (void)set_block(to, value);
    }
    (void)set_block((char *)memory + size - BLOCK, value);
    return memory;
}

void *vtpm_glibc_memset(void *to, int byte, size_t size)
{
    return size >= LARGE && wide ? set_large(to, byte, size) : memset(to, byte, size);
}
