// SPDX-License-Identifier: MIT
// Memory and string functions. Built with -fno-builtin, or the compiler would turn each loop into a
// call of the very function it is in.
#include <harness/string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(len) : : "memory");
    return result;
}

void *memmove(void *to, const void *from, size_t len)
{
    if ((uintptr_t)to - (uintptr_t)from >= len) {
        return memcpy(to, from, len);
    }
    for (size_t i = len; i > 0; i--) {
        ((uint8_t *)to)[i - 1] = ((const uint8_t *)from)[i - 1];
    }
    return to;
}

void *memset(void *to, int value, size_t len)
{
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(len) : "a"(value) : "memory");
    return result;
}

int memcmp(const void *left, const void *right, size_t len)
{
    const uint8_t *a = left;
    const uint8_t *b = right;
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0') {
        len++;
    }
    return len;
}

int strcmp(const char *left, const char *right)
{
    return strncmp(left, right, SIZE_MAX);
}

int strncmp(const char *left, const char *right, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (left[i] != right[i] || left[i] == '\0') {
            return (uint8_t)left[i] - (uint8_t)right[i];
        }
    }
    return 0;
}

bool string_to_u64(const char *text, uint64_t *value)
{
    uint64_t number = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number)) {
            return false;
        }
    }
    *value = number;
    return true;
}

bool bytes_are(const void *at, uint8_t byte, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (((const uint8_t *)at)[i] != byte) {
            return false;
        }
    }
    return true;
}

uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1d;
}
