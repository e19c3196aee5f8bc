// SPDX-License-Identifier: MIT
// RSA keys. What is done with them is in evp.h. Results as in bn.h.
#pragma once

#include <openssl/bn.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RSA_PKCS1_PADDING 1
#define RSA_NO_PADDING 3
#define RSA_PKCS1_OAEP_PADDING 4
#define RSA_PKCS1_PSS_PADDING 6
#define RSA_PSS_SALTLEN_DIGEST -1
#define RSA_PSS_SALTLEN_AUTO -2
#define RSA_PSS_SALTLEN_MAX -3

RSA *RSA_new(void);
/// Gives up one reference; the last one wipes and frees the key.
void RSA_free(RSA *r);
/// Takes over n, e and d; NULL leaves what is there, which n and e must then be.
int RSA_set0_key(RSA *r, BIGNUM *n, BIGNUM *e, BIGNUM *d);
/// Takes over all three. They are kept and not used: the key is completed from n, e and d.
int RSA_set0_crt_params(RSA *r, BIGNUM *dmp1, BIGNUM *dmq1, BIGNUM *iqmp);
void RSA_get0_key(const RSA *r, const BIGNUM **n, const BIGNUM **e, const BIGNUM **d);
void RSA_get0_factors(const RSA *r, const BIGNUM **p, const BIGNUM **q);
/// Accepted and without effect.
void RSA_set_flags(RSA *r, int flags);
/// A key of `bits` bits, 1024 to 4096 and even, with the public exponent e, odd, 3 to 2^31 - 1. cb
/// is not called.
int RSA_generate_key_ex(RSA *rsa, int bits, BIGNUM *e, BN_GENCB *cb);

#ifdef __cplusplus
}
#endif
