// SPDX-License-Identifier: MIT
#include <complex.h>
#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "harness.h"

static bool near(long double a, long double b, long double tolerance)
{
    return fabsl(a - b) <= tolerance * fabsl(b);
}

// Volatile arguments: the compiler must not do the work.
static void doubles(void)
{
    volatile double half = 0.5;
    volatile double two = 2.0;
    CHECK("math.sqrt-pow", sqrt(two) == 1.4142135623730951 && pow(two, 10.0) == 1024.0);
    CHECK("math.trig", near(sin(half), 0.479425538604203L, 1e-15L) &&
                           near(cos(half), 0.8775825618903728L, 1e-15L) &&
                           near(atan2(half, two), 0.24497866312686414L, 1e-15L));
    CHECK("math.exp-log", near(exp(half), 1.6487212707001282L, 1e-15L) &&
                              near(log(two), 0.6931471805599453L, 1e-15L) && log2(two) == 1.0 &&
                              near(log10(two), 0.3010299956639812L, 1e-15L));
    CHECK("math.rounding", floor(-half) == -1.0 && ceil(half) == 1.0 && trunc(-1.5 * half) == 0.0 &&
                               round(half) == 1.0 && rint(half) == 0.0 && lround(-half) == -1);
    CHECK("math.gamma", near(tgamma(half), 1.772453850905516L, 1e-13L) &&
                            near(erf(half), 0.5204998778130465L, 1e-14L));
    CHECK("math.fma",
          fma(two, half, -1.0) == 0.0 && fmod(7.5, two) == 1.5 && hypot(3.0, 4.0) == 5.0);
    CHECK("math.classify", isnan(sqrt(-two)) && isinf(two / (half - half)) && signbit(-0.0) &&
                               isnormal(two) && fpclassify(DBL_MIN / two) == FP_SUBNORMAL);
}

// IEEE 754 wants the nearest number. It is what the square of no number between it and its
// neighbours can tell: (root - ulp/2)^2 < x < (root + ulp/2)^2, in integers: root^2 - root < x <=
// root^2 + root.
static bool sqrtl_rounds(void)
{
    uint64_t state = 88172645463325252;
    for (int i = 0; i < 1000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // 127 or 128 bits, so that the root has 64: its last bit is 1.
        unsigned __int128 x = (unsigned __int128)(state | 1ULL << 63) << 64;
        volatile long double value = (long double)(state | 1ULL << 63) * 0x1p64L;
        unsigned __int128 root = (unsigned __int128)sqrtl(value);
        if (root * root - root >= x || root * root + root < x) {
            return false;
        }
    }
    return true;
}

static void tagged_nans(void)
{
    const char *volatile tag = "3";
    const char *volatile none = "";
    const char *volatile word = "x-3";
    double number = nan(tag);
    double plain = nan(none);
    double other = nan(word);
    uint64_t bits;
    uint32_t narrow;
    float single = nanf(tag);
    long double wide = nanl(tag);
    memcpy(&bits, &number, sizeof(bits));
    CHECK("math.nan-tag", isnan(number) && bits == 0x7ff8000000000003);
    CHECK("math.nan-without-tag",
          isnan(plain) && isnan(other) && memcmp(&plain, &other, sizeof(plain)) == 0);
    memcpy(&narrow, &single, sizeof(narrow));
    memcpy(&bits, &wide, sizeof(bits));
    CHECK("math.nan-tag-float", isnan(single) && narrow == 0x7fc00003);
    CHECK("math.nan-tag-long-double", isnan(wide) && bits == 0xc000000000000003);
}

static void long_doubles(void)
{
    volatile long double big = 1e4000L;
    volatile long double two = 2.0L;
    CHECK("math.isinf-long-double", !isinf(big) && isfinite(big) && isinf(big * big));
    CHECK("math.isnan-long-double", !isnan(big) && isnan(big * 0.0L / 0.0L));
    CHECK("math.fpclassify-long-double",
          fpclassify(LDBL_MIN / two) == FP_SUBNORMAL && fpclassify(big) == FP_NORMAL);
    CHECK("math.sqrtl", sqrtl(two) == 0x1.6a09e667f3bcc908p+0L);
    CHECK("math.sqrtl-rounded", sqrtl_rounds());
    errno = 0;
    CHECK("math.sqrtl-domain", isnan(sqrtl(-two)) && errno == EDOM);
    CHECK("math.sinl", near(sinl(two), 0.90929742682568169539601986591174484L, 1e-18L));
    CHECK("math.expl-logl", near(expl(two), 7.38905609893065022723042746057500781L, 1e-18L) &&
                                near(logl(two), 0.69314718055994530941723212145817657L, 1e-18L));
    CHECK("math.powl", near(powl(two, 0.5L), 1.41421356237309504880168872420969808L, 1e-18L) &&
                           near(powl(10.0L, 4000.0L), big, 1e-15L));
    CHECK("math.frexpl", ({
              int exponent;
              frexpl(LDBL_MAX, &exponent) < 1.0L && exponent == 16384;
          }));
}

static void environment(void)
{
    volatile double one = 1.0;
    volatile double zero = 0.0;
    feclearexcept(FE_ALL_EXCEPT);
    volatile double result = one / zero; // masked: no trap
    CHECK("math.masked-division", isinf(result) && fetestexcept(FE_DIVBYZERO));
    feclearexcept(FE_ALL_EXCEPT);
    CHECK("math.rounding-mode", fegetround() == FE_TONEAREST && fesetround(FE_UPWARD) == 0 &&
                                    one / 3.0 > 0x1.5555555555555p-2 &&
                                    fesetround(FE_TONEAREST) == 0);
    double complex root = csqrt(-4.0 + 0.0 * I);
    CHECK("math.complex", creal(root) == 0.0 && cimag(root) == 2.0);
}

void area_math(void)
{
    doubles();
    tagged_nans();
    long_doubles();
    environment();
}
