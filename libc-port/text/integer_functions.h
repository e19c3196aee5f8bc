// SPDX-License-Identifier: MIT
// The functions of strtol()'s and of wcstol()'s families: one template for both kinds of text.
#pragma once

#include <locale.h>
#include <reent.h>
#include <stdint.h>

#include "integer.h"

/// Parameters of each of the functions.
#define COCO_INTEGER_TEXT(character)                                                               \
    const character *restrict text, character **restrict end, int base

/// Defines a function `name`, its form name_l() with a locale, and _name_r(), which newlib's own
/// functions call.
/// @param character  of the text: char or wchar_t
/// @param type       of the number
/// @param value_of   coco_signed or coco_unsigned
#define COCO_INTEGER_FUNCTION(character, type, name, value_of)                                     \
    type _##name##_r(struct _reent *reent, COCO_INTEGER_TEXT(character));                          \
    type name##_l(COCO_INTEGER_TEXT(character), locale_t locale)                                   \
    {                                                                                              \
        const bool wide = sizeof(character) == sizeof(wchar_t);                                    \
        struct coco_integer number = coco_integer(text, wide, base, locale);                       \
        if (end) {                                                                                 \
            *end = (character *)(uintptr_t)(text + number.len);                                    \
        }                                                                                          \
        return (type)value_of(number);                                                             \
    }                                                                                              \
    type name(COCO_INTEGER_TEXT(character))                                                        \
    {                                                                                              \
        return name##_l(text, end, base, (locale_t)0);                                             \
    }                                                                                              \
    type _##name##_r(struct _reent *reent, COCO_INTEGER_TEXT(character))                           \
    {                                                                                              \
        (void)reent;                                                                               \
        return name##_l(text, end, base, (locale_t)0);                                             \
    }

/// Defines the functions of a family: for long, long long and intmax_t, signed and unsigned. The
/// user includes what declares them.
/// @param prefix  strto or wcsto
#define COCO_INTEGER_FAMILY(character, prefix)                                                     \
    COCO_INTEGER_FUNCTION(character, long, prefix##l, coco_signed)                                 \
    COCO_INTEGER_FUNCTION(character, long long, prefix##ll, coco_signed)                           \
    COCO_INTEGER_FUNCTION(character, intmax_t, prefix##imax, coco_signed)                          \
    COCO_INTEGER_FUNCTION(character, unsigned long, prefix##ul, coco_unsigned)                     \
    COCO_INTEGER_FUNCTION(character, unsigned long long, prefix##ull, coco_unsigned)               \
    COCO_INTEGER_FUNCTION(character, uintmax_t, prefix##umax, coco_unsigned)
