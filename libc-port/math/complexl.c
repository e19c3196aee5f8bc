// SPDX-License-Identifier: MIT
// Complex functions of long double, which newlib lacks, from the real ones. Special values follow
// from the formulas but where C's Annex G asks for more, as noted.
#include <complex.h>
#include <math.h>

static inline long double complex make(long double real, long double imaginary)
{
    union {
        long double part[2];
        long double complex whole;
    } value = {.part = {real, imaginary}};
    return value.whole;
}

/* |x + iy|; newlib's hypotl() overflows where only the squares do. */
static long double size_of(long double x, long double y)
{
    long double larger = fmaxl(fabsl(x), fabsl(y));
    long double smaller = fminl(fabsl(x), fabsl(y));
    if (isinf(x) || isinf(y)) {
        return INFINITY;
    }
    if (isnan(x) || isnan(y)) {
        return x + y;
    }
    return larger == 0 ? 0 : larger * sqrtl(1 + smaller / larger * (smaller / larger));
}

/* A product in which a zero stays zero whatever it is multiplied with. */
static long double times(long double zero_wins, long double other)
{
    return zero_wins == 0 ? zero_wins : zero_wins * other;
}

long double cargl(long double complex z)
{
    return atan2l(cimagl(z), creall(z));
}

long double complex cprojl(long double complex z)
{
    return isinf(creall(z)) || isinf(cimagl(z)) ? make(INFINITY, copysignl(0, cimagl(z))) : z;
}

long double complex cexpl(long double complex z)
{
    long double x = creall(z);
    long double y = cimagl(z);
    if (y == 0) {
        return make(expl(x), y);
    }
    if (isinf(x) && !isfinite(y)) { // Annex G: +-0 and +-infinity, not NaN in both parts
        return x < 0 ? make(0, copysignl(0, y)) : make(x, NAN);
    }
    long double size = expl(x);
    return make(size * cosl(y), size * sinl(y));
}

long double complex clogl(long double complex z)
{
    return make(logl(size_of(creall(z), cimagl(z))), cargl(z));
}

long double complex csqrtl(long double complex z)
{
    long double x = creall(z);
    long double y = cimagl(z);
    if (x == 0 && y == 0) {
        return make(0, y);
    }
    if (isinf(y)) {
        return make(INFINITY, y);
    }
    if (isnan(x)) {
        return make(x, x);
    }
    if (isinf(x)) {
        return x > 0 ? make(x, isnan(y) ? y : copysignl(0, y))
                     : make(isnan(y) ? y : 0, copysignl(x, y));
    }
    // Halves before the sum, so that it does not overflow.
    long double root = sqrtl(size_of(x / 2, y / 2) + fabsl(x) / 2);
    long double other = root == 0 ? 0 : fabsl(y) / (2 * root);
    return x >= 0 ? make(root, copysignl(other, y)) : make(other, copysignl(root, y));
}

long double complex cpowl(long double complex base, long double complex exponent)
{
    if (exponent == 0) {
        return make(1, 0);
    }
    if (base == 0) {
        return creall(exponent) > 0 ? make(0, 0) : make(NAN, NAN);
    }
    return cexpl(exponent * clogl(base));
}

long double complex csinhl(long double complex z)
{
    long double x = creall(z);
    long double y = cimagl(z);
    if (y == 0) {
        return make(sinhl(x), y);
    }
    return make(times(sinhl(x), cosl(y)), coshl(x) * sinl(y));
}

long double complex ccoshl(long double complex z)
{
    long double x = creall(z);
    long double y = cimagl(z);
    if (y == 0) {
        return make(coshl(x), x == 0 || isnan(x) ? 0 : copysignl(0, x) * copysignl(1, y));
    }
    return make(coshl(x) * cosl(y), times(sinhl(x), sinl(y)));
}

long double complex ctanhl(long double complex z)
{
    long double x = creall(z);
    long double y = cimagl(z);
    if (y == 0) {
        return make(tanhl(x), y);
    }
    if (isinf(x) ||
        fabsl(x) > 5700) { // cosh(2x) would overflow; the imaginary part is below any number
        return make(copysignl(1, x), copysignl(0, isfinite(y) ? sinl(2 * y) : 1));
    }
    // tan, sinh and cosh of the simple argument: no difference of nearly equal numbers.
    long double tangent = tanl(y);
    long double sine = sinhl(x);
    long double cosine = coshl(x);
    long double beta = 1 + tangent * tangent;
    return make(beta * sine * cosine / (1 + beta * sine * sine),
                tangent / (1 + beta * sine * sine));
}

/* sin z = -i sinh iz, and so on. */
static long double complex times_i(long double complex z)
{
    return make(-cimagl(z), creall(z));
}

static long double complex over_i(long double complex z)
{
    return make(cimagl(z), -creall(z));
}

long double complex csinl(long double complex z)
{
    return over_i(csinhl(times_i(z)));
}

long double complex ccosl(long double complex z)
{
    return ccoshl(times_i(z));
}

long double complex ctanl(long double complex z)
{
    return over_i(ctanhl(times_i(z)));
}

long double complex catanl(long double complex z)
{
    // atan(x + iy): real part from the angle, imaginary part from a ratio of distances to +-i.
    long double x = creall(z);
    long double y = cimagl(z);
    if (isinf(x) || isinf(y)) {
        return make(copysignl(1.570796326794896619231321691639751442L, x), copysignl(0, y));
    }
    long double real = atan2l(2 * x, (1 - y) * (1 + y) - x * x) / 2;
    long double above = x * x + (y + 1) * (y + 1);
    long double below = x * x + (y - 1) * (y - 1);
    return make(real, logl(above / below) / 4);
}
