// SPDX-License-Identifier: MIT
// Amounts of money in the C locale, which has no currency symbol, no grouping and no sign but '-';
// it leaves the digits behind the point open, 2 here.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <monetary.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_DIGITS 2
#define NUMBER_MAX 400 /* a double has at most 309 digits before the point */
#define DIGITS_MAX 60

struct conversion {
    char fill;
    bool parentheses;
    bool left;
    int width;
    int before; /* digits before the point to align at, -1: none */
    int after;
};

// A number of at most four digits.
static int number(const char **format)
{
    int value = 0;
    while (isdigit((unsigned char)**format) && value < 1000) {
        value = value * 10 + (*(*format)++ - '0');
    }
    return value;
}

// What stands between '%' and the conversion's letter. Returns the place of the letter, or NULL.
static const char *parse(const char *format, struct conversion *out)
{
    *out = (struct conversion){.fill = ' ', .before = -1, .after = DEFAULT_DIGITS};
    for (bool flags = true; flags;) {
        switch (*format) {
        case '=':
            out->fill = format[1];
            format += 2;
            if (out->fill == '\0') {
                return NULL;
            }
            break;
        case '(':
            out->parentheses = true;
            format++;
            break;
        case '-':
            out->left = true;
            format++;
            break;
        case '^':
        case '+':
        case '!':
            format++; // grouping and symbol, of which there are none; '+' is the default
            break;
        default:
            flags = false;
        }
    }
    out->width = number(&format);
    if (*format == '#') {
        format++;
        out->before = number(&format);
    }
    if (*format == '.') {
        format++;
        out->after = number(&format);
    }
    bool good =
        (*format == 'i' || *format == 'n') && out->before <= DIGITS_MAX && out->after <= DIGITS_MAX;
    return good ? format : NULL;
}

// Text of one amount, without the field around it.
static void convert(char *out, size_t size, const struct conversion *how, double amount)
{
    char digits[NUMBER_MAX];
    bool negative = amount < 0;
    snprintf(digits, sizeof(digits), "%.*f", how->after, negative ? -amount : amount);
    int before = (int)strcspn(digits, ".");
    int missing = how->before > before ? how->before - before : 0;
    char fill[DIGITS_MAX + 1];
    memset(fill, how->fill, (size_t)missing);
    fill[missing] = '\0';
    // With alignment the place of the sign is kept in positive amounts, too.
    const char *blank = how->before >= 0 ? " " : "";
    const char *open = negative ? how->parentheses ? "(" : "-" : blank;
    const char *close = !how->parentheses ? "" : negative ? ")" : blank;
    snprintf(out, size, "%s%s%s%s", open, fill, digits, close);
}

static ssize_t format_all(char *out, size_t size, const char *format, va_list list)
{
    size_t len = 0;
    while (*format != '\0') {
        char text[NUMBER_MAX + DIGITS_MAX + 4] = {*format, '\0'};
        struct conversion how = {.width = 0};
        if (*format == '%' && format[1] == '%') {
            format++;
        } else if (*format == '%') {
            format = parse(format + 1, &how);
            if (!format) {
                errno = EINVAL;
                return -1;
            }
            convert(text, sizeof(text), &how, va_arg(list, double));
        }
        int width = how.left ? -how.width : how.width;
        int added = snprintf(out + len, size - len, "%*s", width, text);
        if (added < 0 || (size_t)added >= size - len) {
            errno = E2BIG;
            return -1;
        }
        len += (size_t)added;
        format++;
    }
    if (len >= size) {
        errno = E2BIG;
        return -1;
    }
    out[len] = '\0';
    return (ssize_t)len;
}

ssize_t strfmon(char *restrict out, size_t size, const char *restrict format, ...)
{
    va_list list;
    va_start(list, format);
    ssize_t result = format_all(out, size, format, list);
    va_end(list);
    return result;
}

ssize_t strfmon_l(char *restrict out, size_t size, locale_t locale, const char *restrict format,
                  ...)
{
    va_list list;
    (void)locale; // all have the C locale's amounts
    va_start(list, format);
    ssize_t result = format_all(out, size, format, list);
    va_end(list);
    return result;
}
