// SPDX-License-Identifier: MIT
// Where libtpms's calls of rand() and srand() end: in the kernel's random numbers, which never
// fail. It makes them when it starts, for a check that two numbers differ, and would make keys of
// them if RAND_bytes() failed.
#include <openssl/rand.h>

#include "glibc.h"

int vtpm_glibc_rand(void)
{
    unsigned char bytes[4];
    (void)RAND_bytes(bytes, (int)sizeof(bytes));
    return (bytes[0] & 0x7f) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

void vtpm_glibc_srand(unsigned seed)
{
    (void)seed;
}
