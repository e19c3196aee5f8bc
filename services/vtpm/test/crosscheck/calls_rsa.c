// SPDX-License-Identifier: MIT
// RSA. A key is n, e, d in in[0..2]; the selector in in[3] is padding, digest, salt length.
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "calls.h"

static void put_number(struct bytes *out, const BIGNUM *a)
{
    unsigned char bytes[MOST_BYTES];
    int size = BN_bn2bin(a, bytes);
    unsigned char header[2] = {(unsigned char)(size >> 8), (unsigned char)size};
    put(out, header, sizeof(header));
    put(out, bytes, (size_t)size);
}

static const EVP_MD *digest(const struct bytes *selector)
{
    static const char *const names[] = {"sha1", "sha256", "sha384", "sha512"};
    return EVP_get_digestbyname(names[selector->data[1] % 4]);
}

/// A context for the key in[0..2]; d is left out of a public one.
static EVP_PKEY_CTX *context(const struct bytes *in, int with_private)
{
    RSA *rsa = RSA_new();
    BIGNUM *n = BN_bin2bn(in[0].data, (int)in[0].size, NULL);
    BIGNUM *e = BN_bin2bn(in[1].data, (int)in[1].size, NULL);
    BIGNUM *d = with_private ? BN_bin2bn(in[2].data, (int)in[2].size, NULL) : NULL;
    EVP_PKEY *pkey = EVP_PKEY_new();
    EVP_PKEY_CTX *ctx = NULL;
    if (rsa == NULL || pkey == NULL || n == NULL || e == NULL || (with_private && d == NULL)) {
        BN_free(n);
        BN_free(e);
        BN_free(d);
        RSA_free(rsa);
        EVP_PKEY_free(pkey);
        return NULL;
    }
    RSA_set_flags(rsa, 0);
    if (RSA_set0_key(rsa, n, e, NULL) == 1 &&
        (d == NULL || RSA_set0_key(rsa, NULL, NULL, d) == 1) &&
        EVP_PKEY_assign(pkey, EVP_PKEY_RSA, rsa) == 1) {
        ctx = EVP_PKEY_CTX_new(pkey, NULL);
    }
    EVP_PKEY_free(pkey);
    return ctx;
}

/// Sets padding, and OAEP's digest and label: the selector's third byte four times, or in[5] behind
/// a selector of four bytes.
static int set_crypt_padding(EVP_PKEY_CTX *ctx, const struct bytes *in)
{
    const struct bytes *selector = &in[3];
    int padding = selector->data[0], labelled = selector->size > 3;
    if (EVP_PKEY_CTX_set_rsa_padding(ctx, padding) != 1) {
        return 0;
    }
    if (padding != RSA_PKCS1_OAEP_PADDING) {
        return 1;
    }
    size_t size = labelled ? in[5].size : 4;
    unsigned char *label = malloc(size + 1);
    if (label == NULL) {
        return 0;
    }
    if (labelled) {
        memcpy(label, in[5].data, size);
    } else {
        memset(label, selector->data[2], size);
    }
    if (EVP_PKEY_CTX_set_rsa_oaep_md(ctx, digest(selector)) == 1 &&
        EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, (int)size) == 1) {
        return 1;
    }
    free(label);
    return 0;
}

static int call_encrypt(const struct bytes *in, struct bytes *out)
{
    EVP_PKEY_CTX *ctx = context(in, 0);
    size_t size = MOST_BYTES;
    int done = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 && set_crypt_padding(ctx, in) &&
               EVP_PKEY_encrypt(ctx, out->data, &size, in[4].data, in[4].size) == 1;
    out->size = done ? size : 0;
    EVP_PKEY_CTX_free(ctx);
    return done;
}

static int call_decrypt(const struct bytes *in, struct bytes *out)
{
    EVP_PKEY_CTX *ctx = context(in, 1);
    size_t size = MOST_BYTES;
    int done = ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 && set_crypt_padding(ctx, in) &&
               EVP_PKEY_decrypt(ctx, out->data, &size, in[4].data, in[4].size) == 1;
    out->size = done ? size : 0;
    EVP_PKEY_CTX_free(ctx);
    return done;
}

static int set_sign_padding(EVP_PKEY_CTX *ctx, const struct bytes *selector)
{
    int padding = selector->data[0];
    return EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, digest(selector)) == 1 &&
           (padding != RSA_PKCS1_PSS_PADDING ||
            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)selector->data[2] - 3) == 1);
}

static int call_sign(const struct bytes *in, struct bytes *out)
{
    EVP_PKEY_CTX *ctx = context(in, 1);
    size_t size = MOST_BYTES;
    int done = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 && set_sign_padding(ctx, &in[3]) &&
               EVP_PKEY_sign(ctx, out->data, &size, in[4].data, in[4].size) == 1;
    out->size = done ? size : 0;
    EVP_PKEY_CTX_free(ctx);
    return done;
}

/// Whether in[5] is a signature of in[4]: 1 byte.
static int call_verify(const struct bytes *in, struct bytes *out)
{
    EVP_PKEY_CTX *ctx = context(in, 0);
    int done = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 && set_sign_padding(ctx, &in[3]);
    if (done) {
        unsigned char valid =
            EVP_PKEY_verify(ctx, in[5].data, in[5].size, in[4].data, in[4].size) == 1;
        put(out, &valid, 1);
    }
    EVP_PKEY_CTX_free(ctx);
    return done;
}

/// A new key of in[0] bytes times 8 bits: n, e, d, p, q.
static int call_generate(const struct bytes *in, struct bytes *out)
{
    RSA *rsa = RSA_new();
    BIGNUM *e = BN_new();
    int done = rsa != NULL && e != NULL && BN_set_word(e, 65537) &&
               RSA_generate_key_ex(rsa, (int)in[0].size * 8, e, NULL) == 1;
    if (done) {
        const BIGNUM *numbers[5];
        RSA_get0_key(rsa, &numbers[0], &numbers[1], &numbers[2]);
        RSA_get0_factors(rsa, &numbers[3], &numbers[4]);
        for (size_t i = 0; i < 5; i++) {
            put_number(out, numbers[i]);
        }
    }
    BN_free(e);
    RSA_free(rsa);
    return done;
}

const struct call rsa_calls[] = {
    {"RSA encrypt", call_encrypt}, {"RSA decrypt", call_decrypt},   {"RSA sign", call_sign},
    {"RSA verify", call_verify},   {"RSA generate", call_generate}, {NULL, NULL},
};
