// SPDX-License-Identifier: MIT
#include "sequence.h"

/// SplitMix64: good enough to look random to a TPM that only makes test keys.
static uint64_t next(void)
{
    static uint64_t state;
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void sequence_draw(void *to, size_t size)
{
    uint8_t *bytes = to;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)next();
    }
}
