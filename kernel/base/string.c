// SPDX-License-Identifier: MIT
// Memory and string functions of the freestanding kernel. On the host the C library and the
// sanitizers provide the standard names; only what they lack is built there.
#include <base/string.h>
#include <stdint.h>

#ifndef COCONUT_KERNEL_HOST

/// Forward copy. String instructions need no vector registers and run at memory speed.
static inline void copy_forward(uint8_t *dst, const uint8_t *src, size_t n)
{
    size_t words = n / 8;

    n %= 8;
    __asm__ volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(n) : : "memory");
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    copy_forward(dst, src, n);
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((uintptr_t)to - (uintptr_t)from >= n) { /* not inside the source: forward is safe */
        copy_forward(to, from, n);
        return dst;
    }
    while (n > 0) {
        n--;
        to[n] = from[n];
        __asm__ volatile("" : : : "memory"); /* keeps the loop from becoming a call of memmove */
    }
    return dst;
}

void *memset(void *dst, int value, size_t n)
{
    uint8_t *to = dst;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ull;
    size_t words = n / 8;

    n %= 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(pattern) : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a;
    const uint8_t *y = b;

    for (size_t i = 0; i < n; i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

void *memchr(const void *s, int value, size_t n)
{
    const uint8_t *p = s;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == (uint8_t)value) {
            return (void *)(uintptr_t)(p + i);
        }
    }
    return NULL;
}

size_t strnlen(const char *s, size_t max)
{
    size_t len = 0;

    while (len < max && s[len] != '\0') {
        len++;
    }
    return len;
}

size_t strlen(const char *s)
{
    return strnlen(s, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t x = (uint8_t)a[i];
        uint8_t y = (uint8_t)b[i];

        if (x != y) {
            return x < y ? -1 : 1;
        }
        if (x == 0) {
            break;
        }
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

#endif /* COCONUT_KERNEL_HOST */

size_t strlcpy(char *restrict dst, const char *restrict src, size_t size)
{
    size_t len = strlen(src);

    if (size > 0) {
        size_t part = len < size ? len : size - 1;

        memcpy(dst, src, part);
        dst[part] = '\0';
    }
    return len;
}

void memory_wipe(void *dst, size_t n)
{
    memset(dst, 0, n);
    __asm__ volatile("" : : "r"(dst) : "memory"); /* the stores count as used */
}
