// SPDX-License-Identifier: MIT
// Keys and signatures on elliptic curves.
#include "facade.h"

#include <stdlib.h>

#include <mbedtls/ecdsa.h>

#include <openssl/ec.h>

struct ec_key_st {
    EC_GROUP *group;
    BIGNUM *private_key;
    EC_POINT *public_key;
};

struct ecdsa_sig_st {
    BIGNUM *r, *s;
};

EC_KEY *EC_KEY_new(void)
{
    return calloc(1, sizeof(EC_KEY));
}

void EC_KEY_free(EC_KEY *key)
{
    if (key != NULL) {
        EC_GROUP_free(key->group);
        BN_free(key->private_key);
        EC_POINT_free(key->public_key);
        free(key);
    }
}

/// A copy of a group; mbedTLS itself can copy only those it knows.
static EC_GROUP *copy_group(const EC_GROUP *from)
{
    EC_GROUP *to = calloc(1, sizeof(*to));
    if (to == NULL) {
        return NULL;
    }
    const mbedtls_ecp_group *f = &from->value;
    mbedtls_ecp_group *t = &to->value;
    mbedtls_ecp_group_init(t);
    int error;
    if (f->id != MBEDTLS_ECP_DP_NONE) {
        error = mbedtls_ecp_group_load(t, f->id);
    } else {
        t->pbits = f->pbits;
        t->nbits = f->nbits;
        error = mbedtls_mpi_copy(&t->P, &f->P) || mbedtls_mpi_grow(&t->A, 1) ||
                mbedtls_mpi_copy(&t->A, &f->A) || mbedtls_mpi_copy(&t->B, &f->B) ||
                mbedtls_mpi_copy(&t->N, &f->N) || mbedtls_ecp_copy(&t->G, &f->G);
    }
    if (error != 0) {
        EC_GROUP_free(to);
        return NULL;
    }
    return to;
}

int EC_KEY_set_group(EC_KEY *key, const EC_GROUP *group)
{
    EC_GROUP *copy = copy_group(group);
    if (copy == NULL) {
        return 0;
    }
    EC_GROUP_free(key->group);
    key->group = copy;
    return 1;
}

int EC_KEY_set_private_key(EC_KEY *key, const BIGNUM *prv)
{
    if (key->group == NULL || mbedtls_ecp_check_privkey(&key->group->value, &prv->value) != 0) {
        return 0;
    }
    BIGNUM *copy = BN_dup(prv);
    facade_take(&key->private_key, copy);
    return copy != NULL;
}

int EC_KEY_set_public_key(EC_KEY *key, const EC_POINT *pub)
{
    EC_POINT *copy = key->group != NULL ? EC_POINT_new(key->group) : NULL;
    if (copy == NULL || mbedtls_ecp_copy(&copy->value, &pub->value) != 0) {
        EC_POINT_free(copy);
        return 0;
    }
    EC_POINT_free(key->public_key);
    key->public_key = copy;
    return 1;
}

const BIGNUM *EC_KEY_get0_private_key(const EC_KEY *key)
{
    return key->private_key;
}

int EC_KEY_generate_key(EC_KEY *key)
{
    if (key->group == NULL || key->group->value.N.p == NULL) {
        return 0;
    }
    BIGNUM *private_key = BN_new();
    EC_POINT *public_key = EC_POINT_new(key->group);
    if (private_key == NULL || public_key == NULL ||
        mbedtls_ecp_gen_keypair(&key->group->value, &private_key->value, &public_key->value,
                                facade_random, NULL) != 0) {
        BN_free(private_key);
        EC_POINT_free(public_key);
        return 0;
    }
    facade_take(&key->private_key, private_key);
    EC_POINT_free(key->public_key);
    key->public_key = public_key;
    return 1;
}

ECDSA_SIG *ECDSA_SIG_new(void)
{
    return calloc(1, sizeof(ECDSA_SIG));
}

void ECDSA_SIG_free(ECDSA_SIG *sig)
{
    if (sig != NULL) {
        BN_free(sig->r);
        BN_free(sig->s);
        free(sig);
    }
}

void ECDSA_SIG_get0(const ECDSA_SIG *sig, const BIGNUM **pr, const BIGNUM **ps)
{
    if (pr != NULL) {
        *pr = sig->r;
    }
    if (ps != NULL) {
        *ps = sig->s;
    }
}

int ECDSA_SIG_set0(ECDSA_SIG *sig, BIGNUM *r, BIGNUM *s)
{
    if (r == NULL || s == NULL) {
        return 0;
    }
    facade_take(&sig->r, r);
    facade_take(&sig->s, s);
    return 1;
}

ECDSA_SIG *ECDSA_do_sign(const unsigned char *dgst, int dgst_len, EC_KEY *eckey)
{
    if (dgst_len < 0 || eckey->group == NULL || eckey->private_key == NULL) {
        return NULL;
    }
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_new(), *s = BN_new();
    if (sig == NULL || r == NULL || s == NULL ||
        mbedtls_ecdsa_sign(&eckey->group->value, &r->value, &s->value, &eckey->private_key->value,
                           dgst, (size_t)dgst_len, facade_random, NULL) != 0) {
        ECDSA_SIG_free(sig);
        BN_free(r);
        BN_free(s);
        return NULL;
    }
    sig->r = r;
    sig->s = s;
    return sig;
}

int ECDSA_do_verify(const unsigned char *dgst, int dgst_len, const ECDSA_SIG *sig, EC_KEY *eckey)
{
    if (dgst_len < 0 || eckey->group == NULL || eckey->public_key == NULL || sig->r == NULL ||
        sig->s == NULL) {
        return -1;
    }
    int error = mbedtls_ecdsa_verify(&eckey->group->value, dgst, (size_t)dgst_len,
                                     &eckey->public_key->value, &sig->r->value, &sig->s->value);
    if (error == 0) {
        return 1;
    }
    return error == MBEDTLS_ERR_ECP_VERIFY_FAILED ? 0 : -1;
}
