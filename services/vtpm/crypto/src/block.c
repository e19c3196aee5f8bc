// SPDX-License-Identifier: MIT
// Single blocks: AES, Camellia, triple DES.
#include "facade.h"

#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/camellia.h>
#include <mbedtls/des.h>
#include <mbedtls/platform_util.h>

#include <openssl/aes.h>
#include <openssl/camellia.h>
#include <openssl/des.h>

// OpenSSL's sizes: libtpms was compiled with them.
_Static_assert(sizeof(AES_KEY) == 244, "AES_KEY");
_Static_assert(sizeof(CAMELLIA_KEY) == 280, "CAMELLIA_KEY");
_Static_assert(sizeof(DES_key_schedule) == 128, "DES_key_schedule");

// --- AES: the round keys are kept in the order in which mbedTLS uses them
// ------------------------------

static int set_aes_key(const unsigned char *userKey, int bits, AES_KEY *key, int encrypt)
{
    if (userKey == NULL || key == NULL) {
        return -1;
    }
    if (bits != 128 && bits != 192 && bits != 256) {
        return -2;
    }
    mbedtls_aes_context context;
    mbedtls_aes_init(&context);
    int error = encrypt ? mbedtls_aes_setkey_enc(&context, userKey, (unsigned)bits)
                        : mbedtls_aes_setkey_dec(&context, userKey, (unsigned)bits);
    memset(key, 0, sizeof(*key));
    if (error == 0) {
        memcpy(key->rd_key, context.buf + context.rk_offset, 16 * ((size_t)context.nr + 1));
        key->rounds = context.nr;
    }
    mbedtls_aes_free(&context);
    return error == 0 ? 0 : -2;
}

int AES_set_encrypt_key(const unsigned char *userKey, const int bits, AES_KEY *key)
{
    return set_aes_key(userKey, bits, key, 1);
}

int AES_set_decrypt_key(const unsigned char *userKey, const int bits, AES_KEY *key)
{
    return set_aes_key(userKey, bits, key, 0);
}

static void crypt_aes(int mode, const unsigned char *in, unsigned char *out, const AES_KEY *key)
{
    if (key->rounds != 10 && key->rounds != 12 && key->rounds != 14) {
        facade_abort("AES without a key");
    }
    mbedtls_aes_context context;
    mbedtls_aes_init(&context);
    context.nr = key->rounds;
    context.rk_offset = 0;
    memcpy(context.buf, key->rd_key, 16 * ((size_t)key->rounds + 1));
    if (mbedtls_aes_crypt_ecb(&context, mode, in, out) != 0) {
        facade_abort("AES failed");
    }
    mbedtls_aes_free(&context);
}

void AES_encrypt(const unsigned char *in, unsigned char *out, const AES_KEY *key)
{
    crypt_aes(MBEDTLS_AES_ENCRYPT, in, out, key);
}

void AES_decrypt(const unsigned char *in, unsigned char *out, const AES_KEY *key)
{
    crypt_aes(MBEDTLS_AES_DECRYPT, in, out, key);
}

// --- Camellia: both directions from one structure, so it keeps the key itself
// --------------------------

int Camellia_set_key(const unsigned char *userKey, const int bits, CAMELLIA_KEY *key)
{
    if (userKey == NULL || key == NULL) {
        return -1;
    }
    if (bits != 128 && bits != 192 && bits != 256) {
        return -2;
    }
    memset(key, 0, sizeof(*key));
    memcpy(key->u.rd_key, userKey, (size_t)bits / 8);
    key->grand_rounds = bits;
    return 0;
}

static void crypt_camellia(int mode, const unsigned char *in, unsigned char *out,
                           const CAMELLIA_KEY *key)
{
    const unsigned char *bytes = (const unsigned char *)key->u.rd_key;
    mbedtls_camellia_context context;
    mbedtls_camellia_init(&context);
    int error = mode == MBEDTLS_CAMELLIA_ENCRYPT
                    ? mbedtls_camellia_setkey_enc(&context, bytes, (unsigned)key->grand_rounds)
                    : mbedtls_camellia_setkey_dec(&context, bytes, (unsigned)key->grand_rounds);
    if (error != 0 || mbedtls_camellia_crypt_ecb(&context, mode, in, out) != 0) {
        facade_abort("Camellia without a key");
    }
    mbedtls_camellia_free(&context);
}

void Camellia_encrypt(const unsigned char *in, unsigned char *out, const CAMELLIA_KEY *key)
{
    crypt_camellia(MBEDTLS_CAMELLIA_ENCRYPT, in, out, key);
}

void Camellia_decrypt(const unsigned char *in, unsigned char *out, const CAMELLIA_KEY *key)
{
    crypt_camellia(MBEDTLS_CAMELLIA_DECRYPT, in, out, key);
}

// --- DES
// ---------------------------------------------------------------------------------------------

void DES_set_key_unchecked(const_DES_cblock *key, DES_key_schedule *schedule)
{
    uint32_t words[32];
    mbedtls_des_setkey(words, *key);
    memcpy(schedule->words, words, sizeof(words));
    mbedtls_platform_zeroize(words, sizeof(words));
}

/// Puts one schedule into the third of a triple one that starts at `to`; decryption has its pairs
/// backwards.
static void place_schedule(uint32_t *to, const DES_key_schedule *from, int encrypt)
{
    for (size_t i = 0; i < 32; i += 2) {
        size_t source = encrypt ? i : 30 - i;
        to[i] = from->words[source];
        to[i + 1] = from->words[source + 1];
    }
}

void DES_ecb3_encrypt(const_DES_cblock *input, DES_cblock *output, DES_key_schedule *ks1,
                      DES_key_schedule *ks2, DES_key_schedule *ks3, int enc)
{
    mbedtls_des3_context context;
    mbedtls_des3_init(&context);
    place_schedule(context.sk, enc ? ks1 : ks3, enc);
    place_schedule(context.sk + 32, ks2, !enc);
    place_schedule(context.sk + 64, enc ? ks3 : ks1, enc);
    if (mbedtls_des3_crypt_ecb(&context, *input, *output) != 0) {
        facade_abort("DES failed");
    }
    mbedtls_des3_free(&context);
}

int DES_random_key(DES_cblock *ret)
{
    do {
        (void)facade_random(NULL, *ret, sizeof(*ret));
        mbedtls_des_key_set_parity(*ret);
    } while (mbedtls_des_key_check_weak(*ret) != 0);
    return 1;
}
