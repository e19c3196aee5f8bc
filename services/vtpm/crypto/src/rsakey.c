// SPDX-License-Identifier: MIT
// RSA keys: their numbers, and making them.
#include "facade.h"

#include <stdlib.h>

#include <mbedtls/rsa.h>

#define LEAST_BITS 1024
#define MOST_BITS 4096

RSA *RSA_new(void)
{
    RSA *rsa = calloc(1, sizeof(*rsa));
    if (rsa != NULL) {
        rsa->references = 1;
    }
    return rsa;
}

void RSA_free(RSA *r)
{
    if (r == NULL || --r->references > 0) {
        return;
    }
    BIGNUM *numbers[] = {r->n, r->e, r->d, r->p, r->q, r->dmp1, r->dmq1, r->iqmp};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        BN_free(numbers[i]);
    }
    free(r);
}

int RSA_set0_key(RSA *r, BIGNUM *n, BIGNUM *e, BIGNUM *d)
{
    if ((r->n == NULL && n == NULL) || (r->e == NULL && e == NULL)) {
        return 0;
    }
    facade_take(&r->n, n);
    facade_take(&r->e, e);
    facade_take(&r->d, d);
    return 1;
}

int RSA_set0_crt_params(RSA *r, BIGNUM *dmp1, BIGNUM *dmq1, BIGNUM *iqmp)
{
    if ((r->dmp1 == NULL && dmp1 == NULL) || (r->dmq1 == NULL && dmq1 == NULL) ||
        (r->iqmp == NULL && iqmp == NULL)) {
        return 0;
    }
    facade_take(&r->dmp1, dmp1);
    facade_take(&r->dmq1, dmq1);
    facade_take(&r->iqmp, iqmp);
    return 1;
}

void RSA_get0_key(const RSA *r, const BIGNUM **n, const BIGNUM **e, const BIGNUM **d)
{
    if (n != NULL) {
        *n = r->n;
    }
    if (e != NULL) {
        *e = r->e;
    }
    if (d != NULL) {
        *d = r->d;
    }
}

void RSA_get0_factors(const RSA *r, const BIGNUM **p, const BIGNUM **q)
{
    if (p != NULL) {
        *p = r->p;
    }
    if (q != NULL) {
        *q = r->q;
    }
}

void RSA_set_flags(RSA *r, int flags)
{
    (void)r;
    (void)flags;
}

/// Moves the numbers of a new key into `rsa`. Returns 1, or 0 without memory and with `rsa` as it
/// was.
static int take_generated(RSA *rsa, const mbedtls_rsa_context *key)
{
    const mbedtls_mpi *from[] = {&key->N, &key->E, &key->D, &key->P, &key->Q};
    BIGNUM **to[] = {&rsa->n, &rsa->e, &rsa->d, &rsa->p, &rsa->q};
    BIGNUM *fresh[5] = {NULL};
    int done = 1;
    for (size_t i = 0; done && i < 5; i++) {
        fresh[i] = BN_new();
        done = fresh[i] != NULL && mbedtls_mpi_copy(&fresh[i]->value, from[i]) == 0;
    }
    for (size_t i = 0; i < 5; i++) {
        if (done) {
            facade_take(to[i], fresh[i]);
        } else {
            BN_free(fresh[i]);
        }
    }
    return done;
}

int RSA_generate_key_ex(RSA *rsa, int bits, BIGNUM *e, BN_GENCB *cb)
{
    (void)cb;
    int e_bits = BN_num_bits(e);
    if (bits < LEAST_BITS || bits > MOST_BITS || bits % 2 != 0 || e_bits < 2 || e_bits > 31) {
        return 0;
    }
    unsigned char bytes[4] = {0};
    if (mbedtls_mpi_write_binary(&e->value, bytes, sizeof(bytes)) != 0) {
        return 0;
    }
    int exponent = bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    mbedtls_rsa_context key;
    mbedtls_rsa_init(&key);
    int done = mbedtls_rsa_gen_key(&key, facade_random, NULL, (unsigned)bits, exponent) == 0 &&
               take_generated(rsa, &key);
    mbedtls_rsa_free(&key);
    return done;
}
