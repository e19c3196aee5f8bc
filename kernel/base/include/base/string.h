// SPDX-License-Identifier: MIT
// Memory and string functions. The names and meanings are those of C and POSIX; on the host (unit
// tests) the C library provides them. Context: any. None of them may be used on user addresses.
#pragma once

#include <stddef.h>

/// Copy `n` bytes between areas that do not overlap. Returns `dst`.
void *memcpy(void *restrict dst, const void *restrict src, size_t n);

/// Copy `n` bytes; the areas may overlap. Returns `dst`.
void *memmove(void *dst, const void *src, size_t n);

/// Set `n` bytes to the low 8 bits of `value`. Returns `dst`.
void *memset(void *dst, int value, size_t n);

/// Compare `n` bytes as unsigned: negative, 0 or positive.
int memcmp(const void *a, const void *b, size_t n);

/// First byte equal to `value` among `n`, or NULL.
void *memchr(const void *s, int value, size_t n);

/// Bytes before the NUL.
size_t strlen(const char *s);

/// Bytes before the NUL, at most `max`.
size_t strnlen(const char *s, size_t max);

/// Compare strings: negative, 0 or positive.
int strcmp(const char *a, const char *b);

/// Compare at most `n` bytes of strings.
int strncmp(const char *a, const char *b, size_t n);

/// Copy a string into a buffer of `size` bytes, always with a NUL if `size` > 0.
/// Returns strlen(src): the copy is complete if that is < `size`.
size_t strlcpy(char *restrict dst, const char *restrict src, size_t size);

/// Overwrite secrets: like memset(dst, 0, n), but never optimised away.
void memory_wipe(void *dst, size_t n);
