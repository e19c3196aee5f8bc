// SPDX-License-Identifier: MIT
// The few string functions that tests and the compiler itself need in a program without libc. They
// are the standard ones, so the C standard is their description.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int value, size_t len);
int memcmp(const void *left, const void *right, size_t len);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, size_t len);

/// Reads a decimal number from all of `text`. The result tells whether it is one that fits.
bool string_to_u64(const char *text, uint64_t *value);

/// Whether all `len` bytes at `at` have the value `byte`.
bool bytes_are(const void *at, uint8_t byte, size_t len);

/// Next number of a xorshift generator; `state` must not be 0.
uint64_t random_next(uint64_t *state);
