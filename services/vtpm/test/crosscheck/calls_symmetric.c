// SPDX-License-Identifier: MIT
// Hashes, single blocks, modes, base64.
#include <openssl/aes.h>
#include <openssl/bio.h>
#include <openssl/camellia.h>
#include <openssl/des.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "calls.h"

/// Where in[0], in two pieces of in[1] a byte, is cut.
static size_t cut_of(const struct bytes *in)
{
    size_t cut = (size_t)in[1].data[0] << 8 | in[1].data[1];
    return in[0].size > 0 ? cut % (in[0].size + 1) : 0;
}

/// Hashes in[0] in two pieces through a copied state; gives the fields of the state between them,
/// and the digest.
#define HASH_CALL(name, CTX, HASH, size_, fields, part)                                            \
    static int name(const struct bytes *in, struct bytes *out)                                     \
    {                                                                                              \
        CTX first, c;                                                                              \
        unsigned char digest[64];                                                                  \
        size_t cut = cut_of(in);                                                                   \
        if (!HASH##_Init(&first) || !HASH##_Update(&first, in[0].data, cut)) {                     \
            return 0;                                                                              \
        }                                                                                          \
        memcpy(&c, &first, sizeof(c));                                                             \
        put(out, &c, fields);                                                                      \
        put(out, &c.Nl, sizeof(c.Nl));                                                             \
        put(out, &c.Nh, sizeof(c.Nh));                                                             \
        put(out, &c.num, sizeof(c.num));                                                           \
        put(out, part, c.num);                                                                     \
        if (!HASH##_Update(&c, in[0].data + cut, in[0].size - cut) || !HASH##_Final(digest, &c)) { \
            return 0;                                                                              \
        }                                                                                          \
        put(out, digest, size_);                                                                   \
        return 1;                                                                                  \
    }

HASH_CALL(call_sha1, SHA_CTX, SHA1, 20, 20, c.data)
HASH_CALL(call_sha256, SHA256_CTX, SHA256, 32, sizeof(c.h), c.data)
HASH_CALL(call_sha384, SHA512_CTX, SHA384, 48, sizeof(c.h), c.u.p)
HASH_CALL(call_sha512, SHA512_CTX, SHA512, 64, sizeof(c.h), c.u.p)

/// One block, encrypted and decrypted back, for a key of in[0] and a block of in[1].
static int call_aes(const struct bytes *in, struct bytes *out)
{
    AES_KEY encrypt, decrypt;
    unsigned char block[16], back[16];
    int bits = (int)in[0].size * 8;
    if (AES_set_encrypt_key(in[0].data, bits, &encrypt) != 0 ||
        AES_set_decrypt_key(in[0].data, bits, &decrypt) != 0) {
        return 0;
    }
    AES_encrypt(in[1].data, block, &encrypt);
    AES_decrypt(in[1].data, back, &decrypt);
    put(out, block, sizeof(block));
    put(out, back, sizeof(back));
    return 1;
}

static int call_camellia(const struct bytes *in, struct bytes *out)
{
    CAMELLIA_KEY key, copy;
    unsigned char block[16], back[16];
    if (Camellia_set_key(in[0].data, (int)in[0].size * 8, &key) != 0) {
        return 0;
    }
    memcpy(&copy, &key, sizeof(copy));
    Camellia_encrypt(in[1].data, block, &copy);
    Camellia_decrypt(in[1].data, back, &copy);
    put(out, block, sizeof(block));
    put(out, back, sizeof(back));
    return 1;
}

static int call_des3(const struct bytes *in, struct bytes *out)
{
    DES_key_schedule schedules[3];
    DES_cblock key, block, result;
    for (size_t i = 0; i < 3; i++) {
        memcpy(key, in[0].data + 8 * i, sizeof(key));
        DES_set_key_unchecked(&key, &schedules[i]);
    }
    memcpy(block, in[1].data, sizeof(block));
    for (int encrypt = 0; encrypt < 2; encrypt++) {
        DES_ecb3_encrypt(&block, &result, &schedules[0], &schedules[1], &schedules[2], encrypt);
        put(out, result, sizeof(result));
    }
    return 1;
}

static const EVP_CIPHER *cipher(size_t i)
{
    typedef const EVP_CIPHER *(*get)(void);
    static const get ciphers[] = {
        EVP_aes_128_cbc,
        EVP_aes_128_cfb128,
        EVP_aes_128_ctr,
        EVP_aes_128_ecb,
        EVP_aes_128_ofb,
        EVP_aes_192_cbc,
        EVP_aes_192_cfb128,
        EVP_aes_192_ctr,
        EVP_aes_192_ecb,
        EVP_aes_192_ofb,
        EVP_aes_256_cbc,
        EVP_aes_256_cfb128,
        EVP_aes_256_ctr,
        EVP_aes_256_ecb,
        EVP_aes_256_ofb,
        EVP_camellia_128_cbc,
        EVP_camellia_128_cfb128,
        EVP_camellia_128_ctr,
        EVP_camellia_128_ecb,
        EVP_camellia_128_ofb,
        EVP_camellia_192_cbc,
        EVP_camellia_192_cfb128,
        EVP_camellia_192_ctr,
        EVP_camellia_192_ecb,
        EVP_camellia_192_ofb,
        EVP_camellia_256_cbc,
        EVP_camellia_256_cfb128,
        EVP_camellia_256_ctr,
        EVP_camellia_256_ecb,
        EVP_camellia_256_ofb,
        EVP_des_ede3,
        EVP_des_ede3_cbc,
        EVP_des_ede3_cfb64,
        EVP_des_ede3_ecb,
        EVP_des_ede3_ofb,
    };
    return ciphers[i % (sizeof(ciphers) / sizeof(ciphers[0]))]();
}

/// Cipher and direction by the two bytes in[0], key in[1] and chaining value in[2] of 32 and 16
/// bytes, data in[3] in two pieces: the data, and the chaining value after it. in[4] says where it
/// is cut, in blocks for CBC and ECB.
static int call_cipher(const struct bytes *in, struct bytes *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *c = cipher(in[0].data[0]);
    unsigned char result[MOST_BYTES];
    int size = (int)in[3].size, encrypt = in[0].data[1] & 1, first = 0, second = 0, last = 0;
    int cut = size > 0 ? in[4].data[0] % (size + 1) / 16 * 16 : 0;
    if (ctx == NULL) {
        return 0;
    }
    int done = encrypt ? EVP_EncryptInit_ex(ctx, c, NULL, in[1].data, in[2].data) == 1
                       : EVP_DecryptInit_ex(ctx, c, NULL, in[1].data, in[2].data) == 1;
    done = done && EVP_CIPHER_CTX_set_padding(ctx, 0) == 1;
    if (done && encrypt) {
        done = EVP_EncryptUpdate(ctx, result, &first, in[3].data, cut) == 1 &&
               EVP_EncryptUpdate(ctx, result + first, &second, in[3].data + cut, size - cut) == 1 &&
               EVP_EncryptFinal_ex(ctx, result + first + second, &last) == 1;
    } else if (done) {
        done = EVP_DecryptUpdate(ctx, result, &first, in[3].data, cut) == 1 &&
               EVP_DecryptUpdate(ctx, result + first, &second, in[3].data + cut, size - cut) == 1 &&
               EVP_DecryptFinal(ctx, result + first + second, &last) == 1;
    }
    if (done) {
        put(out, result, (size_t)(first + second + last));
        put(out, EVP_CIPHER_CTX_iv(ctx), (size_t)EVP_CIPHER_CTX_get_iv_length(ctx));
    }
    EVP_CIPHER_CTX_free(ctx);
    return done;
}

/// Decodes the text in[0].
static int call_base64(const struct bytes *in, struct bytes *out)
{
    BIO *decoder = BIO_new(BIO_f_base64()), *memory = BIO_new_mem_buf(in[0].data, (int)in[0].size);
    unsigned char result[MOST_BYTES];
    BIO_push(decoder, memory);
    BIO_set_flags(decoder, BIO_FLAGS_BASE64_NO_NL);
    int size = decoder != NULL && memory != NULL ? BIO_read(decoder, result, sizeof(result)) : 0;
    BIO_free_all(decoder);
    if (decoder == NULL) {
        BIO_free(memory);
    }
    if (size <= 0) {
        return 0;
    }
    put(out, result, (size_t)size);
    return 1;
}

const struct call symmetric_calls[] = {
    {"SHA1", call_sha1},      {"SHA256", call_sha256},
    {"SHA384", call_sha384},  {"SHA512", call_sha512},
    {"AES block", call_aes},  {"Camellia block", call_camellia},
    {"DES block", call_des3}, {"EVP cipher", call_cipher},
    {"base64", call_base64},  {NULL, NULL},
};
