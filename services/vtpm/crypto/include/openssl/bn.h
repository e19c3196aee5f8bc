// SPDX-License-Identifier: MIT
// Big numbers. Every function that can fail returns 0 or NULL and leaves its results without
// meaning; none aborts. Numbers are wiped whenever they are freed or given back. A number belongs
// to one thread at a time.
#pragma once

#include <openssl/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long BN_ULONG;

/// Accepted and without effect: which operations are constant in time is in docs/vtpm.md, flag or
/// not.
#define BN_FLG_CONSTTIME 0x04

#define BN_num_bytes(a) ((BN_num_bits(a) + 7) / 8)

/// A new number, 0; NULL without memory. The caller frees it.
BIGNUM *BN_new(void);
/// A copy; NULL without memory or if `a` is NULL. The caller frees it.
BIGNUM *BN_dup(const BIGNUM *a);
/// Wipe and free; NULL is allowed.
void BN_free(BIGNUM *a);
void BN_clear_free(BIGNUM *a);
/// to = from; returns `to`, or NULL without memory.
BIGNUM *BN_copy(BIGNUM *to, const BIGNUM *from);

/// The number whose big-endian bytes are s[0..len); in `ret`, or a new one if it is NULL. NULL
/// without memory.
BIGNUM *BN_bin2bn(const unsigned char *s, int len, BIGNUM *ret);
/// Writes BN_num_bytes(a) big-endian bytes and returns their count.
int BN_bn2bin(const BIGNUM *a, unsigned char *to);
/// Index of the highest bit set, from 1; 0 for 0.
int BN_num_bits(const BIGNUM *a);

int BN_set_word(BIGNUM *a, BN_ULONG w);
void BN_set_flags(BIGNUM *b, int n);
int BN_is_zero(const BIGNUM *a);
/// -1, 0 or 1 as a is less than, equal to or greater than b. Nothing (NULL) is greater than every
/// number.
int BN_cmp(const BIGNUM *a, const BIGNUM *b);

int BN_add_word(BIGNUM *a, BN_ULONG w);
int BN_sub(BIGNUM *r, const BIGNUM *a, const BIGNUM *b);
int BN_mul(BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx);
/// dv = m / d, rem = m % d; either may be NULL. Fails if d is 0.
int BN_div(BIGNUM *dv, BIGNUM *rem, const BIGNUM *m, const BIGNUM *d, BN_CTX *ctx);
/// r = a^p mod m. Fails for an even m, which OpenSSL would compute: nobody needs it here.
int BN_mod_exp(BIGNUM *r, const BIGNUM *a, const BIGNUM *p, const BIGNUM *m, BN_CTX *ctx);
/// The inverse of a mod n in `ret`, or in a new number if it is NULL; NULL if there is none.
BIGNUM *BN_mod_inverse(BIGNUM *ret, const BIGNUM *a, const BIGNUM *n, BN_CTX *ctx);

/// A store of temporary numbers: what BN_CTX_get() gave since BN_CTX_start() is wiped by
/// BN_CTX_end().
BN_CTX *BN_CTX_new(void);
void BN_CTX_free(BN_CTX *c);
void BN_CTX_start(BN_CTX *ctx);
BIGNUM *BN_CTX_get(BN_CTX *ctx);
void BN_CTX_end(BN_CTX *ctx);

#ifdef __cplusplus
}
#endif
