// SPDX-License-Identifier: MIT
// Hashes whose states have OpenSSL's fields: mbedTLS and sha256.c give the functions of blocks, the
// rest is here.
#include <string.h>

#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/platform_util.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha512.h>

#include <openssl/sha.h>

#include "sha256.h"

/// Compiled once for each hash, with its sizes and functions.
#define FOR_EACH_HASH static inline __attribute__((always_inline))

/// A hash in the form that one update and one final function serve: where the parts of its state
/// are.
struct hash {
    void *state;                                                            ///< the whole structure
    unsigned char *data;                                                    ///< the block begun
    unsigned int *num;                                                      ///< bytes of it
    size_t block;                                                           ///< bytes of a block
    int (*process)(void *state, const unsigned char *blocks, size_t count); ///< 0, or an error
    void (*count)(void *state, uint64_t low, uint64_t high); ///< adds a length in bits
    void (*length)(const void *state, unsigned char *end); ///< writes it, big-endian, before `end`
};

/// Processes blocks; after an error no function takes the state.
FOR_EACH_HASH int process(const struct hash *h, const unsigned char *blocks, size_t count)
{
    if (h->process(h->state, blocks, count) != 0) {
        *h->num = (unsigned int)h->block;
        return 0;
    }
    return 1;
}

FOR_EACH_HASH int update(const struct hash *h, const unsigned char *input, size_t len)
{
    size_t have = *h->num;
    if (have >= h->block) {
        return 0;
    }
    h->count(h->state, (uint64_t)len << 3, (uint64_t)len >> 61);
    if (have > 0) {
        const size_t piece = len < h->block - have ? len : h->block - have;
        memcpy(h->data + have, input, piece);
        input += piece;
        len -= piece;
        have += piece;
        if (have == h->block) {
            if (!process(h, h->data, 1)) {
                return 0;
            }
            have = 0;
            memset(h->data, 0, h->block);
        }
    }
    if (len >= h->block) {
        if (!process(h, input, len / h->block)) {
            return 0;
        }
        input += len / h->block * h->block;
        len %= h->block;
    }
    if (len > 0) {
        memcpy(h->data, input, len);
        have = len;
    }
    *h->num = (unsigned int)have;
    return 1;
}

/// Pads and processes what is left; the chaining value is the digest then.
FOR_EACH_HASH int finish(const struct hash *h)
{
    const size_t field = h->block / 8;
    size_t have = *h->num;
    if (have >= h->block) {
        return 0;
    }
    h->data[have++] = 0x80;
    memset(h->data + have, 0, h->block - have);
    if (have > h->block - field) {
        if (!process(h, h->data, 1)) {
            return 0;
        }
        memset(h->data, 0, h->block);
    }
    h->length(h->state, h->data + h->block);
    return process(h, h->data, 1);
}

static inline void store32(unsigned char *to, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(to, &value, sizeof(value));
}

static inline void store64(unsigned char *to, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(to, &value, sizeof(value));
}

/// Adds to a counter of two 32-bit halves.
static void count32(SHA_LONG *low, SHA_LONG *high, uint64_t bits)
{
    uint64_t sum = ((uint64_t)*high << 32 | *low) + bits;
    *low = (SHA_LONG)sum;
    *high = (SHA_LONG)(sum >> 32);
}

// --- SHA-1
// -----------------------------------------------------------------------------------------

static int process1(void *state, const unsigned char *blocks, size_t count)
{
    SHA_CTX *c = state;
    mbedtls_sha1_context m;
    mbedtls_sha1_init(&m);
    SHA_LONG h[5] = {c->h0, c->h1, c->h2, c->h3, c->h4};
    memcpy(m.state, h, sizeof(h));
    int error = 0;
    for (; error == 0 && count > 0; count--, blocks += SHA_CBLOCK) {
        error = mbedtls_internal_sha1_process(&m, blocks);
    }
    c->h0 = m.state[0];
    c->h1 = m.state[1];
    c->h2 = m.state[2];
    c->h3 = m.state[3];
    c->h4 = m.state[4];
    mbedtls_sha1_free(&m);
    mbedtls_platform_zeroize(h, sizeof(h));
    return error;
}

static void count1(void *state, uint64_t low, uint64_t high)
{
    (void)high;
    SHA_CTX *c = state;
    count32(&c->Nl, &c->Nh, low);
}

static void length1(const void *state, unsigned char *end)
{
    const SHA_CTX *c = state;
    store64(end - 8, (uint64_t)c->Nh << 32 | c->Nl);
}

static struct hash hash1(SHA_CTX *c)
{
    return (struct hash){.state = c,
                         .data = (unsigned char *)c->data,
                         .num = &c->num,
                         .block = SHA_CBLOCK,
                         .process = process1,
                         .count = count1,
                         .length = length1};
}

int SHA1_Init(SHA_CTX *c)
{
    *c = (SHA_CTX){
        .h0 = 0x67452301, .h1 = 0xefcdab89, .h2 = 0x98badcfe, .h3 = 0x10325476, .h4 = 0xc3d2e1f0};
    return 1;
}

int SHA1_Update(SHA_CTX *c, const void *data, size_t len)
{
    struct hash h = hash1(c);
    return update(&h, data, len);
}

int SHA1_Final(unsigned char *md, SHA_CTX *c)
{
    struct hash h = hash1(c);
    int done = finish(&h);
    SHA_LONG words[5] = {c->h0, c->h1, c->h2, c->h3, c->h4};
    for (size_t i = 0; done && i < 5; i++) {
        store32(md + 4 * i, words[i]);
    }
    mbedtls_platform_zeroize(words, sizeof(words));
    mbedtls_platform_zeroize(c, sizeof(*c));
    return done;
}

// --- SHA-256
// ---------------------------------------------------------------------------------------

static int process256(void *state, const unsigned char *blocks, size_t count)
{
    return facade_sha256(((SHA256_CTX *)state)->h, blocks, count);
}

static void count256(void *state, uint64_t low, uint64_t high)
{
    (void)high;
    SHA256_CTX *c = state;
    count32(&c->Nl, &c->Nh, low);
}

static void length256(const void *state, unsigned char *end)
{
    const SHA256_CTX *c = state;
    store64(end - 8, (uint64_t)c->Nh << 32 | c->Nl);
}

static struct hash hash256(SHA256_CTX *c)
{
    return (struct hash){.state = c,
                         .data = (unsigned char *)c->data,
                         .num = &c->num,
                         .block = SHA256_CBLOCK,
                         .process = process256,
                         .count = count256,
                         .length = length256};
}

int SHA256_Init(SHA256_CTX *c)
{
    *c = (SHA256_CTX){.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                            0x1f83d9ab, 0x5be0cd19},
                      .md_len = SHA256_DIGEST_LENGTH};
    return 1;
}

int SHA256_Update(SHA256_CTX *c, const void *data, size_t len)
{
    struct hash h = hash256(c);
    return update(&h, data, len);
}

/// finish() for SHA-256. A message of one block ends with a block that is always the same.
static int finish256(SHA256_CTX *c)
{
    struct hash h = hash256(c);
    if (c->num == 0 && c->Nl == 8 * SHA256_CBLOCK && c->Nh == 0) {
        return facade_sha256_padding(c->h) == 0;
    }
    return finish(&h);
}

int SHA256_Final(unsigned char *md, SHA256_CTX *c)
{
    int done = c->md_len == SHA256_DIGEST_LENGTH && finish256(c);
    for (size_t i = 0; done && i < 8; i++) {
        store32(md + 4 * i, c->h[i]);
    }
    mbedtls_platform_zeroize(c, sizeof(*c));
    return done;
}

// --- SHA-384 and SHA-512
// ---------------------------------------------------------------------------

static int process512(void *state, const unsigned char *blocks, size_t count)
{
    SHA512_CTX *c = state;
    mbedtls_sha512_context m;
    mbedtls_sha512_init(&m);
    memcpy(m.state, c->h, sizeof(c->h));
    int error = 0;
    for (; error == 0 && count > 0; count--, blocks += SHA512_CBLOCK) {
        error = mbedtls_internal_sha512_process(&m, blocks);
    }
    memcpy(c->h, m.state, sizeof(c->h));
    mbedtls_sha512_free(&m);
    return error;
}

static void count512(void *state, uint64_t low, uint64_t high)
{
    SHA512_CTX *c = state;
    SHA_LONG64 sum = c->Nl + low;
    c->Nh += high + (sum < c->Nl);
    c->Nl = sum;
}

static void length512(const void *state, unsigned char *end)
{
    const SHA512_CTX *c = state;
    store64(end - 16, c->Nh);
    store64(end - 8, c->Nl);
}

static struct hash hash512(SHA512_CTX *c)
{
    return (struct hash){.state = c,
                         .data = c->u.p,
                         .num = &c->num,
                         .block = SHA512_CBLOCK,
                         .process = process512,
                         .count = count512,
                         .length = length512};
}

int SHA512_Init(SHA512_CTX *c)
{
    *c = (SHA512_CTX){.h = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                            0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                            0x1f83d9abfb41bd6b, 0x5be0cd19137e2179},
                      .md_len = SHA512_DIGEST_LENGTH};
    return 1;
}

int SHA512_Update(SHA512_CTX *c, const void *data, size_t len)
{
    struct hash h = hash512(c);
    return update(&h, data, len);
}

int SHA512_Final(unsigned char *md, SHA512_CTX *c)
{
    struct hash h = hash512(c);
    int known = c->md_len == SHA512_DIGEST_LENGTH || c->md_len == SHA384_DIGEST_LENGTH;
    int done = known && finish(&h);
    for (size_t i = 0; done && i < c->md_len / 8; i++) {
        store64(md + 8 * i, c->h[i]);
    }
    mbedtls_platform_zeroize(c, sizeof(*c));
    return done;
}

int SHA384_Init(SHA512_CTX *c)
{
    *c = (SHA512_CTX){.h = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
                            0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
                            0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4},
                      .md_len = SHA384_DIGEST_LENGTH};
    return 1;
}

int SHA384_Update(SHA512_CTX *c, const void *data, size_t len)
{
    return SHA512_Update(c, data, len);
}

int SHA384_Final(unsigned char *md, SHA512_CTX *c)
{
    return SHA512_Final(md, c);
}
