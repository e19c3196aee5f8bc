// SPDX-License-Identifier: MIT
// Complex functions of long double: identities, and what Annex G says about special values.
#include <complex.h>
#include <math.h>

#include "harness.h"

#define TOLERANCE 1e-17L

static bool near(long double complex a, long double complex b)
{
    return cabsl(a - b) <= TOLERANCE * (1 + cabsl(b));
}

static bool is(long double complex z, long double real, long double imaginary)
{
    return creall(z) == real && cimagl(z) == imaginary;
}

void area_complexl(void)
{
    const long double complex z = 0.75L - 1.25L * I;
    const long double complex w = -2.5L + 0.5L * I;
    const long double pi = 3.14159265358979323846264338327950288L;
    CHECK("complexl.carg", fabsl(cargl(-1.0L + 0 * I) - pi) < TOLERANCE && cargl(1.0L) == 0);
    CHECK("complexl.cexp", near(cexpl(I * pi), -1) && near(cexpl(z) * cexpl(w), cexpl(z + w)));
    CHECK("complexl.clog", near(cexpl(clogl(z)), z) && near(cexpl(clogl(w)), w));
    CHECK("complexl.csqrt", near(csqrtl(z) * csqrtl(z), z) && near(csqrtl(w) * csqrtl(w), w) &&
                                near(csqrtl(-4), 2 * I));
    CHECK("complexl.csqrt-large",
          near(csqrtl(3e4931L + 4e4931L * I) / 1e2465L / sqrtl(10), csqrtl(3 + 4 * I)));
    CHECK("complexl.cpow",
          near(cpowl(z, 2), z * z) && near(cpowl(w, -1), 1 / w) && is(cpowl(0, 0), 1, 0));
    CHECK("complexl.csinh-ccosh", near(ccoshl(z) * ccoshl(z) - csinhl(z) * csinhl(z), 1) &&
                                      near(csinhl(z) + ccoshl(z), cexpl(z)));
    CHECK("complexl.csin-ccos", near(ccosl(w) * ccosl(w) + csinl(w) * csinl(w), 1) &&
                                    near(ccosl(z) + I * csinl(z), cexpl(I * z)));
    CHECK("complexl.ctanh",
          near(ctanhl(z), csinhl(z) / ccoshl(z)) && near(ctanl(w), csinl(w) / ccosl(w)));
    CHECK("complexl.ctanh-large", is(ctanhl(6000 + 0.5L * I), 1, 0));
    CHECK("complexl.catan",
          near(ctanl(catanl(0.3L + 0.2L * I)), 0.3L + 0.2L * I) && near(ctanl(catanl(z)), z));
    CHECK("complexl.cproj", is(cprojl(z), 0.75L, -1.25L) &&
                                isinf(creall(cprojl(CMPLXL(0, -INFINITY)))) &&
                                signbit(cimagl(cprojl(CMPLXL(0, -INFINITY)))));
    CHECK("complexl.special", is(cexpl(CMPLXL(0, 0)), 1, 0) && is(csqrtl(CMPLXL(0, 0)), 0, 0) &&
                                  isinf(creall(csqrtl(CMPLXL(NAN, INFINITY)))) &&
                                  creall(clogl(0)) == -INFINITY && is(csinhl(0), 0, 0) &&
                                  is(ccoshl(0), 1, 0) && is(ctanhl(0), 0, 0));
}
