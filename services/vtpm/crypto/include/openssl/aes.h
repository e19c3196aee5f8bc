// SPDX-License-Identifier: MIT
// AES on single blocks of 16 bytes.
#pragma once

#include <openssl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AES_ENCRYPT 1
#define AES_DECRYPT 0
#define AES_MAXNR 14
#define AES_BLOCK_SIZE 16

/// An expanded key: `rounds` and the round keys. It may be copied; whoever made it wipes it.
typedef struct aes_key_st {
    unsigned int rd_key[4 * (AES_MAXNR + 1)];
    int rounds;
} AES_KEY;

/// bits is 128, 192 or 256. Returns 0, -1 for a NULL pointer, -2 for another number of bits.
int AES_set_encrypt_key(const unsigned char *userKey, const int bits, AES_KEY *key);
int AES_set_decrypt_key(const unsigned char *userKey, const int bits, AES_KEY *key);
/// One block; in and out may be the same. A key that was not set ends the process: there is no way
/// to say so.
void AES_encrypt(const unsigned char *in, unsigned char *out, const AES_KEY *key);
void AES_decrypt(const unsigned char *in, unsigned char *out, const AES_KEY *key);

#ifdef __cplusplus
}
#endif
