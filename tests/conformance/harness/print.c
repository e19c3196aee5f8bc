// SPDX-License-Identifier: MIT
// The harness's printf.
#include <harness/print.h>

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <stdarg.h>
#include <stdbool.h>

struct sink {
    char *text;
    size_t size;
    size_t len;
};

static void put(struct sink *sink, char c)
{
    if (sink->len + 1 < sink->size) {
        sink->text[sink->len++] = c;
    }
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, int width, char pad)
{
    char digits[24];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (int i = count; i < width; i++) {
        put(sink, pad);
    }
    while (count > 0) {
        put(sink, digits[--count]);
    }
}

static void put_signed(struct sink *sink, int64_t value, int width, char pad)
{
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        put(sink, '-');
        magnitude = 0 - magnitude;
        width--;
    }
    put_number(sink, magnitude, 10, width, pad);
}

static void put_string(struct sink *sink, const char *text, int width)
{
    int len = 0;
    for (; text[len] != '\0'; len++) {
        put(sink, text[len]);
    }
    for (; len < width; len++) {
        put(sink, ' ');
    }
}

/* One conversion behind '%'; the result points behind it. */
static const char *convert(struct sink *sink, const char *at, va_list *arguments)
{
    char pad = *at == '0' ? '0' : ' ';
    int width = 0;
    bool is_long = false;
    for (; *at >= '0' && *at <= '9'; at++) {
        width = width * 10 + (*at - '0');
    }
    for (; *at == 'l' || *at == 'z'; at++) {
        is_long = true;
    }
    switch (*at) {
    case 's':
        put_string(sink, va_arg(*arguments, const char *), width);
        break;
    case 'c':
        put(sink, (char)va_arg(*arguments, int));
        break;
    case 'd':
        put_signed(sink, is_long ? va_arg(*arguments, int64_t) : va_arg(*arguments, int), width,
                   pad);
        break;
    case 'u':
    case 'x':
        put_number(sink, is_long ? va_arg(*arguments, uint64_t) : va_arg(*arguments, unsigned),
                   *at == 'x' ? 16 : 10, width, pad);
        break;
    case 'p':
        put_string(sink, "0x", 0);
        put_number(sink, (uint64_t)va_arg(*arguments, void *), 16, 0, ' ');
        break;
    case '\0':
        return at;
    default:
        put(sink, *at);
        break;
    }
    return at + 1;
}

size_t print_to_list(char *buffer, size_t size, const char *format, va_list arguments)
{
    struct sink sink = {buffer, size, 0};
    va_list rest;
    va_copy(rest, arguments);
    while (*format != '\0') {
        if (*format != '%') {
            put(&sink, *format++);
            continue;
        }
        format = convert(&sink, format + 1, &rest);
    }
    va_end(rest);
    buffer[sink.len] = '\0';
    return sink.len;
}

size_t print_to(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t len = print_to_list(buffer, size, format, arguments);
    va_end(arguments);
    return len;
}

void print(const char *format, ...)
{
    char text[PRINT_MAX];
    va_list arguments;
    va_start(arguments, format);
    size_t len = print_to_list(text, sizeof(text), format, arguments);
    va_end(arguments);
    coco_handle_t out = entry_handle(COCO_ROLE_STDOUT);
    if (out == COCO_HANDLE_NONE) {
        out = COCO_HANDLE_LOG;
    }
    /* A program whose output is gone cannot say so; its exit code still tells. */
    (void)coco_write(out, text, len);
}
