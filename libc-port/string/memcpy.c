// SPDX-License-Identifier: MIT
// memcpy() and memmove() in one: every block is loaded before any overlapping store.
#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#define CHUNK 16u

static inline __m128i load(const char *from)
{
    return _mm_loadu_si128((const __m128i_u *)from);
}

static inline void store(char *to, __m128i value)
{
    _mm_storeu_si128((__m128i_u *)to, value);
}

// Up to 16 bytes: two loads that overlap in the middle cover any length.
#define COPY_PAIR(type)                                                                            \
    do {                                                                                           \
        type first_;                                                                               \
        type last_;                                                                                \
        __builtin_memcpy(&first_, from, sizeof(type));                                             \
        __builtin_memcpy(&last_, from + len - sizeof(type), sizeof(type));                         \
        __builtin_memcpy(to, &first_, sizeof(type));                                               \
        __builtin_memcpy(to + len - sizeof(type), &last_, sizeof(type));                           \
    } while (0)

static inline void copy_small(char *to, const char *from, size_t len)
{
    if (len >= 8) {
        COPY_PAIR(uint64_t);
    } else if (len >= 4) {
        COPY_PAIR(uint32_t);
    } else if (len >= 2) {
        COPY_PAIR(uint16_t);
    } else if (len == 1) {
        *to = *from;
    }
}

static inline void copy_medium(char *to, const char *from, size_t len) // 16..64
{
    __m128i a = load(from);
    __m128i d = load(from + len - CHUNK);
    if (len > 2 * CHUNK) {
        __m128i b = load(from + CHUNK);
        __m128i c = load(from + len - 2 * CHUNK);
        store(to + CHUNK, b);
        store(to + len - 2 * CHUNK, c);
    }
    store(to, a);
    store(to + len - CHUNK, d);
}

static void copy_forward(char *to, const char *from, size_t len)
{
    __m128i tail = load(from + len - CHUNK);
    char *last = to + len - CHUNK;
    for (; to + 4 * CHUNK <= last; to += 4 * CHUNK, from += 4 * CHUNK) {
        __m128i a = load(from);
        __m128i b = load(from + CHUNK);
        __m128i c = load(from + 2 * CHUNK);
        __m128i d = load(from + 3 * CHUNK);
        store(to, a);
        store(to + CHUNK, b);
        store(to + 2 * CHUNK, c);
        store(to + 3 * CHUNK, d);
    }
    for (; to < last; to += CHUNK, from += CHUNK) {
        store(to, load(from));
    }
    store(last, tail);
}

static void copy_backward(char *to, const char *from, size_t len)
{
    __m128i head = load(from);
    for (; len > CHUNK; len -= CHUNK) {
        store(to + len - CHUNK, load(from + len - CHUNK));
    }
    store(to, head);
}

void *memmove(void *to, const void *from, size_t len)
{
    if (len < CHUNK) {
        copy_small(to, from, len);
    } else if (len <= 4 * CHUNK) {
        copy_medium(to, from, len);
    } else if ((uintptr_t)to - (uintptr_t)from >= len) { // also when `to` is the lower one
        copy_forward(to, from, len);
    } else {
        copy_backward(to, from, len);
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    if (len < CHUNK) {
        copy_small(to, from, len);
    } else if (len <= 4 * CHUNK) {
        copy_medium(to, from, len);
    } else {
        copy_forward(to, from, len);
    }
    return to;
}
