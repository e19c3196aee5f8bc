// SPDX-License-Identifier: MIT
// A small printf. `struct sink` counts all characters and keeps those that fit; parse_spec() reads
// one conversion, the put_* functions print it.
#include <base/format.h>
#include <base/string.h>
#include <stdbool.h>
#include <stdint.h>

struct sink {
    char *buffer;
    size_t size;
    size_t len;
};

enum length { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG };

struct spec {
    bool left;
    bool zero;
    bool has_precision;
    size_t width;
    size_t precision;
    enum length length;
    char conversion;
};

static void put(struct sink *sink, char c)
{
    if (sink->len + 1 < sink->size) {
        sink->buffer[sink->len] = c;
    }
    sink->len++;
}

static void pad(struct sink *sink, char c, size_t count)
{
    while (count-- > 0) {
        put(sink, c);
    }
}

/// Print `len` characters in the field, with spaces around them.
static void put_text(struct sink *sink, const struct spec *spec, const char *text, size_t len)
{
    size_t fill = spec->width > len ? spec->width - len : 0;

    pad(sink, ' ', spec->left ? 0 : fill);
    for (size_t i = 0; i < len; i++) {
        put(sink, text[i]);
    }
    pad(sink, ' ', spec->left ? fill : 0);
}

static void put_number(struct sink *sink, const struct spec *spec, uint64_t value,
                       const char *prefix)
{
    unsigned base = spec->conversion == 'd' || spec->conversion == 'u' ? 10 : 16;
    const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[24]; /* 20 decimal digits of 2^64, or 16 and "0x" */
    size_t start = sizeof(text);
    size_t prefix_len = strlen(prefix);

    do {
        text[--start] = digits[value % base];
        value /= base;
    } while (value != 0);
    if (spec->zero && !spec->left) {
        size_t len = sizeof(text) - start + prefix_len;

        for (size_t i = 0; i < prefix_len; i++) {
            put(sink, prefix[i]);
        }
        pad(sink, '0', spec->width > len ? spec->width - len : 0);
        for (; start < sizeof(text); start++) {
            put(sink, text[start]);
        }
        return;
    }
    start -= prefix_len;
    memcpy(text + start, prefix, prefix_len);
    put_text(sink, spec, text + start, sizeof(text) - start);
}

static size_t parse_number(const char **format)
{
    size_t value = 0;

    while (**format >= '0' && **format <= '9') {
        if (value < 4096) { /* wider fields make no sense: keep the sum small */
            value = value * 10 + (size_t)(**format - '0');
        }
        (*format)++;
    }
    return value;
}

/// Read what follows a '%', up to and including the conversion character.
static void parse_spec(const char **format, struct spec *spec, bool *star)
{
    memset(spec, 0, sizeof(*spec));
    for (;; (*format)++) {
        if (**format == '-') {
            spec->left = true;
        } else if (**format == '0') {
            spec->zero = true;
        } else {
            break;
        }
    }
    spec->width = parse_number(format);
    if (**format == '.') {
        (*format)++;
        spec->has_precision = true;
        if (**format == '*') {
            (*format)++;
            *star = true;
        } else {
            spec->precision = parse_number(format);
        }
    }
    for (;; (*format)++) {
        if (**format == 'l' || **format == 'z' || **format == 'j' || **format == 't') {
            spec->length = LENGTH_LONG;
        } else if (**format == 'h') {
            spec->length = spec->length == LENGTH_SHORT ? LENGTH_CHAR : LENGTH_SHORT;
        } else {
            break;
        }
    }
    spec->conversion = **format;
    if (spec->conversion != '\0') {
        (*format)++;
    }
}

static uint64_t cut_unsigned(uint64_t value, enum length length)
{
    switch (length) {
    case LENGTH_CHAR:
        return (uint8_t)value;
    case LENGTH_SHORT:
        return (uint16_t)value;
    case LENGTH_INT:
        return (uint32_t)value;
    default:
        return value;
    }
}

static int64_t cut_signed(uint64_t value, enum length length)
{
    switch (length) {
    case LENGTH_CHAR:
        return (int8_t)value;
    case LENGTH_SHORT:
        return (int16_t)value;
    case LENGTH_INT:
        return (int32_t)value;
    default:
        return (int64_t)value;
    }
}

static void put_string(struct sink *sink, const struct spec *spec, const char *text)
{
    if (text == NULL) {
        text = "(null)";
    }
    put_text(sink, spec, text, spec->has_precision ? strnlen(text, spec->precision) : strlen(text));
}

/// Print one integer conversion of the raw argument `value`.
static void put_integer(struct sink *sink, struct spec *spec, uint64_t value)
{
    if (spec->conversion == 'd') {
        int64_t number = cut_signed(value, spec->length);

        put_number(sink, spec, number < 0 ? 0 - (uint64_t)number : (uint64_t)number,
                   number < 0 ? "-" : "");
        return;
    }
    put_number(sink, spec, cut_unsigned(value, spec->length), "");
}

/// Print the conversion that `spec` describes, with its arguments. False if it is unknown.
static bool put_conversion(struct sink *sink, struct spec *spec, va_list *args)
{
    char c;

    switch (spec->conversion) {
    case '%':
        put(sink, '%');
        return true;
    case 'c':
        c = (char)va_arg(*args, int);
        put_text(sink, spec, &c, 1);
        return true;
    case 's':
        put_string(sink, spec, va_arg(*args, const char *));
        return true;
    case 'p':
        spec->conversion = 'x';
        put_number(sink, spec, (uintptr_t)va_arg(*args, void *), "0x");
        return true;
    case 'i':
        spec->conversion = 'd';
        __attribute__((fallthrough));
    case 'd':
    case 'u':
    case 'x':
    case 'X':
        put_integer(sink, spec,
                    spec->length == LENGTH_LONG ? va_arg(*args, uint64_t)
                                                : va_arg(*args, unsigned));
        return true;
    default:
        return false;
    }
}

/// The precision of "%.*s": negative means none.
static void take_precision(struct spec *spec, va_list *args)
{
    int precision = va_arg(*args, int);

    spec->has_precision = precision >= 0;
    spec->precision = precision >= 0 ? (size_t)precision : 0;
}

size_t kvsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
    struct sink sink = {.buffer = buffer, .size = size};
    struct spec spec;
    va_list rest;

    va_copy(rest, args); /* a parameter of this type may be a pointer: only a copy has an address */
    while (*format != '\0') {
        const char *start = format;
        bool star = false;

        if (*format != '%') {
            put(&sink, *format++);
            continue;
        }
        format++;
        parse_spec(&format, &spec, &star);
        if (star) {
            take_precision(&spec, &rest);
        }
        if (!put_conversion(&sink, &spec, &rest)) {
            while (start < format) { /* show what was not understood */
                put(&sink, *start++);
            }
        }
    }
    va_end(rest);
    if (size > 0) {
        buffer[sink.len < size ? sink.len : size - 1] = '\0';
    }
    return sink.len;
}

size_t ksnprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    size_t len;

    va_start(args, format);
    len = kvsnprintf(buffer, size, format, args);
    va_end(args);
    return len;
}
