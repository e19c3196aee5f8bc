// SPDX-License-Identifier: MIT
// The host's printf is the model.
#include "unit.h"
#include <base/format.h>
#include <stdarg.h>
#include <string.h>

static void __printf(1, 2) same_as_libc(const char *format, ...)
{
    char expected[300];
    char actual[300];
    va_list args;
    va_list again;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(expected, sizeof(expected), format, args);
    UNIT_EQUAL(kvsnprintf(actual, sizeof(actual), format, again), len);
    va_end(again);
    va_end(args);
    if (strcmp(expected, actual) != 0) {
        unit_fail(__FILE_NAME__, __LINE__, "\"%s\" gives \"%s\", not \"%s\"", format, actual,
                  expected);
    }
}

UNIT_TEST(format_integers)
{
    same_as_libc("%d %i %u", -1, 0, 4294967295u);
    same_as_libc("%d|%ld|%lld", INT32_MIN, INT64_MIN, (long long)INT64_MAX);
    same_as_libc("%x %X %lx %llX", 0xdeadbeefu, 0xabcu, UINT64_MAX, 0x123456789abcull);
    same_as_libc("%5d|%-5d|%05d|%2d", 42, 42, -42, 12345);
    same_as_libc("%016lx|%-16lx|%16lx", 0xfeedul, 0xfeedul, 0xfeedul);
    same_as_libc("%zu %hhu %hd", (size_t)7, (unsigned char)255, (short)-3);
    same_as_libc("%030d", -7);
}

UNIT_TEST(format_text)
{
    same_as_libc("%s|%10s|%-10s|%.3s|%.*s", "abc", "def", "ghi", "truncated", 2, "xyz");
    same_as_libc("%c%c%%|%3c|%-3c|", 'a', 'b', 'c', 'd');
    same_as_libc("%p %20p %-20p|", (void *)(uintptr_t)0x1234, (void *)(uintptr_t)1,
                 (void *)(uintptr_t)2);
    same_as_libc("plain text");
    same_as_libc("%s", "");
}

UNIT_TEST(format_null_string)
{
    char buffer[16];

    UNIT_EQUAL(ksnprintf(buffer, sizeof(buffer), "%s", (const char *)NULL), 6);
    UNIT_CHECK(strcmp(buffer, "(null)") == 0);
}

UNIT_TEST(format_cuts_at_the_buffer)
{
    char buffer[8] = "#######";

    UNIT_EQUAL(ksnprintf(buffer, 4, "%s", "abcdef"), 6);
    UNIT_CHECK(memcmp(buffer, "abc\0###", 8) == 0);
    UNIT_EQUAL(ksnprintf(buffer, 1, "%d", 12345), 5);
    UNIT_CHECK(buffer[0] == '\0');
    UNIT_EQUAL(ksnprintf(NULL, 0, "%08x", 1u), 8);
}
