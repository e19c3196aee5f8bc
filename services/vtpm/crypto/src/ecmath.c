// SPDX-License-Identifier: MIT
// Sums and multiples of points.
#include "facade.h"

#include <openssl/ec.h>

/// mbedTLS's functions take a group they may cache multiples of the generator in; that is no change
/// of the group.
static mbedtls_ecp_group *group_of(const EC_GROUP *group)
{
    return (mbedtls_ecp_group *)(uintptr_t)&group->value;
}

static int is_infinity(const mbedtls_ecp_point *point)
{
    return mbedtls_ecp_is_zero((mbedtls_ecp_point *)(uintptr_t)point);
}

/// r = a + b for any points, r different from both. Returns 0 or an error.
static int add(mbedtls_ecp_group *group, mbedtls_ecp_point *r, const mbedtls_ecp_point *a,
               const mbedtls_ecp_point *b)
{
    if (is_infinity(a)) {
        return mbedtls_ecp_copy(r, b);
    }
    if (is_infinity(b)) {
        return mbedtls_ecp_copy(r, a);
    }
    mbedtls_mpi one;
    mbedtls_mpi_init(&one);
    int error = mbedtls_mpi_lset(&one, 1);
    if (error == 0) {
        error = mbedtls_ecp_muladd(group, r, &one, a, &one, b);
    }
    mbedtls_mpi_free(&one);
    return error;
}

/// r = m * p for any scalar and point. mbedTLS wants 1 <= m < order. Returns 0 or an error.
static int multiply(mbedtls_ecp_group *group, mbedtls_ecp_point *r, const mbedtls_mpi *m,
                    const mbedtls_ecp_point *p)
{
    mbedtls_mpi scalar;
    mbedtls_mpi_init(&scalar);
    int error = group->N.p == NULL ? MBEDTLS_ERR_ECP_BAD_INPUT_DATA
                                   : mbedtls_mpi_mod_mpi(&scalar, m, &group->N);
    if (error == 0) {
        if (is_infinity(p) || mbedtls_mpi_cmp_int(&scalar, 0) == 0) {
            error = mbedtls_ecp_set_zero(r);
        } else {
            error = mbedtls_ecp_mul(group, r, &scalar, p, facade_random, NULL);
        }
    }
    mbedtls_mpi_free(&scalar);
    return error;
}

/// sum = sum + m * p. Returns 0 or an error.
static int add_multiple(mbedtls_ecp_group *group, mbedtls_ecp_point *sum, const mbedtls_mpi *m,
                        const mbedtls_ecp_point *p)
{
    mbedtls_ecp_point product, total;
    mbedtls_ecp_point_init(&product);
    mbedtls_ecp_point_init(&total);
    int error = multiply(group, &product, m, p);
    if (error == 0) {
        error = add(group, &total, sum, &product);
    }
    if (error == 0) {
        error = mbedtls_ecp_copy(sum, &total);
    }
    mbedtls_ecp_point_free(&product);
    mbedtls_ecp_point_free(&total);
    return error;
}

int EC_POINT_add(const EC_GROUP *group, EC_POINT *r, const EC_POINT *a, const EC_POINT *b,
                 BN_CTX *ctx)
{
    (void)ctx;
    mbedtls_ecp_point sum;
    mbedtls_ecp_point_init(&sum);
    int error = add(group_of(group), &sum, &a->value, &b->value);
    if (error == 0) {
        error = mbedtls_ecp_copy(&r->value, &sum);
    }
    mbedtls_ecp_point_free(&sum);
    return facade_result(error);
}

int EC_POINTs_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n, size_t num,
                  const EC_POINT *p[], const BIGNUM *m[], BN_CTX *ctx)
{
    (void)ctx;
    mbedtls_ecp_group *g = group_of(group);
    mbedtls_ecp_point sum;
    mbedtls_ecp_point_init(&sum);
    int error = mbedtls_ecp_set_zero(&sum);
    if (error == 0 && n != NULL) {
        error = add_multiple(g, &sum, &n->value, &g->G);
    }
    for (size_t i = 0; error == 0 && i < num; i++) {
        error = add_multiple(g, &sum, &m[i]->value, &p[i]->value);
    }
    if (error == 0) {
        error = mbedtls_ecp_copy(&r->value, &sum);
    }
    mbedtls_ecp_point_free(&sum);
    return facade_result(error);
}

int EC_POINT_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n, const EC_POINT *q,
                 const BIGNUM *m, BN_CTX *ctx)
{
    return EC_POINTs_mul(group, r, n, q != NULL && m != NULL, &q, &m, ctx);
}
