// SPDX-License-Identifier: MIT
// memcpy() and memmove() in one: every block is loaded before any overlapping store.
#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#define CHUNK 16u
#define BLOCK (4 * CHUNK)

static inline __m128i load(const char *from)
{
    return _mm_loadu_si128((const __m128i_u *)from);
}

static inline void store(char *to, __m128i value)
{
    _mm_storeu_si128((__m128i_u *)to, value);
}

// Up to twice the size of a type: two loads that overlap in the middle cover any length.
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
    if (len < 4) {
        if (len >= 2) {
            COPY_PAIR(uint16_t);
        } else if (len == 1) {
            *to = *from;
        }
    } else if (len >= 8) {
        COPY_PAIR(uint64_t);
    } else {
        COPY_PAIR(uint32_t);
    }
}

static inline void copy_medium(char *to, const char *from, size_t len) // 33..64
{
    __m128i a = load(from);
    __m128i b = load(from + CHUNK);
    __m128i c = load(from + len - 2 * CHUNK);
    __m128i d = load(from + len - CHUNK);
    store(to, a);
    store(to + CHUNK, b);
    store(to + len - 2 * CHUNK, c);
    store(to + len - CHUNK, d);
}

struct block {
    __m128i a, b, c, d;
};

static inline __attribute__((always_inline)) struct block load_block(const char *from)
{
    return (struct block){load(from), load(from + CHUNK), load(from + 2 * CHUNK),
                          load(from + 3 * CHUNK)};
}

static inline __attribute__((always_inline)) void store_block(char *to, struct block block)
{
    store(to, block.a);
    store(to + CHUNK, block.b);
    store(to + 2 * CHUNK, block.c);
    store(to + 3 * CHUNK, block.d);
}

static inline __attribute__((always_inline)) void copy_two_blocks(char *to, const char *from)
{
    struct block first = load_block(from);
    struct block second = load_block(from + BLOCK);
    store_block(to, first);
    store_block(to + BLOCK, second);
}

static inline __attribute__((always_inline)) void copy_forward(char *to, const char *from,
                                                               size_t len) // above 64
{
    struct block tail = load_block(from + len - BLOCK);
    char *last = to + len - BLOCK;
    for (size_t rounds = len / (4 * BLOCK); rounds > 0; rounds--) {
        copy_two_blocks(to, from);
        copy_two_blocks(to + 2 * BLOCK, from + 2 * BLOCK);
        to += 4 * BLOCK;
        from += 4 * BLOCK;
    }
    if ((len & 2 * BLOCK) != 0) {
        copy_two_blocks(to, from);
        to += 2 * BLOCK;
        from += 2 * BLOCK;
    }
    if ((len & BLOCK) != 0) {
        store_block(to, load_block(from));
    }
    store_block(last, tail);
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
    } else if (len <= 2 * CHUNK) {
        COPY_PAIR(__m128i_u);
    } else if (len <= BLOCK) {
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
    } else if (len <= 2 * CHUNK) {
        COPY_PAIR(__m128i_u);
    } else if (len <= BLOCK) {
        copy_medium(to, from, len);
    } else {
        copy_forward(to, from, len);
    }
    return to;
}
