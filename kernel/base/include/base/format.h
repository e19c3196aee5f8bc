// SPDX-License-Identifier: MIT
// Formatted text into a caller's buffer. Knows %s %c %d %i %u %x %X %p %%, the lengths l, ll, z and
// h/hh, width, precision for %s, '-' and '0'. No floating point. Context: any; no locks, no
// allocation.
#pragma once

#include <base/compiler.h>
#include <stdarg.h>
#include <stddef.h>

/// Format into `buffer` of `size` bytes; always NUL-terminated if `size` > 0.
/// Returns the length the whole text has without the NUL: it was cut if that is >= `size`.
/// An unknown conversion is copied as it stands.
size_t kvsnprintf(char *buffer, size_t size, const char *format, va_list args) __printf(3, 0);

/// kvsnprintf() with the arguments in the call.
size_t ksnprintf(char *buffer, size_t size, const char *format, ...) __printf(3, 4);
