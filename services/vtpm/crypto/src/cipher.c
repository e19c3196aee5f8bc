// SPDX-License-Identifier: MIT
// Modes of operation over the single blocks of block.c.
#include "facade.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include <openssl/aes.h>
#include <openssl/camellia.h>
#include <openssl/des.h>

enum algorithm { AES, CAMELLIA, DES3 };
enum mode { CBC, CFB, CTR, ECB, OFB };

struct evp_cipher_st {
    enum algorithm algorithm;
    enum mode mode;
    int bits;
    unsigned block; ///< bytes
};

/// Keys for the direction that the mode uses: with CFB, CTR and OFB always encryption.
struct evp_cipher_ctx_st {
    const EVP_CIPHER *cipher;
    union {
        AES_KEY aes;
        CAMELLIA_KEY camellia;
        DES_key_schedule des[3];
    } key;
    int encrypt;    ///< which direction is asked for
    int no_padding; ///< EVP_CIPHER_CTX_set_padding(ctx, 0) was called
    unsigned used;  ///< CFB, CTR, OFB: bytes of the block begun
    unsigned char iv[EVP_MAX_IV_LENGTH];
    unsigned char stream[EVP_MAX_IV_LENGTH]; ///< CTR: the block begun
};

#define CIPHER(name, algorithm_, mode_, bits_, block_)                                             \
    const EVP_CIPHER *name(void)                                                                   \
    {                                                                                              \
        static const EVP_CIPHER cipher = {algorithm_, mode_, bits_, block_};                       \
        return &cipher;                                                                            \
    }
#define CIPHERS(name, algorithm_, bits_)                                                           \
    CIPHER(EVP_##name##_##bits_##_cbc, algorithm_, CBC, bits_, 16)                                 \
    CIPHER(EVP_##name##_##bits_##_cfb128, algorithm_, CFB, bits_, 16)                              \
    CIPHER(EVP_##name##_##bits_##_ctr, algorithm_, CTR, bits_, 16)                                 \
    CIPHER(EVP_##name##_##bits_##_ecb, algorithm_, ECB, bits_, 16)                                 \
    CIPHER(EVP_##name##_##bits_##_ofb, algorithm_, OFB, bits_, 16)

CIPHERS(aes, AES, 128)
CIPHERS(aes, AES, 192)
CIPHERS(aes, AES, 256)
CIPHERS(camellia, CAMELLIA, 128)
CIPHERS(camellia, CAMELLIA, 192)
CIPHERS(camellia, CAMELLIA, 256)
CIPHER(EVP_des_ede3, DES3, ECB, 192, 8)
CIPHER(EVP_des_ede3_cbc, DES3, CBC, 192, 8)
CIPHER(EVP_des_ede3_cfb64, DES3, CFB, 192, 8)
CIPHER(EVP_des_ede3_ecb, DES3, ECB, 192, 8)
CIPHER(EVP_des_ede3_ofb, DES3, OFB, 192, 8)

EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void)
{
    return calloc(1, sizeof(EVP_CIPHER_CTX));
}

void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *c)
{
    if (c != NULL) {
        mbedtls_platform_zeroize(c, sizeof(*c));
        free(c);
    }
}

/// Whether blocks are only ever encrypted, in either direction of the mode.
static int is_stream(const EVP_CIPHER *cipher)
{
    return cipher->mode == CFB || cipher->mode == CTR || cipher->mode == OFB;
}

static int set_key(EVP_CIPHER_CTX *ctx, const unsigned char *key, int encrypt)
{
    switch (ctx->cipher->algorithm) {
    case AES:
        return encrypt ? AES_set_encrypt_key(key, ctx->cipher->bits, &ctx->key.aes) == 0
                       : AES_set_decrypt_key(key, ctx->cipher->bits, &ctx->key.aes) == 0;
    case CAMELLIA:
        return Camellia_set_key(key, ctx->cipher->bits, &ctx->key.camellia) == 0;
    case DES3:
        for (size_t i = 0; i < 3; i++) {
            DES_cblock part;
            memcpy(part, key + 8 * i, sizeof(part));
            DES_set_key_unchecked(&part, &ctx->key.des[i]);
            mbedtls_platform_zeroize(part, sizeof(part));
        }
        return 1;
    }
    return 0;
}

static int init(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, const unsigned char *key,
                const unsigned char *iv, int encrypt)
{
    if (ctx == NULL || cipher == NULL || key == NULL || (iv == NULL && cipher->mode != ECB)) {
        return 0;
    }
    mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    ctx->cipher = cipher;
    ctx->encrypt = encrypt;
    if (cipher->mode != ECB) {
        memcpy(ctx->iv, iv, cipher->block);
    }
    return set_key(ctx, key, encrypt || is_stream(cipher));
}

int EVP_EncryptInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, ENGINE *impl,
                       const unsigned char *key, const unsigned char *iv)
{
    (void)impl;
    return init(ctx, cipher, key, iv, 1);
}

int EVP_DecryptInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, ENGINE *impl,
                       const unsigned char *key, const unsigned char *iv)
{
    (void)impl;
    return init(ctx, cipher, key, iv, 0);
}

int EVP_CIPHER_CTX_set_padding(EVP_CIPHER_CTX *ctx, int pad)
{
    ctx->no_padding = pad == 0;
    return pad == 0;
}

int EVP_CIPHER_CTX_get_iv_length(const EVP_CIPHER_CTX *ctx)
{
    return ctx->cipher->mode == ECB ? 0 : (int)ctx->cipher->block;
}

const unsigned char *EVP_CIPHER_CTX_iv(const EVP_CIPHER_CTX *ctx)
{
    return ctx->iv;
}

/// One block; in and out may be the same.
static void crypt_block(EVP_CIPHER_CTX *ctx, const unsigned char *in, unsigned char *out,
                        int encrypt)
{
    DES_cblock input, output;
    switch (ctx->cipher->algorithm) {
    case AES:
        (encrypt ? AES_encrypt : AES_decrypt)(in, out, &ctx->key.aes);
        break;
    case CAMELLIA:
        (encrypt ? Camellia_encrypt : Camellia_decrypt)(in, out, &ctx->key.camellia);
        break;
    case DES3:
        memcpy(input, in, sizeof(input));
        DES_ecb3_encrypt(&input, &output, &ctx->key.des[0], &ctx->key.des[1], &ctx->key.des[2],
                         encrypt);
        memcpy(out, output, sizeof(output));
        mbedtls_platform_zeroize(input, sizeof(input));
        mbedtls_platform_zeroize(output, sizeof(output));
        break;
    }
}

static void exclusive_or(unsigned char *to, const unsigned char *with, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] ^= with[i];
    }
}

/// CBC and ECB on `blocks` whole blocks.
static void crypt_blocks(EVP_CIPHER_CTX *ctx, unsigned char *out, const unsigned char *in,
                         size_t blocks)
{
    size_t size = ctx->cipher->block;
    int chained = ctx->cipher->mode == CBC;
    unsigned char block[EVP_MAX_IV_LENGTH], input[EVP_MAX_IV_LENGTH];
    for (; blocks > 0; blocks--, in += size, out += size) {
        memcpy(input, in, size);
        memcpy(block, in, size);
        if (chained && ctx->encrypt) {
            exclusive_or(block, ctx->iv, size);
        }
        crypt_block(ctx, block, block, ctx->encrypt);
        if (chained && !ctx->encrypt) {
            exclusive_or(block, ctx->iv, size);
        }
        if (chained) {
            memcpy(ctx->iv, ctx->encrypt ? block : input, size);
        }
        memcpy(out, block, size);
    }
    mbedtls_platform_zeroize(block, sizeof(block));
    mbedtls_platform_zeroize(input, sizeof(input));
}

/// Begins a block of key stream.
static void next_stream_block(EVP_CIPHER_CTX *ctx)
{
    size_t size = ctx->cipher->block;
    if (ctx->cipher->mode != CTR) {
        crypt_block(ctx, ctx->iv, ctx->iv, 1);
        return;
    }
    crypt_block(ctx, ctx->iv, ctx->stream, 1);
    for (size_t i = size; i > 0 && ++ctx->iv[i - 1] == 0; i--) {
    }
}

/// CFB, CTR and OFB on any number of bytes.
static void crypt_stream(EVP_CIPHER_CTX *ctx, unsigned char *out, const unsigned char *in,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ctx->used == 0) {
            next_stream_block(ctx);
        }
        unsigned char input = in[i];
        unsigned char *stream = ctx->cipher->mode == CTR ? ctx->stream : ctx->iv;
        out[i] = input ^ stream[ctx->used];
        if (ctx->cipher->mode == CFB) {
            ctx->iv[ctx->used] = ctx->encrypt ? out[i] : input;
        }
        ctx->used = (ctx->used + 1) % ctx->cipher->block;
    }
}

static int update(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl, const unsigned char *in,
                  int inl, int encrypt)
{
    *outl = 0;
    if (ctx->cipher == NULL || inl < 0 || ctx->encrypt != encrypt) {
        return 0;
    }
    size_t count = (size_t)inl;
    if (is_stream(ctx->cipher)) {
        crypt_stream(ctx, out, in, count);
    } else if (ctx->no_padding && count % ctx->cipher->block == 0) {
        crypt_blocks(ctx, out, in, count / ctx->cipher->block);
    } else {
        return 0;
    }
    *outl = inl;
    return 1;
}

int EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl, const unsigned char *in,
                      int inl)
{
    return update(ctx, out, outl, in, inl, 1);
}

int EVP_DecryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl, const unsigned char *in,
                      int inl)
{
    return update(ctx, out, outl, in, inl, 0);
}

int EVP_EncryptFinal_ex(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl)
{
    (void)out;
    *outl = 0;
    return ctx->cipher != NULL;
}

int EVP_DecryptFinal(EVP_CIPHER_CTX *ctx, unsigned char *outm, int *outl)
{
    return EVP_EncryptFinal_ex(ctx, outm, outl);
}
