// SPDX-License-Identifier: MIT
// Formatted output of a program without libc: to the STDOUT stream if the program got one, else to
// its log. One print() is one write, so lines of several threads do not mix.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Longest text of one print(); what is beyond is cut.
#define PRINT_MAX 512

/// Knows %s %c %d %u %x %ld %lu %lx %p %%, field widths and zero padding. Thread-safe.
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);

/// The same into `buffer` of `size` bytes (at least 1); always ends it with NUL. The result is the
/// length stored.
__attribute__((format(printf, 3, 4))) size_t print_to(char *buffer, size_t size, const char *format,
                                                      ...);
size_t print_to_list(char *buffer, size_t size, const char *format, __builtin_va_list arguments);
