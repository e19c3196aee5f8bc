// SPDX-License-Identifier: MIT
// fma() and fmaf() with one rounding; newlib's round twice. Product and sum are computed exactly in
// 128 bits and cut to 64 with the last bit telling whether something was lost; the conversion to
// the result then rounds once, as the rounding mode says, raises what it has to, and makes
// subnormals.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define TOP 125 /* highest bit of a normalised number; two are left for a sum */

typedef unsigned __int128 wide;

/* value = (negative ? -1 : 1) * bits * 2^exponent */
struct number {
    bool negative;
    int exponent;
    wide bits;
};

static int width(wide bits)
{
    uint64_t high = (uint64_t)(bits >> 64);
    uint64_t low = (uint64_t)bits;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

static struct number normal(struct number number)
{
    int shift = TOP + 1 - width(number.bits);
    number.bits = shift >= 0 ? number.bits << shift : number.bits >> -shift;
    number.exponent -= shift;
    return number;
}

static struct number take_apart(double value)
{
    int exponent;
    double mantissa = frexp(fabs(value), &exponent);
    return (struct number){signbit(value) != 0, exponent - 53, (wide)(uint64_t)(mantissa * 0x1p53)};
}

/* Right shift; bits that fall out leave a 1 behind. */
static wide shift_sticky(wide bits, int count)
{
    if (count > 127) {
        return bits != 0;
    }
    wide lost = count > 0 ? bits & (((wide)1 << count) - 1) : 0;
    return bits >> count | (lost != 0);
}

/* The exact sum of two normal numbers, but for the bit that stands for what is far below. */
static struct number add(struct number a, struct number b)
{
    if (a.exponent < b.exponent) {
        struct number larger = b;
        b = a;
        a = larger;
    }
    b.bits = shift_sticky(b.bits, a.exponent - b.exponent);
    if (a.negative == b.negative) {
        a.bits += b.bits;
    } else if (a.bits >= b.bits) {
        a.bits -= b.bits;
    } else {
        a.bits = b.bits - a.bits;
        a.negative = b.negative;
    }
    return a;
}

/* x * y + z of finite numbers that are not zero; false if it is exactly zero. */
static bool exact(double x, double y, double z, long double *out)
{
    struct number a = take_apart(x);
    struct number b = take_apart(y);
    struct number product = {a.negative != b.negative, a.exponent + b.exponent, a.bits * b.bits};
    struct number sum = add(normal(product), normal(take_apart(z)));
    if (sum.bits == 0) {
        return false;
    }
    int shift = width(sum.bits) - 64;
    wide bits = shift >= 0 ? shift_sticky(sum.bits, shift) : sum.bits << -shift;
    long double value = (long double)(uint64_t)bits;
    *out = ldexpl(sum.negative ? -value : value, sum.exponent + shift);
    return true;
}

/* What needs no exact sum: x * y + z, if the product is exact or there is none. It may vanish or be
 * too large beside a zero or an infinity, which the sum may not be told. */
#define SIMPLE(x, y, z)                                                                            \
    (!isfinite(x) || !isfinite(y) || (x) == 0 || (y) == 0 ? (x) * (y) + (z)                        \
     : (z) == 0                                           ? (x) * (y)                              \
     : !isfinite(z)                                       ? (z)                                    \
                                                          : (x) * (y) + (z))

static bool ordinary(double x, double y, double z)
{
    return isfinite(x) && isfinite(y) && isfinite(z) && x != 0 && y != 0 && z != 0;
}

double fma(double x, double y, double z)
{
    long double result;
    // A sum of zero is exact, but for its sign.
    return ordinary(x, y, z) && exact(x, y, z, &result) ? (double)result : SIMPLE(x, y, z);
}

float fmaf(float x, float y, float z)
{
    long double result;
    return ordinary(x, y, z) && exact(x, y, z, &result) ? (float)result : SIMPLE(x, y, z);
}
