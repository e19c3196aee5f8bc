// SPDX-License-Identifier: MIT
// fmal() with one rounding: product and sum are exact in 256 bits, but for a last bit that stands
// for what is far below. newlib's rounds twice.
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define MANTISSA 64                           /* bits of a long double's */
#define LOWEST (LDBL_MIN_EXP - LDBL_MANT_DIG) /* exponent of the smallest number's bit */
#define SPARE 2                               /* bits above a number: one for a sum */
#define PRODUCT_SHIFT (128 - SPARE)           /* from 128 bits to the top of 256 */
#define TERM_SHIFT (PRODUCT_SHIFT + MANTISSA) /* from 64 bits */
#define MOST_DROPPED 126                      /* so that a half of what stays is a bit, too */

typedef unsigned __int128 wide;

/* value = (negative ? -1 : 1) * (high * 2^128 + low) * 2^exponent */
struct number {
    bool negative;
    int exponent;
    wide high;
    wide low;
};

static uint64_t take_apart(long double value, int *exponent)
{
    uint64_t mantissa = (uint64_t)ldexpl(frexpl(fabsl(value), exponent), MANTISSA);
    *exponent -= MANTISSA;
    return mantissa;
}

static wide shift_sticky(wide bits, int count)
{
    if (count > 127) {
        return bits != 0;
    }
    wide lost = count > 0 ? bits & (((wide)1 << count) - 1) : 0;
    return bits >> count | (lost != 0);
}

/* Right shift of all 256 bits; those that fall out leave a 1 behind. */
static void shift_right(struct number *number, int count)
{
    if (count >= 128) {
        number->low = shift_sticky(number->high, count - 128) | (number->low != 0);
        number->high = 0;
    } else if (count > 0) {
        wide in = number->high << (128 - count);
        number->low = shift_sticky(number->low, count) | in;
        number->high >>= count;
    }
}

static struct number sum_of(struct number a, struct number b)
{
    if (a.exponent < b.exponent) {
        struct number larger = b;
        b = a;
        a = larger;
    }
    shift_right(&b, a.exponent - b.exponent);
    if (a.negative == b.negative) {
        a.high += b.high + (wide)__builtin_add_overflow(a.low, b.low, &a.low);
        return a;
    }
    bool less = a.high < b.high || (a.high == b.high && a.low < b.low);
    struct number from = less ? b : a;
    struct number minus = less ? a : b;
    from.exponent = a.exponent;
    from.high -= minus.high + (wide)__builtin_sub_overflow(from.low, minus.low, &from.low);
    return from;
}

static int leading_zeros(wide bits)
{
    uint64_t high = (uint64_t)(bits >> 64);
    uint64_t low = (uint64_t)bits;
    return high ? __builtin_clzll(high) : low ? 64 + __builtin_clzll(low) : 128;
}

/* Whether what is cut off makes the rest larger by one. */
static bool rounds_up(wide rest, wide half, bool odd, bool negative)
{
    switch (fegetround()) {
    case FE_TOWARDZERO:
        return false;
    case FE_UPWARD:
        return rest != 0 && !negative;
    case FE_DOWNWARD:
        return rest != 0 && negative;
    default:
        return rest > half || (rest == half && odd);
    }
}

/* The number that is nearest to one that is not zero. */
static long double rounded(struct number number)
{
    int zeros = leading_zeros(number.high ? number.high : number.low);
    wide bits = number.high ? number.high << zeros : number.low << zeros;
    int exponent = number.exponent - zeros + (number.high ? 128 : 0);
    if (number.high && zeros > 0) {
        bits |= number.low >> (128 - zeros);
        bits |= number.low << zeros != 0;
    } else if (number.high) {
        bits |= number.low != 0;
    }
    int drop = exponent + MANTISSA < LOWEST ? LOWEST - exponent : MANTISSA;
    if (drop > MOST_DROPPED) {
        bits = shift_sticky(bits, drop - MOST_DROPPED);
        exponent += drop - MOST_DROPPED;
        drop = MOST_DROPPED;
    }
    wide kept = bits >> drop;
    wide rest = bits & (((wide)1 << drop) - 1);
    kept += rounds_up(rest, (wide)1 << (drop - 1), kept & 1, number.negative);
    if (rest != 0) {
        feraiseexcept(drop > MANTISSA ? FE_INEXACT | FE_UNDERFLOW : FE_INEXACT);
    }
    // Rounded up, it may have one bit more: 2^64, which halves without loss.
    int more = (int)(kept >> MANTISSA);
    long double value = (long double)(uint64_t)(kept >> more);
    return ldexpl(number.negative ? -value : value, exponent + drop + more);
}

long double fmal(long double x, long double y, long double z)
{
    if (!isfinite(x) || !isfinite(y) || x == 0 || y == 0) {
        return x * y + z; // the product is exact, or there is none
    }
    if (z == 0 || !isfinite(z)) {
        return z == 0 ? x * y : z; // a product may vanish or be too large, a sum cannot
    }
    int x_exponent;
    int y_exponent;
    int z_exponent;
    wide bits = (wide)take_apart(x, &x_exponent) * take_apart(y, &y_exponent);
    wide term = take_apart(z, &z_exponent);
    struct number product = {signbit(x) != signbit(y), x_exponent + y_exponent - PRODUCT_SHIFT,
                             bits >> SPARE, bits << PRODUCT_SHIFT};
    struct number sum = sum_of(product, (struct number){signbit(z) != 0, z_exponent - TERM_SHIFT,
                                                        term << (TERM_SHIFT - 128), 0});
    // A sum of zero is exact, and has the sign that the rounding mode says.
    return sum.high == 0 && sum.low == 0 ? x * y + z : rounded(sum);
}
