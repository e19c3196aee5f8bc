// SPDX-License-Identifier: MIT
// Triple DES on single blocks of 8 bytes.
#pragma once

#include <openssl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DES_ENCRYPT 1
#define DES_DECRYPT 0

typedef unsigned char DES_cblock[8];
typedef unsigned char const_DES_cblock[8];

/// An expanded key for encryption.
typedef struct DES_ks {
    unsigned int words[32];
} DES_key_schedule;

/// Parity bits are not looked at.
void DES_set_key_unchecked(const_DES_cblock *key, DES_key_schedule *schedule);
/// Encrypts (enc not 0) or decrypts one block with ks1, ks2, ks3.
void DES_ecb3_encrypt(const_DES_cblock *input, DES_cblock *output, DES_key_schedule *ks1,
                      DES_key_schedule *ks2, DES_key_schedule *ks3, int enc);
/// A random key of odd parity that is not one of the weak ones. Returns 1.
int DES_random_key(DES_cblock *ret);

#ifdef __cplusplus
}
#endif
