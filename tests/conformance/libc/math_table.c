// SPDX-License-Identifier: MIT
// Every function of <math.h> and <complex.h> in its three types, at one ordinary point each: a
// value that is off shows a function that is missing, or another's. What is special about a
// function is tested in math.c, floats.c and complexl.c.
#include <complex.h>
#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>

#include "harness.h"

#define ULPS 4 /* of the type */

static bool near(long double a, long double b, long double epsilon)
{
    return fabsl(a - b) <= ULPS * epsilon * fabsl(b);
}

#define ONE(name, x, y) {#name, name, name##f, name##l, x, y}

/* Points are floats, so that all three types get the same. */
static const struct {
    const char *name;
    double (*of_double)(double);
    float (*of_float)(float);
    long double (*of_long)(long double);
    long double x;
    long double y;
} functions[] = {
    // clang-format off: a line each
    ONE(acos, 0.3125L, 1.25297262286701586607L),
    ONE(acosh, 2.5L, 1.56679923697241107875L),
    ONE(asin, 0.3125L, 0.317823703927880753185L),
    ONE(asinh, -1.75L, -1.32589776690113746475L),
    ONE(atan, -2.25L, -1.15257199721566751802L),
    ONE(atanh, 0.4375L, 0.469134819296465153997L),
    ONE(cbrt, -5.0L, -1.70997594667669698936L),
    ONE(cos, 2.25L, -0.62817362272273908892L),
    ONE(cosh, 1.25L, 1.88842387716101573825L),
    ONE(erf, 0.75L, 0.711155633653515131625L),
    ONE(erfc, 1.875L, 0.0080099423298800297039L),
    ONE(exp, -1.25L, 0.286504796860190100329L),
    ONE(exp2, 3.25L, 9.5136569200217685335L),
    ONE(expm1, 0.0009765625L, 0.000977039492416535242833L),
    ONE(lgamma, 4.625L, 2.62926886637513060243L),
    ONE(log, 7.125L, 1.96360972615471422319L),
    ONE(log10, 7.125L, 0.852784868680547813243L),
    ONE(log1p, 0.0009765625L, 0.000976085973055458895953L),
    ONE(log2, 7.125L, 2.8328900141647416753L),
    ONE(sin, 2.25L, 0.778073196887921241438L),
    ONE(sinh, -1.25L, -1.60191908030082563795L),
    ONE(sqrt, 7.0L, 2.6457513110645905904L),
    ONE(tan, 1.125L, 2.09257127637217900449L),
    ONE(tanh, 0.625L, 0.554599722349382294039L),
    ONE(tgamma, 5.5L, 52.3427777845535201831L),
    ONE(ceil, -1.5L, -1.0L),
    ONE(fabs, -1.5L, 1.5L),
    ONE(floor, -1.5L, -2.0L),
    ONE(logb, 20.0L, 4.0L),
    ONE(nearbyint, 2.5L, 2.0L),
    ONE(rint, -3.5L, -4.0L),
    ONE(round, -2.5L, -3.0L),
    ONE(trunc, -2.75L, -2.0L),
    // clang-format on
};

static void of_one(void)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        char name[64];
        long double x = functions[i].x;
        long double y = functions[i].y;
        snprintf(name, sizeof(name), "math-table.%s", functions[i].name);
        bool good = near(functions[i].of_double((double)x), y, DBL_EPSILON);
        good = near(functions[i].of_float((float)x), y, FLT_EPSILON) && good;
        good = near(functions[i].of_long(x), y, LDBL_EPSILON) && good;
        CHECK(name, good);
    }
}

#define ROW(name, re, im) {#name, name, name##f, name##l, re, im}

/* At 0.75 - 0.5i. */
static const struct {
    const char *name;
    double complex (*of_double)(double complex);
    float complex (*of_float)(float complex);
    long double complex (*of_long)(long double complex);
    long double real;
    long double imaginary;
} complex_functions[] = {
    // clang-format off: a line each
    ROW(cacos, 0.888592361211464305229L, 0.606334999887351308459L),
    ROW(cacosh, 0.606334999887351308459L, -0.888592361211464305229L),
    ROW(casin, 0.682203965583432314027L, -0.606334999887351308459L),
    ROW(casinh, 0.743320426325278466246L, -0.398277873538308344493L),
    ROW(catan, 0.723220666124067592122L, -0.310428283077195755357L),
    ROW(catanh, 0.590213500279505364886L, -0.692724188399600927161L),
    ROW(ccos, 0.825071366994607263516L, 0.355198757890738464106L),
    ROW(ccosh, 1.13619147380334809124L, -0.394239642111583306583L),
    ROW(cexp, 1.85784229810091263541L, -1.01494387318963825214L),
    ROW(clog, -0.103819682389122250812L, -0.588002603547567551242L),
    ROW(csin, 0.768633564693392754865L, -0.381279634652178149812L),
    ROW(csinh, 0.721650824297564544275L, -0.620704231078054945636L),
    ROW(csqrt, 0.908677010511985310058L, -0.275125261350168755535L),
    ROW(ctan, 0.618096394806202169031L, -0.728211801280472388414L),
    ROW(ctanh, 0.736084170551190969313L, -0.290893461829618098403L),
    ROW(conj, 0.75L, 0.5L),
    ROW(cproj, 0.75L, -0.5L),
    // clang-format on
};

static bool near_both(long double complex z, long double real, long double imaginary,
                      long double epsilon)
{
    return near(creall(z), real, epsilon) && near(cimagl(z), imaginary, epsilon);
}

static void of_complex(void)
{
    const double complex z = CMPLX(0.75, -0.5);
    for (size_t i = 0; i < sizeof(complex_functions) / sizeof(complex_functions[0]); i++) {
        char name[64];
        long double re = complex_functions[i].real;
        long double im = complex_functions[i].imaginary;
        snprintf(name, sizeof(name), "math-table.%s", complex_functions[i].name);
        bool good = near_both(complex_functions[i].of_double(z), re, im, DBL_EPSILON);
        good =
            near_both(complex_functions[i].of_float((float complex)z), re, im, FLT_EPSILON) && good;
        good = near_both(complex_functions[i].of_long(z), re, im, LDBL_EPSILON) && good;
        CHECK(name, good);
    }
    const double complex w = CMPLX(1.25, 0.25);
    const long double re = 0.736758318208824471976L;
    const long double im = -0.701597907907589962402L;
    CHECK("math-table.cpow",
          near_both(cpow(z, w), re, im, DBL_EPSILON) &&
              near_both(cpowf((float complex)z, (float complex)w), re, im, FLT_EPSILON) &&
              near_both(cpowl(z, w), re, im, LDBL_EPSILON));
    CHECK("math-table.cabs",
          near(cabs(z), 0.901387818865997323282L, DBL_EPSILON) &&
              near(cabsf(CMPLXF(0.75f, -0.5f)), 0.901387818865997323282L, FLT_EPSILON) &&
              near(cabsl(z), 0.901387818865997323282L, LDBL_EPSILON));
    CHECK("math-table.carg",
          near(carg(z), -0.588002603547567551242L, DBL_EPSILON) &&
              near(cargf(CMPLXF(0.75f, -0.5f)), -0.588002603547567551242L, FLT_EPSILON) &&
              near(cargl(z), -0.588002603547567551242L, LDBL_EPSILON));
    CHECK("math-table.parts", creal(z) == 0.75 && cimag(z) == -0.5 && crealf(CMPLXF(1, 2)) == 1 &&
                                  cimagf(CMPLXF(1, 2)) == 2 && creall(CMPLXL(3, 4)) == 3 &&
                                  cimagl(CMPLXL(3, 4)) == 4);
}

/* A condition with the three functions of a name. */
#define ALL(name, form) (form(name, 1.0) && form(name##f, 1.0f) && form(name##l, 1.0L))

#define FORM_ATAN2(f, one) near(f(-1.5 * one, -2.5 * one), -2.60117315331920908304L, EPSILON(one))
#define EPSILON(one)                                                                               \
    (sizeof(one) == sizeof(float)    ? FLT_EPSILON                                                 \
     : sizeof(one) == sizeof(double) ? DBL_EPSILON                                                 \
                                     : LDBL_EPSILON)
#define FORM_HYPOT(f, one) near(f(1.5 * one, 2.25 * one), 2.70416345659799196985L, EPSILON(one))
#define FORM_POW(f, one) near(f(2.75 * one, -3.5 * one), 0.0289958317850892138987L, EPSILON(one))
#define FORM_FMOD(f, one) (f(-7.75 * one, 2.5 * one) == -0.25 && isnan(f(one, 0 * one)))
#define FORM_FDIM(f, one) (f(3.5 * one, 1.25 * one) == 2.25 && f(one, 2 * one) == 0)
#define FORM_FMAX(f, one)                                                                          \
    (f(-1.5 * one, 2 * one) == 2 && f(NAN * one, one) == 1 && f(one, NAN * one) == 1)
#define FORM_FMIN(f, one)                                                                          \
    (f(-1.5 * one, 2 * one) == -1.5 && f(NAN * one, one) == 1 && f(one, NAN * one) == 1)
#define FORM_COPYSIGN(f, one) (f(1.5 * one, -0.0 * one) == -1.5 && f(-one, one) == 1)
#define FORM_NEXTAFTER(f, one)                                                                     \
    (f(one, 2 * one) == 1 + EPSILON(one) && f(one, one) == 1 && f(0 * one, -one) < 0)
#define FORM_NEXTTOWARD(f, one) (f(one, 2.0L) == 1 + EPSILON(one) && f(one, 1.0L) == 1)
#define FORM_FMA(f, one) (f(3 * one, 4 * one, -2 * one) == 10)
#define FORM_LDEXP(f, one) (f(1.5 * one, 4) == 24 && f(one, -3) == 0.125 && f(0 * one, 9) == 0)
#define FORM_SCALBN(f, one) (f(1.5 * one, 4) == 24 && isinf(f(one, 20000)))
#define FORM_ILOGB(f, one)                                                                         \
    (f(20 * one) == 4 && f(0.25 * one) == -2 && f(0 * one) == FP_ILOGB0 &&                         \
     f(NAN * one) == FP_ILOGBNAN && f(INFINITY * one) == INT_MAX)
#define FORM_LRINT(f, one) (f(2.5 * one) == 2 && f(-3.5 * one) == -4)
#define FORM_LROUND(f, one) (f(2.5 * one) == 3 && f(-2.5 * one) == -3)

static void of_two(void)
{
    CHECK("math-table.atan2", ALL(atan2, FORM_ATAN2));
    CHECK("math-table.hypot", ALL(hypot, FORM_HYPOT));
    CHECK("math-table.pow", ALL(pow, FORM_POW));
    CHECK("math-table.fmod", ALL(fmod, FORM_FMOD));
    CHECK("math-table.remainder", ALL(remainder, FORM_FMOD));
    CHECK("math-table.fdim", ALL(fdim, FORM_FDIM));
    CHECK("math-table.fmax", ALL(fmax, FORM_FMAX));
    CHECK("math-table.fmin", ALL(fmin, FORM_FMIN));
    CHECK("math-table.copysign", ALL(copysign, FORM_COPYSIGN));
    CHECK("math-table.nextafter", ALL(nextafter, FORM_NEXTAFTER));
    CHECK("math-table.nexttoward", ALL(nexttoward, FORM_NEXTTOWARD));
    CHECK("math-table.fma", ALL(fma, FORM_FMA));
    CHECK("math-table.ldexp", ALL(ldexp, FORM_LDEXP));
    CHECK("math-table.scalbn", ALL(scalbn, FORM_SCALBN));
    CHECK("math-table.scalbln", ALL(scalbln, FORM_SCALBN));
    CHECK("math-table.ilogb", ALL(ilogb, FORM_ILOGB));
    CHECK("math-table.lrint", ALL(lrint, FORM_LRINT));
    CHECK("math-table.llrint", ALL(llrint, FORM_LRINT));
    CHECK("math-table.lround", ALL(lround, FORM_LROUND));
    CHECK("math-table.llround", ALL(llround, FORM_LROUND));
}

#define FORM_FREXP(f, one) (f(20 * one, &whole) == 0.625 && whole == 5 && f(0 * one, &whole) == 0)
#define FORM_REMQUO(f, one) (f(-7.75 * one, 2.5 * one, &whole) == -0.25 && whole % 8 == -3)

static void with_results(void)
{
    int whole = 0;
    double part;
    float part_f;
    long double part_l;
    CHECK("math-table.frexp", ALL(frexp, FORM_FREXP));
    CHECK("math-table.remquo", ALL(remquo, FORM_REMQUO));
    CHECK("math-table.modf", modf(-2.75, &part) == -0.75 && part == -2 &&
                                 modff(-2.75f, &part_f) == -0.75f && part_f == -2 &&
                                 modfl(-2.75L, &part_l) == -0.75L && part_l == -2);
    signgam = 0;
    lgamma(-0.5);
    CHECK("math-table.signgam", signgam < 0 && (lgammaf(0.5f), signgam) > 0);
    CHECK("math-table.bessel", near(j0(2.5), -0.048383776468197991L, 8 * DBL_EPSILON) &&
                                   near(j1(2.5), 0.49709410246427405L, DBL_EPSILON) &&
                                   near(jn(3, 2.5), 0.21660039103911355L, DBL_EPSILON) &&
                                   near(y0(2.5), 0.49807035961523183L, DBL_EPSILON) &&
                                   near(y1(2.5), 0.14591813796678577L, DBL_EPSILON) &&
                                   near(yn(3, 2.5), -0.7560554967536709L, DBL_EPSILON));
    CHECK("math-table.compare", isgreater(2.0, 1.0) && !isgreater(1.0, NAN) &&
                                    isgreaterequal(1.0, 1.0) && isless(1.0, 2.0) &&
                                    islessequal(1.0, 1.0) && islessgreater(1.0, 2.0) &&
                                    !islessgreater(NAN, 2.0) && isunordered(NAN, 1.0));
}

/* What libc-port/ledger.md promises: the exception always, errno where it is not 0 here. */
static bool reports(double result, bool expected, int error, int exception)
{
    (void)result;
    bool by_errno = error == 0 || errno == error;
    bool by_flags = fetestexcept(exception) == exception;
    errno = 0;
    feclearexcept(FE_ALL_EXCEPT);
    return expected && by_errno && by_flags;
}

#define REPORTS(call, test, error, exception)                                                      \
    ({                                                                                             \
        errno = 0;                                                                                 \
        feclearexcept(FE_ALL_EXCEPT);                                                              \
        volatile double result_ = (call);                                                          \
        reports(result_, test(result_), error, exception);                                         \
    })

static void errors(void)
{
    volatile double zero = 0;
    volatile double large = DBL_MAX;
    CHECK("math-table.domain-acos", REPORTS(acos(2 + zero), isnan, EDOM, FE_INVALID));
    CHECK("math-table.domain-log", REPORTS(log(-1 + zero), isnan, EDOM, FE_INVALID));
    CHECK("math-table.domain-fmod", REPORTS(fmod(1, zero), isnan, EDOM, FE_INVALID));
    CHECK("math-table.domain-pow", REPORTS(pow(-2, 0.5 + zero), isnan, EDOM, FE_INVALID));
    CHECK("math-table.domain-sin", REPORTS(sin(INFINITY + zero), isnan, 0, FE_INVALID));
    CHECK("math-table.pole-log", REPORTS(log(zero), isinf, ERANGE, FE_DIVBYZERO));
    CHECK("math-table.pole-atanh", REPORTS(atanh(1 + zero), isinf, ERANGE, FE_DIVBYZERO));
    CHECK("math-table.pole-pow", REPORTS(pow(zero, -1), isinf, ERANGE, FE_DIVBYZERO));
    CHECK("math-table.pole-tgamma", REPORTS(tgamma(zero), isinf, ERANGE, FE_DIVBYZERO));
    CHECK("math-table.pole-lgamma", REPORTS(lgamma(-2 + zero), isinf, ERANGE, FE_DIVBYZERO));
    CHECK("math-table.pole-logb", REPORTS(logb(zero), isinf, 0, FE_DIVBYZERO));
    CHECK("math-table.range-exp", REPORTS(exp(large), isinf, ERANGE, FE_OVERFLOW));
    CHECK("math-table.range-cosh", REPORTS(cosh(large), isinf, ERANGE, FE_OVERFLOW));
    CHECK("math-table.range-hypot", REPORTS(hypot(large, large), isinf, ERANGE, FE_OVERFLOW));
    CHECK("math-table.range-fdim", REPORTS(fdim(large, -large), isinf, 0, FE_OVERFLOW));
    CHECK("math-table.range-ldexp", REPORTS(ldexp(large, 9), isinf, ERANGE, FE_OVERFLOW));
    CHECK("math-table.range-nextafter", REPORTS(nextafter(large, INFINITY), isinf, 0, FE_OVERFLOW));
    CHECK("math-table.range-tgamma", REPORTS(tgamma(1000 + zero), isinf, ERANGE, FE_OVERFLOW));
    fenv_t kept;
    fesetround(FE_UPWARD);
    bool got = fegetenv(&kept) == 0 && fesetenv(FE_DFL_ENV) == 0 && fegetround() == FE_TONEAREST;
    CHECK("math-table.fesetenv", got && fesetenv(&kept) == 0 && fegetround() == FE_UPWARD);
    fesetenv(FE_DFL_ENV);
}

/* One rounding of the exact x * y + z. */
static void fused(void)
{
    volatile long double above = 1 + 0x1p-63L;
    volatile long double below = 1 - 0x1p-63L;
    volatile long double least = 0x1p-16445L;
    volatile double tiny = DBL_MIN;
    volatile double large = DBL_MAX;
    CHECK("math-table.fmal-exact", fmal(above, below, -1) == -0x1p-126L);
    CHECK("math-table.fmal-once", fmal(above, below * 0x1p-64L, above) == above &&
                                      fmal(above, above * 0x1p-64L, above) == 1 + 0x1p-62L);
    CHECK("math-table.fmal-subnormal",
          fmal(least, 0.5L, least) == 2 * least && fmal(least, 0.25L, least) == least &&
              fmal(least, 0.5L, 2 * least) == 2 * least && fmal(least, 0.5L, 0) == 0);
    CHECK("math-table.fmal-cancels",
          fmal(3, 5, -15) == 0 && !signbit(fmal(3, 5, -15)) && isinf(fmal(LDBL_MAX, 2, -1)));
    CHECK("math-table.fma-zero", signbit(fma(-tiny, tiny, 0)) && signbit(fmal(-least, least, 0)) &&
                                     !signbit(fma(-tiny, 0, 0)));
    CHECK("math-table.fma-infinite", fma(large, large, -INFINITY) == -INFINITY &&
                                         fmal(LDBL_MAX, 2, -INFINITY) == -INFINITY &&
                                         isnan(fma(INFINITY, 0, 1)));
}

void area_math_table(void)
{
    fused();
    of_one();
    of_two();
    of_complex();
    with_results();
    errors();
}
