// SPDX-License-Identifier: MIT
// What the files of the facade share.
#pragma once

#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

struct bignum_st {
    mbedtls_mpi value;
};

struct ec_group_st {
    mbedtls_ecp_group value;
};

struct ec_point_st {
    mbedtls_ecp_point value;
};

struct rsa_st {
    unsigned references;
    BIGNUM *n, *e, *d, *p, *q, *dmp1, *dmq1, *iqmp;
};

struct evp_md_st {
    const char *name;
    mbedtls_md_type_t type;
    int size;
};

/// The random numbers of mbedTLS's functions: RAND_bytes(), which does not return when it fails.
/// Returns 0.
int facade_random(void *unused, unsigned char *output, size_t length);

/// Says on standard error what broke and ends the process: for the functions that have no way to
/// fail.
_Noreturn void facade_abort(const char *what);

/// Puts `value` in the place of *owned, which is freed; a NULL value leaves it.
void facade_take(BIGNUM **owned, BIGNUM *value);

/// 1 for mbedTLS's success, 0 for any of its errors.
static inline int facade_result(int error)
{
    return error == 0;
}

/// The factors of n, from exponents that belong together modulo (p - 1) * (q - 1), as libtpms works
/// d out. Returns 1 with *p and *q set, 0 if the three are not of this kind or memory is short.
int facade_factors(const mbedtls_mpi *n, const mbedtls_mpi *e, const mbedtls_mpi *d, mbedtls_mpi *p,
                   mbedtls_mpi *q);
