// SPDX-License-Identifier: MIT
// A whole number at the begin of a text, for the functions of strtol()'s and wcstol()'s families.
#pragma once

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>
#include <wctype.h>

struct coco_integer {
    uint64_t magnitude; // UINT64_MAX if it is too large
    bool negative;
    bool too_large;
    size_t len; // characters up to its end; 0: there is no number
};

static inline uint32_t coco_at(const void *text, bool wide, size_t i)
{
    return wide ? (uint32_t)((const wchar_t *)text)[i] : ((const unsigned char *)text)[i];
}

static inline bool coco_blank(uint32_t c, bool wide, locale_t locale)
{
    if (wide) {
        return locale ? iswspace_l((wint_t)c, locale) : iswspace((wint_t)c);
    }
    return locale ? isspace_l((int)c, locale) : isspace((int)c);
}

/* The digit's value, or 36. */
static inline unsigned coco_digit(uint32_t c)
{
    uint32_t letter = (c | 0x20) - 'a';
    return c - '0' < 10 ? c - '0' : letter < 26 ? letter + 10 : 36;
}

/// @param locale  whose blanks may stand before the number; (locale_t)0: the current one's
/// @param base    0, 2 to 36; others: EINVAL and no number
static inline struct coco_integer coco_integer(const void *text, bool wide, int base,
                                               locale_t locale)
{
    struct coco_integer number = {0};
    size_t i = 0;
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        return number;
    }
    while (coco_blank(coco_at(text, wide, i), wide, locale)) {
        i++;
    }
    uint32_t sign = coco_at(text, wide, i);
    number.negative = sign == '-';
    i += sign == '-' || sign == '+';
    bool zero = coco_at(text, wide, i) == '0';
    // 0x without a digit behind it is the number 0, and an x behind that.
    if ((base == 0 || base == 16) && zero && (coco_at(text, wide, i + 1) | 0x20) == 'x' &&
        coco_digit(coco_at(text, wide, i + 2)) < 16) {
        base = 16;
        i += 2;
    } else if (base == 0) {
        base = zero ? 8 : 10;
    }
    unsigned digit;
    for (; (digit = coco_digit(coco_at(text, wide, i))) < (unsigned)base; i++) {
        number.too_large |=
            __builtin_mul_overflow(number.magnitude, (unsigned)base, &number.magnitude) ||
            __builtin_add_overflow(number.magnitude, digit, &number.magnitude);
        number.len = i + 1;
    }
    number.magnitude = number.too_large ? UINT64_MAX : number.magnitude;
    return number;
}

/// Its value as a signed number; ERANGE and the nearest one if it does not fit.
static inline int64_t coco_signed(struct coco_integer number)
{
    uint64_t most = number.negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    if (number.magnitude > most) {
        errno = ERANGE;
        number.magnitude = most;
    }
    return (int64_t)(number.negative ? -number.magnitude : number.magnitude);
}

/// The same of an unsigned one; one with a minus is taken from 2^64.
static inline uint64_t coco_unsigned(struct coco_integer number)
{
    if (number.too_large) {
        errno = ERANGE;
        return UINT64_MAX;
    }
    return number.negative ? -number.magnitude : number.magnitude;
}
