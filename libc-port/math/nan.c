// SPDX-License-Identifier: MIT
// nan(), nanf() and nanl() with the number that the tag is, in hexadecimal; newlib's take no notice
// of it. Bits that the type has no room for are dropped.
#include <math.h>
#include <stdint.h>
#include <string.h>

#define DOUBLE_QUIET 0x7ff8000000000000u
#define FLOAT_QUIET 0x7fc00000u
#define LONG_QUIET 0xc000000000000000u
#define LONG_EXPONENT 0x7fff
#define DOUBLE_PAYLOAD 0x0007ffffffffffffu
#define FLOAT_PAYLOAD 0x003fffffu
#define LONG_PAYLOAD 0x3fffffffffffffffu

/* The number that the tag is; 0 if it is none. */
static uint64_t payload(const char *tag)
{
    uint64_t value = 0;
    if (tag[0] == '0' && (tag[1] == 'x' || tag[1] == 'X')) {
        tag += 2;
    }
    for (; *tag != '\0'; tag++) {
        int letter = *tag | 0x20;
        if (*tag >= '0' && *tag <= '9') {
            value = value << 4 | (uint64_t)(*tag - '0');
        } else if (letter >= 'a' && letter <= 'f') {
            value = value << 4 | (uint64_t)(letter - 'a' + 10);
        } else {
            return 0;
        }
    }
    return value;
}

double nan(const char *tag)
{
    uint64_t bits = DOUBLE_QUIET | (payload(tag) & DOUBLE_PAYLOAD);
    double result;
    memcpy(&result, &bits, sizeof(result));
    return result;
}

float nanf(const char *tag)
{
    uint32_t bits = FLOAT_QUIET | (uint32_t)(payload(tag) & FLOAT_PAYLOAD);
    float result;
    memcpy(&result, &bits, sizeof(result));
    return result;
}

long double nanl(const char *tag)
{
    uint64_t mantissa = LONG_QUIET | (payload(tag) & LONG_PAYLOAD);
    uint16_t exponent = LONG_EXPONENT;
    long double result = 0;
    memcpy(&result, &mantissa, sizeof(mantissa));
    memcpy((char *)&result + sizeof(mantissa), &exponent, sizeof(exponent));
    return result;
}
