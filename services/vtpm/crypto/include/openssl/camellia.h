// SPDX-License-Identifier: MIT
// Camellia on single blocks of 16 bytes.
#pragma once

#include <openssl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CAMELLIA_BLOCK_SIZE 16
#define CAMELLIA_TABLE_WORD_LEN 68

/// The key itself in the first words; OpenSSL has an expanded one there. It may be copied; whoever
/// made it wipes it.
typedef struct camellia_key_st {
    union {
        double d;
        unsigned int rd_key[CAMELLIA_TABLE_WORD_LEN];
    } u;
    int grand_rounds;
} CAMELLIA_KEY;

/// bits is 128, 192 or 256. Returns 0, -1 for a NULL pointer, -2 for another number of bits.
int Camellia_set_key(const unsigned char *userKey, const int bits, CAMELLIA_KEY *key);
/// One block; in and out may be the same. A key that was not set ends the process.
void Camellia_encrypt(const unsigned char *in, unsigned char *out, const CAMELLIA_KEY *key);
void Camellia_decrypt(const unsigned char *in, unsigned char *out, const CAMELLIA_KEY *key);

#ifdef __cplusplus
}
#endif
