// SPDX-License-Identifier: MIT
// Floating-point environment, long double, and the functions that are easy to get wrong.
#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define LONG_TOLERANCE (4 * LDBL_EPSILON)

static volatile double zero = 0;
static volatile double one = 1;
static volatile double three = 3;

static bool near(long double a, long double b)
{
    return fabsl(a - b) <= LONG_TOLERANCE * fabsl(b);
}

static void environment(void)
{
    feclearexcept(FE_ALL_EXCEPT);
    volatile double result = one / zero;
    CHECK("floats.divbyzero", fetestexcept(FE_ALL_EXCEPT) == FE_DIVBYZERO && isinf(result));
    feclearexcept(FE_ALL_EXCEPT);
    result = one / three;
    CHECK("floats.inexact", fetestexcept(FE_ALL_EXCEPT) == FE_INEXACT);
    feclearexcept(FE_ALL_EXCEPT);
    result = zero / zero;
    CHECK("floats.invalid", fetestexcept(FE_INVALID) == FE_INVALID && isnan(result));
    feclearexcept(FE_ALL_EXCEPT);
    CHECK("floats.raise", feraiseexcept(FE_OVERFLOW) == 0 && fetestexcept(FE_OVERFLOW));
    fexcept_t flags;
    CHECK("floats.flags",
          fegetexceptflag(&flags, FE_ALL_EXCEPT) == 0 && feclearexcept(FE_ALL_EXCEPT) == 0 &&
              fesetexceptflag(&flags, FE_ALL_EXCEPT) == 0 && fetestexcept(FE_OVERFLOW));
    fenv_t before;
    feholdexcept(&before);
    bool held = fetestexcept(FE_ALL_EXCEPT) == 0;
    result = one / zero;
    CHECK("floats.hold-update", held && feupdateenv(&before) == 0 && fetestexcept(FE_DIVBYZERO) &&
                                    fetestexcept(FE_OVERFLOW));
    feclearexcept(FE_ALL_EXCEPT);
}

static void rounding(void)
{
    volatile double up;
    volatile double down;
    volatile long double long_up;
    CHECK("floats.default-rounding", fegetround() == FE_TONEAREST);
    fesetround(FE_UPWARD);
    up = one / three;
    long_up = (long double)one / three;
    double rounded_up = rint(2.25);
    fesetround(FE_DOWNWARD);
    down = one / three;
    double rounded_down = rint(2.75);
    volatile long double long_down = (long double)one / three;
    fesetround(FE_TONEAREST);
    CHECK("floats.rounding", up > down && nextafter(down, 1) == up && long_up > long_down);
    CHECK("floats.rint-follows", rounded_up == 3 && rounded_down == 2 && rint(2.5) == 2);
    CHECK("floats.bad-rounding", fesetround(12345) != 0 && fegetround() == FE_TONEAREST);
    CHECK("floats.round-ignores", round(2.5) == 3 && round(-2.5) == -3 && roundl(0.5L) == 1);
}

static void long_doubles(void)
{
    volatile long double x = 0.7L;
    CHECK("floats.long-trig", near(sinl(x) * sinl(x) + cosl(x) * cosl(x), 1) &&
                                  near(tanl(x), sinl(x) / cosl(x)) && near(asinl(sinl(x)), x) &&
                                  near(atan2l(1, 1) * 4, 3.14159265358979323846264338328L));
    CHECK("floats.long-exp", near(expl(logl(x)), x) && near(exp2l(log2l(x)), x) &&
                                 near(powl(x, 3), x * x * x) &&
                                 near(expm1l(1e-10L), 1.00000000005e-10L));
    CHECK("floats.long-root",
          near(sqrtl(x) * sqrtl(x), x) && near(cbrtl(27), 3) && near(hypotl(3, 4), 5));
    CHECK("floats.long-hyperbolic",
          near(coshl(x) * coshl(x) - sinhl(x) * sinhl(x), 1) && near(atanhl(tanhl(x)), x));
    CHECK("floats.long-gamma",
          near(tgammal(6), 120) && near(lgammal(10), logl(362880)) && near(erfl(x) + erfcl(x), 1));
    int exponent;
    CHECK("floats.long-parts", frexpl(48.0L, &exponent) == 0.75L && exponent == 6 &&
                                   ldexpl(0.75L, 6) == 48 && ilogbl(48) == 5 &&
                                   scalblnl(1, -16400) > 0 && fmal(x, 2, 1) == x * 2 + 1);
    long double whole;
    CHECK("floats.long-modf", modfl(-2.5L, &whole) == -0.5L && whole == -2 &&
                                  remainderl(5, 3) == -1 && fmodl(5, 3) == 2);
    CHECK("floats.long-next", nextafterl(1, 2) == 1 + LDBL_EPSILON && nexttoward(1, 2) > 1 &&
                                  llrintl(2.5L) == 2 && lroundl(-2.5L) == -3);
    char text[64];
    snprintf(text, sizeof(text), "%.20Lg", 0.1L);
    CHECK("floats.long-print", strcmp(text, "0.1") == 0 || strtold(text, NULL) == 0.1L);
    CHECK("floats.long-scan", strtold("1.18973149535723176502e+4932", NULL) <= LDBL_MAX &&
                                  strtold("0x1.8p-16440", NULL) > 0 && isinf(strtold("inf", NULL)));
}

static void edges(void)
{
    int quotient;
    CHECK("floats.fma", fma(0x1p-52 + 1, 1 - 0x1p-52, -1) == -0x1p-104 && fmaf(3, 4, 5) == 17);
    CHECK("floats.remquo", remquo(29, 3, &quotient) == -1 && (quotient & 7) == (10 & 7));
    CHECK("floats.fdim", fdim(5, 3) == 2 && fdim(3, 5) == 0 && fmax(NAN, 1) == 1 &&
                             copysign(1, -0.0) == -1 && signbit(-0.0));
    errno = 0;
    double logarithm = log(-one);
    CHECK("floats.log-negative",
          isnan(logarithm) && (!(math_errhandling & MATH_ERRNO) || errno == EDOM));
    errno = 0;
    double large = exp(1000 * one);
    CHECK("floats.exp-range",
          isinf(large) && (!(math_errhandling & MATH_ERRNO) || errno == ERANGE));
    CHECK("floats.pow-edges",
          pow(zero, 0) == 1 && pow(1, NAN) == 1 && isinf(pow(zero, -1)) && isnan(pow(-8, 1.0 / 3)));
    CHECK("floats.classify", fpclassify(DBL_MIN / 2) == FP_SUBNORMAL &&
                                 fpclassify(0.0) == FP_ZERO && isnormal(1.0) &&
                                 isunordered(NAN, 1.0) && !isless(2.0, 1.0) &&
                                 fpclassify(LDBL_MIN / 2) == FP_SUBNORMAL);
}

void area_floats(void)
{
    environment();
    rounding();
    long_doubles();
    edges();
}
