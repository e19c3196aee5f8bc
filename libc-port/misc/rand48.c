// SPDX-License-Identifier: MIT
// mrand48() and jrand48(): newlib's give numbers without a sign where `long` has 64 bits.
#include <reent.h>
#include <stdint.h>
#include <stdlib.h>

long mrand48(void)
{
    return (int32_t)_mrand48_r(_REENT);
}

long jrand48(unsigned short state[3])
{
    return (int32_t)_jrand48_r(_REENT, state);
}
