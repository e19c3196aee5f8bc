// SPDX-License-Identifier: MIT
// The memset() that libtpms is given in the kernel, beside a loop of bytes: every length around its
// blocks, in memory that ends where it ends.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "glibc.h"

#define LONGEST 1200
#define SHIFTS 33

static bool right(size_t size, size_t shift, int byte)
{
    unsigned char *memory = malloc(size + shift + 1);
    if (memory == NULL) {
        return false;
    }
    memset(memory, 0x11, size + shift + 1);
    bool good = vtpm_glibc_memset(memory + shift, byte, size) == memory + shift;
    for (size_t i = 0; i < size + shift + 1; i++) {
        const bool set = i >= shift && i < shift + size;
        good = good && memory[i] == (set ? (unsigned char)byte : 0x11);
    }
    free(memory);
    return good;
}

int main(void)
{
    for (size_t size = 0; size <= LONGEST; size++) {
        for (size_t shift = 0; shift < SHIFTS; shift += 8 + size % 5) {
            if (!right(size, shift, (int)size * 31 - 40)) {
                (void)fprintf(stderr, "memset of %zu bytes, %zu behind the begin\n", size, shift);
                return 1;
            }
        }
    }
    (void)printf("%s AVX2\n", (facade_cpu() & CPU_AVX2) != 0 ? "with" : "without");
    return 0;
}
