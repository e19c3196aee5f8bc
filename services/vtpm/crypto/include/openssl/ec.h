// SPDX-License-Identifier: MIT
// Elliptic curves over prime fields, cofactor 1, up to 521 bits; ECDSA. Results as in bn.h.
#pragma once

#include <openssl/bn.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The curve y^2 = x^3 + ax + b mod p. One of NIST's is recognised and gets its fast arithmetic.
/// NULL for fields of more than 521 bits, for numbers that are no curve, and without memory.
EC_GROUP *EC_GROUP_new_curve_GFp(const BIGNUM *p, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx);
/// Sets generator and order. Fails for a cofactor other than 1 and for a generator that is not on
/// the curve.
int EC_GROUP_set_generator(EC_GROUP *group, const EC_POINT *generator, const BIGNUM *order,
                           const BIGNUM *cofactor);
void EC_GROUP_free(EC_GROUP *group);

/// A new point, the one at infinity.
EC_POINT *EC_POINT_new(const EC_GROUP *group);
void EC_POINT_free(EC_POINT *point);
void EC_POINT_clear_free(EC_POINT *point);
/// Fails if (x, y) is not on the curve.
int EC_POINT_set_affine_coordinates(const EC_GROUP *group, EC_POINT *p, const BIGNUM *x,
                                    const BIGNUM *y, BN_CTX *ctx);
/// Fails for the point at infinity; x or y may be NULL.
int EC_POINT_get_affine_coordinates(const EC_GROUP *group, const EC_POINT *p, BIGNUM *x, BIGNUM *y,
                                    BN_CTX *ctx);
int EC_POINT_add(const EC_GROUP *group, EC_POINT *r, const EC_POINT *a, const EC_POINT *b,
                 BN_CTX *ctx);
/// r = n * generator + m * q; n may be NULL, and q and m may be. Scalars of any size are taken
/// modulo the order.
int EC_POINT_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n, const EC_POINT *q,
                 const BIGNUM *m, BN_CTX *ctx);
/// r = n * generator + the sum of m[i] * p[i] for i < num.
int EC_POINTs_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n, size_t num,
                  const EC_POINT *p[], const BIGNUM *m[], BN_CTX *ctx);

EC_KEY *EC_KEY_new(void);
void EC_KEY_free(EC_KEY *key);
/// These copy what they are given; the private key must be below the order and not 0.
int EC_KEY_set_group(EC_KEY *key, const EC_GROUP *group);
int EC_KEY_set_private_key(EC_KEY *key, const BIGNUM *prv);
int EC_KEY_set_public_key(EC_KEY *key, const EC_POINT *pub);
const BIGNUM *EC_KEY_get0_private_key(const EC_KEY *key);
/// A random private key and its public one.
int EC_KEY_generate_key(EC_KEY *key);

ECDSA_SIG *ECDSA_SIG_new(void);
void ECDSA_SIG_free(ECDSA_SIG *sig);
void ECDSA_SIG_get0(const ECDSA_SIG *sig, const BIGNUM **pr, const BIGNUM **ps);
/// Takes over r and s.
int ECDSA_SIG_set0(ECDSA_SIG *sig, BIGNUM *r, BIGNUM *s);
/// A signature of dgst[0..dgst_len), to be freed by the caller; NULL on failure.
ECDSA_SIG *ECDSA_do_sign(const unsigned char *dgst, int dgst_len, EC_KEY *eckey);
/// 1 valid, 0 not valid, -1 failure.
int ECDSA_do_verify(const unsigned char *dgst, int dgst_len, const ECDSA_SIG *sig, EC_KEY *eckey);

#ifdef __cplusplus
}
#endif
