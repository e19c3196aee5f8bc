// SPDX-License-Identifier: MIT
// strtof(): newlib's converts to a double and that to a float, which rounds twice. Its engine for
// any format knows the float's as well.
#include <locale.h>
#include <math.h>
#include <reent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BITS 24              /* of a float's mantissa */
#define LOWEST (-149)        /* exponent of the last bit of the smallest number */
#define HIGHEST 104          /* of the last bit of the largest */
#define BIAS 150             /* of the last bit's exponent */
#define MANTISSA 0x007fffffu /* without the leading bit, which is not stored */
#define INFINITE 0x7f800000u
#define SIGN 0x80000000u

/* What newlib's engine wants to know, and answers. */
struct format {
    int bits;
    int lowest;
    int highest;
    int rounding; // as FLT_ROUNDS: 0 to zero, 1 to the nearest, 2 up, 3 down
    int sudden_underflow;
};

enum {
    ZERO,
    NORMAL,
    SUBNORMAL,
    INFINITY_TEXT,
    NAN_TEXT,
    NAN_BITS,
    NO_NUMBER,
    KIND = 0xf,
    MINUS = 0x100
};

int _strtodg_l(struct _reent *, const char *, char **, const struct format *, int *, uint32_t *,
               locale_t);

float strtof_l(const char *restrict text, char **restrict end, locale_t locale)
{
    const struct format format = {BITS, LOWEST, HIGHEST, __builtin_flt_rounds(), 0};
    uint32_t mantissa[2] = {0};
    uint32_t bits = 0;
    int exponent = 0;
    float value;
    int kind = _strtodg_l(_REENT, text, end, &format, &exponent, mantissa, locale);
    switch (kind & KIND) {
    case NORMAL:
        bits = (mantissa[0] & MANTISSA) | (uint32_t)(exponent + BIAS) << (BITS - 1);
        break;
    case SUBNORMAL:
        bits = mantissa[0];
        break;
    case INFINITY_TEXT:
        bits = INFINITE;
        break;
    case NAN_TEXT:
    case NAN_BITS:
        value = nanf("");
        memcpy(&bits, &value, sizeof(bits));
        break;
    default:
        break;
    }
    bits |= kind & MINUS ? SIGN : 0;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

float strtof(const char *restrict text, char **restrict end)
{
    return strtof_l(text, end, LC_GLOBAL_LOCALE); // the decimal point is the same in all
}
