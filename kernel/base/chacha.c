// SPDX-License-Identifier: MIT
// ChaCha20 (RFC 8439) and the generator built on it. Each refill of the pool spends its first 32
// bytes on the next key, so a state seen later tells nothing about earlier output.
#include <base/compiler.h>
#include <base/random.h>
#include <base/string.h>

static uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void store32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static inline uint32_t rotate_left(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

static inline void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate_left(*d ^ *a, 16);
    *c += *d;
    *b = rotate_left(*b ^ *c, 12);
    *a += *b;
    *d = rotate_left(*d ^ *a, 8);
    *c += *d;
    *b = rotate_left(*b ^ *c, 7);
}

void chacha20_block(const uint8_t key[CHACHA_KEY_SIZE], uint32_t counter, const uint8_t nonce[12],
                    uint8_t out[CHACHA_BLOCK_SIZE])
{
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    uint32_t x[16];

    for (unsigned i = 0; i < 8; i++) {
        start[4 + i] = load32(key + 4 * i);
    }
    start[12] = counter;
    for (unsigned i = 0; i < 3; i++) {
        start[13 + i] = load32(nonce + 4 * i);
    }
    memcpy(x, start, sizeof(x));
    for (unsigned i = 0; i < 10; i++) {
        quarter_round(&x[0], &x[4], &x[8], &x[12]);
        quarter_round(&x[1], &x[5], &x[9], &x[13]);
        quarter_round(&x[2], &x[6], &x[10], &x[14]);
        quarter_round(&x[3], &x[7], &x[11], &x[15]);
        quarter_round(&x[0], &x[5], &x[10], &x[15]);
        quarter_round(&x[1], &x[6], &x[11], &x[12]);
        quarter_round(&x[2], &x[7], &x[8], &x[13]);
        quarter_round(&x[3], &x[4], &x[9], &x[14]);
    }
    for (unsigned i = 0; i < 16; i++) {
        store32(out + 4 * i, x[i] + start[i]);
    }
    memory_wipe(x, sizeof(x));
    memory_wipe(start, sizeof(start));
}

static void refill(struct chacha_random *random)
{
    static const uint8_t nonce[12];
    uint32_t blocks = sizeof(random->pool) / CHACHA_BLOCK_SIZE;

    for (uint32_t i = 0; i < blocks; i++) {
        chacha20_block(random->key, i, nonce, random->pool + i * CHACHA_BLOCK_SIZE);
    }
    memcpy(random->key, random->pool, CHACHA_KEY_SIZE);
    memory_wipe(random->pool, CHACHA_KEY_SIZE);
    random->used = CHACHA_KEY_SIZE;
}

void chacha_random_init(struct chacha_random *random, const uint8_t seed[CHACHA_KEY_SIZE])
{
    memset(random, 0, sizeof(*random));
    memcpy(random->key, seed, CHACHA_KEY_SIZE);
    refill(random);
}

void chacha_random_mix(struct chacha_random *random, const uint8_t seed[CHACHA_KEY_SIZE])
{
    for (unsigned i = 0; i < CHACHA_KEY_SIZE; i++) {
        random->key[i] ^= seed[i];
    }
    refill(random);
}

void chacha_random_bytes(struct chacha_random *random, void *out, size_t len)
{
    uint8_t *to = out;

    while (len > 0) {
        size_t part = sizeof(random->pool) - random->used;

        if (part == 0) {
            refill(random);
            continue;
        }
        part = MIN(part, len);
        memcpy(to, random->pool + random->used, part);
        memory_wipe(random->pool + random->used, part);
        random->used += (uint32_t)part;
        to += part;
        len -= part;
    }
}
