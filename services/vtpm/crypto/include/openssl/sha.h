// SPDX-License-Identifier: MIT
// Hashes. The fields have OpenSSL's names, order and meaning: libtpms copies these structures and
// writes them into saved state field by field. Every function returns 1, or 0 for a state that no
// hash can be in (state that was read from outside) and, for none of them, otherwise. A state
// belongs to one thread at a time.
#pragma once

#include <openssl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHA_LBLOCK 16
#define SHA_CBLOCK 64
#define SHA_DIGEST_LENGTH 20
#define SHA256_CBLOCK 64
#define SHA256_DIGEST_LENGTH 32
#define SHA512_CBLOCK 128
#define SHA384_DIGEST_LENGTH 48
#define SHA512_DIGEST_LENGTH 64

typedef unsigned int SHA_LONG;
typedef unsigned long long SHA_LONG64;

/// h0..h4 the chaining value; Nl and Nh the length in bits, low and high half; data the bytes of
/// the block begun, num of them.
typedef struct SHAstate_st {
    SHA_LONG h0, h1, h2, h3, h4;
    SHA_LONG Nl, Nh;
    SHA_LONG data[SHA_LBLOCK];
    unsigned int num;
} SHA_CTX;

typedef struct SHA256state_st {
    SHA_LONG h[8];
    SHA_LONG Nl, Nh;
    SHA_LONG data[SHA_LBLOCK];
    unsigned int num, md_len;
} SHA256_CTX;

typedef struct SHA512state_st {
    SHA_LONG64 h[8];
    SHA_LONG64 Nl, Nh;
    union {
        SHA_LONG64 d[SHA_LBLOCK];
        unsigned char p[SHA512_CBLOCK];
    } u;
    unsigned int num, md_len;
} SHA512_CTX;

int SHA1_Init(SHA_CTX *c);
int SHA1_Update(SHA_CTX *c, const void *data, size_t len);
/// Writes the digest and wipes the state.
int SHA1_Final(unsigned char *md, SHA_CTX *c);
int SHA256_Init(SHA256_CTX *c);
int SHA256_Update(SHA256_CTX *c, const void *data, size_t len);
int SHA256_Final(unsigned char *md, SHA256_CTX *c);
int SHA384_Init(SHA512_CTX *c);
int SHA384_Update(SHA512_CTX *c, const void *data, size_t len);
int SHA384_Final(unsigned char *md, SHA512_CTX *c);
int SHA512_Init(SHA512_CTX *c);
int SHA512_Update(SHA512_CTX *c, const void *data, size_t len);
int SHA512_Final(unsigned char *md, SHA512_CTX *c);

#ifdef __cplusplus
}
#endif
