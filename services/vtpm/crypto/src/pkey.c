// SPDX-License-Identifier: MIT
// RSA encryption and signatures.
#include "facade.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>

struct evp_pkey_st {
    RSA *rsa;
};

enum operation { NONE, ENCRYPT, DECRYPT, SIGN, VERIFY };

struct evp_pkey_ctx_st {
    RSA *rsa; ///< one reference
    enum operation operation;
    int padding;
    int salt_length;
    const EVP_MD *digest; ///< of the signature, or of OAEP
    unsigned char *label;
    size_t label_length;
};

static const EVP_MD digests[] = {
    {"sha1", MBEDTLS_MD_SHA1, 20},
    {"sha256", MBEDTLS_MD_SHA256, 32},
    {"sha384", MBEDTLS_MD_SHA384, 48},
    {"sha512", MBEDTLS_MD_SHA512, 64},
};

const EVP_MD *EVP_get_digestbyname(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof(digests) / sizeof(digests[0]); i++) {
        if (strcasecmp(digests[i].name, name) == 0) {
            return &digests[i];
        }
    }
    return NULL;
}

int EVP_MD_get_size(const EVP_MD *md)
{
    return md != NULL ? md->size : -1;
}

EVP_PKEY *EVP_PKEY_new(void)
{
    return calloc(1, sizeof(EVP_PKEY));
}

void EVP_PKEY_free(EVP_PKEY *pkey)
{
    if (pkey != NULL) {
        RSA_free(pkey->rsa);
        free(pkey);
    }
}

int EVP_PKEY_assign(EVP_PKEY *pkey, int type, void *key)
{
    if (pkey == NULL || type != EVP_PKEY_RSA || key == NULL) {
        return 0;
    }
    RSA_free(pkey->rsa);
    pkey->rsa = key;
    return 1;
}

RSA *EVP_PKEY_get1_RSA(EVP_PKEY *pkey)
{
    if (pkey->rsa != NULL) {
        pkey->rsa->references++;
    }
    return pkey->rsa;
}

EVP_PKEY_CTX *EVP_PKEY_CTX_new(EVP_PKEY *pkey, ENGINE *e)
{
    (void)e;
    EVP_PKEY_CTX *ctx = pkey != NULL && pkey->rsa != NULL ? calloc(1, sizeof(*ctx)) : NULL;
    if (ctx != NULL) {
        ctx->rsa = EVP_PKEY_get1_RSA(pkey);
    }
    return ctx;
}

void EVP_PKEY_CTX_free(EVP_PKEY_CTX *ctx)
{
    if (ctx != NULL) {
        RSA_free(ctx->rsa);
        free(ctx->label);
        free(ctx);
    }
}

static int begin(EVP_PKEY_CTX *ctx, enum operation operation)
{
    if (ctx == NULL) {
        return -1;
    }
    ctx->operation = operation;
    ctx->padding = RSA_PKCS1_PADDING;
    ctx->salt_length = RSA_PSS_SALTLEN_AUTO;
    ctx->digest = NULL;
    return 1;
}

int EVP_PKEY_encrypt_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, ENCRYPT);
}

int EVP_PKEY_decrypt_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, DECRYPT);
}

int EVP_PKEY_sign_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, SIGN);
}

int EVP_PKEY_verify_init(EVP_PKEY_CTX *ctx)
{
    return begin(ctx, VERIFY);
}

int EVP_PKEY_CTX_set_rsa_padding(EVP_PKEY_CTX *ctx, int pad_mode)
{
    int crypt = ctx->operation == ENCRYPT || ctx->operation == DECRYPT;
    int fits = pad_mode == RSA_PKCS1_PADDING ||
               (crypt && (pad_mode == RSA_NO_PADDING || pad_mode == RSA_PKCS1_OAEP_PADDING)) ||
               (!crypt && pad_mode == RSA_PKCS1_PSS_PADDING);
    if (!fits || ctx->operation == NONE) {
        return 0;
    }
    ctx->padding = pad_mode;
    return 1;
}

static int set_digest(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    if (md == NULL) {
        return 0;
    }
    ctx->digest = md;
    return 1;
}

int EVP_PKEY_CTX_set_rsa_oaep_md(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    return ctx->padding == RSA_PKCS1_OAEP_PADDING ? set_digest(ctx, md) : 0;
}

int EVP_PKEY_CTX_set_signature_md(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    return ctx->operation == SIGN || ctx->operation == VERIFY ? set_digest(ctx, md) : 0;
}

int EVP_PKEY_CTX_set0_rsa_oaep_label(EVP_PKEY_CTX *ctx, void *label, int len)
{
    if (ctx->padding != RSA_PKCS1_OAEP_PADDING || len < 0) {
        return 0;
    }
    free(ctx->label);
    ctx->label = label;
    ctx->label_length = (size_t)len;
    return 1;
}

int EVP_PKEY_CTX_set_rsa_pss_saltlen(EVP_PKEY_CTX *ctx, int saltlen)
{
    if (ctx->padding != RSA_PKCS1_PSS_PADDING || saltlen < RSA_PSS_SALTLEN_MAX) {
        return 0;
    }
    ctx->salt_length = saltlen;
    return 1;
}

/// Makes mbedTLS's key of ours, its factors worked out where it is a private one. Returns 0 or an
/// error; the key is to be freed in either case.
static int load(const EVP_PKEY_CTX *ctx, mbedtls_rsa_context *key)
{
    const RSA *rsa = ctx->rsa;
    int secret = ctx->operation == DECRYPT || ctx->operation == SIGN;
    mbedtls_rsa_init(key);
    if (rsa->n == NULL || rsa->e == NULL || (secret && rsa->d == NULL)) {
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    }
    int error = mbedtls_rsa_import(key, &rsa->n->value, secret && rsa->p ? &rsa->p->value : NULL,
                                   secret && rsa->q ? &rsa->q->value : NULL,
                                   secret ? &rsa->d->value : NULL, &rsa->e->value);
    if (error == 0 && secret && (rsa->p == NULL || rsa->q == NULL)) {
        // Otherwise mbedTLS looks for them, raising to powers.
        (void)facade_factors(&key->N, &key->E, &key->D, &key->P, &key->Q);
    }
    if (error == 0) {
        error = mbedtls_rsa_complete(key);
    }
    if (error == 0) {
        int pkcs1 = ctx->padding == RSA_PKCS1_PADDING || ctx->padding == RSA_NO_PADDING;
        mbedtls_md_type_t digest = ctx->digest != NULL ? ctx->digest->type : MBEDTLS_MD_SHA1;
        error = mbedtls_rsa_set_padding(key, pkcs1 ? MBEDTLS_RSA_PKCS_V15 : MBEDTLS_RSA_PKCS_V21,
                                        pkcs1 ? MBEDTLS_MD_NONE : digest);
    }
    return error;
}

static int encrypt_with(const EVP_PKEY_CTX *ctx, mbedtls_rsa_context *key, unsigned char *out,
                        const unsigned char *in, size_t inlen)
{
    switch (ctx->padding) {
    case RSA_PKCS1_PADDING:
        return mbedtls_rsa_rsaes_pkcs1_v15_encrypt(key, facade_random, NULL, inlen, in, out);
    case RSA_PKCS1_OAEP_PADDING:
        return mbedtls_rsa_rsaes_oaep_encrypt(key, facade_random, NULL, ctx->label,
                                              ctx->label_length, inlen, in, out);
    default:
        return inlen == mbedtls_rsa_get_len(key) ? mbedtls_rsa_public(key, in, out)
                                                 : MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    }
}

static int decrypt_with(const EVP_PKEY_CTX *ctx, mbedtls_rsa_context *key, unsigned char *out,
                        size_t *outlen, const unsigned char *in)
{
    size_t room = *outlen;
    switch (ctx->padding) {
    case RSA_PKCS1_PADDING:
        return mbedtls_rsa_rsaes_pkcs1_v15_decrypt(key, facade_random, NULL, outlen, in, out, room);
    case RSA_PKCS1_OAEP_PADDING:
        return mbedtls_rsa_rsaes_oaep_decrypt(key, facade_random, NULL, ctx->label,
                                              ctx->label_length, outlen, in, out, room);
    default:
        *outlen = mbedtls_rsa_get_len(key);
        return mbedtls_rsa_private(key, facade_random, NULL, in, out);
    }
}

/// The salt's length as mbedTLS wants it.
static int salt_length(const EVP_PKEY_CTX *ctx, size_t size)
{
    int hash = ctx->digest->size;
    if (ctx->salt_length >= 0) {
        return ctx->salt_length;
    }
    if (ctx->salt_length == RSA_PSS_SALTLEN_DIGEST) {
        return hash;
    }
    if (ctx->operation == VERIFY && ctx->salt_length == RSA_PSS_SALTLEN_AUTO) {
        return MBEDTLS_RSA_SALT_LEN_ANY;
    }
    return (int)size - hash - 2;
}

static int sign_with(const EVP_PKEY_CTX *ctx, mbedtls_rsa_context *key, unsigned char *sig,
                     const unsigned char *tbs, size_t tbslen)
{
    if (ctx->digest == NULL || tbslen != (size_t)ctx->digest->size) {
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    }
    if (ctx->padding == RSA_PKCS1_PADDING) {
        return mbedtls_rsa_rsassa_pkcs1_v15_sign(key, facade_random, NULL, ctx->digest->type,
                                                 (unsigned)tbslen, tbs, sig);
    }
    int salt = salt_length(ctx, mbedtls_rsa_get_len(key));
    if (salt < 0) {
        return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    }
    return mbedtls_rsa_rsassa_pss_sign_ext(key, facade_random, NULL, ctx->digest->type,
                                           (unsigned)tbslen, tbs, salt, sig);
}

/// One operation of encryption, decryption or signing. The result is made apart, so that nothing
/// half-done is seen.
static int produce(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
                   size_t inlen)
{
    unsigned char result[MBEDTLS_MPI_MAX_SIZE];
    mbedtls_rsa_context key;
    int error = load(ctx, &key);
    size_t size = mbedtls_rsa_get_len(&key), length = size;
    if (error == 0 && (out == NULL || size > sizeof(result))) {
        *outlen = size;
        mbedtls_rsa_free(&key);
        return out == NULL;
    }
    if (error == 0 && ctx->operation == ENCRYPT) {
        error = encrypt_with(ctx, &key, result, in, inlen);
    } else if (error == 0 && ctx->operation == SIGN) {
        error = sign_with(ctx, &key, result, in, inlen);
    } else if (error == 0) {
        error = inlen == size ? decrypt_with(ctx, &key, result, &length, in)
                              : MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
    }
    mbedtls_rsa_free(&key);
    if (error == 0 && length > *outlen) {
        error = MBEDTLS_ERR_RSA_OUTPUT_TOO_LARGE;
    }
    if (error == 0) {
        memcpy(out, result, length);
        *outlen = length;
    }
    mbedtls_platform_zeroize(result, sizeof(result));
    return facade_result(error);
}

int EVP_PKEY_encrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
                     size_t inlen)
{
    return ctx->operation == ENCRYPT ? produce(ctx, out, outlen, in, inlen) : -1;
}

int EVP_PKEY_decrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *outlen, const unsigned char *in,
                     size_t inlen)
{
    return ctx->operation == DECRYPT ? produce(ctx, out, outlen, in, inlen) : -1;
}

int EVP_PKEY_sign(EVP_PKEY_CTX *ctx, unsigned char *sig, size_t *siglen, const unsigned char *tbs,
                  size_t tbslen)
{
    return ctx->operation == SIGN ? produce(ctx, sig, siglen, tbs, tbslen) : -1;
}

int EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen,
                    const unsigned char *tbs, size_t tbslen)
{
    if (ctx->operation != VERIFY || ctx->digest == NULL || tbslen != (size_t)ctx->digest->size) {
        return -1;
    }
    mbedtls_rsa_context key;
    int error = load(ctx, &key);
    size_t size = mbedtls_rsa_get_len(&key);
    if (error == 0 && siglen != size) {
        error = MBEDTLS_ERR_RSA_VERIFY_FAILED;
    }
    if (error == 0 && ctx->padding == RSA_PKCS1_PADDING) {
        error = mbedtls_rsa_rsassa_pkcs1_v15_verify(&key, ctx->digest->type, (unsigned)tbslen, tbs,
                                                    sig);
    } else if (error == 0) {
        error = mbedtls_rsa_rsassa_pss_verify_ext(&key, ctx->digest->type, (unsigned)tbslen, tbs,
                                                  ctx->digest->type, salt_length(ctx, size), sig);
    }
    mbedtls_rsa_free(&key);
    return facade_result(error);
}
