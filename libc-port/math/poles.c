// SPDX-License-Identifier: MIT
// Functions at their poles. newlib's raise no exception there, as the compiler does their division
// by zero ahead of time, or report another error; they have names of their own here
// (CMakeLists.txt).
#include <errno.h>
#include <fenv.h>
#include <math.h>

#define LOGARITHM(type, name)                                                                      \
    type __coco_newlib_##name(type);                                                               \
    type name(type x)                                                                              \
    {                                                                                              \
        if (x == 0) {                                                                              \
            feraiseexcept(FE_DIVBYZERO);                                                           \
        }                                                                                          \
        return __coco_newlib_##name(x);                                                            \
    }

LOGARITHM(double, log)
LOGARITHM(float, logf)
LOGARITHM(double, log10)
LOGARITHM(float, log10f)
LOGARITHM(float, log2f)
LOGARITHM(double, y0)
LOGARITHM(float, y0f)
LOGARITHM(double, y1)
LOGARITHM(float, y1f)

double __coco_newlib_yn(int, double);
float __coco_newlib_ynf(int, float);
double __coco_newlib_atanh(double);
float __coco_newlib_atanhf(float);
long double __coco_newlib_powl(long double, long double);

double yn(int n, double x)
{
    if (x == 0) {
        feraiseexcept(FE_DIVBYZERO);
    }
    return __coco_newlib_yn(n, x);
}

float ynf(int n, float x)
{
    if (x == 0) {
        feraiseexcept(FE_DIVBYZERO);
    }
    return __coco_newlib_ynf(n, x);
}

double atanh(double x)
{
    double result = __coco_newlib_atanh(x);
    if (isinf(result)) {
        errno = ERANGE;
    }
    return result;
}

float atanhf(float x)
{
    float result = __coco_newlib_atanhf(x);
    if (isinf(result)) {
        errno = ERANGE;
    }
    return result;
}

long double powl(long double x, long double y)
{
    if (x == 0 && y < 0) {
        feraiseexcept(FE_DIVBYZERO);
    }
    return __coco_newlib_powl(x, y);
}
