// SPDX-License-Identifier: MIT
// sqrtl() with one rounding, by the processor's instruction; newlib's is one unit off for about
// half of all numbers.
#include <errno.h>
#include <math.h>

long double sqrtl(long double x)
{
    if (isless(x, 0)) {
        errno = EDOM;
    }
    __asm__("fsqrt" : "+t"(x));
    return x;
}
