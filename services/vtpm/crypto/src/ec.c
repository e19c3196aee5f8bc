// SPDX-License-Identifier: MIT
// Groups and points.
#include "facade.h"

#include <stdlib.h>

#include <openssl/ec.h>

/// The curves whose arithmetic mbedTLS has a fast way for.
static const mbedtls_ecp_group_id known_curves[] = {
    MBEDTLS_ECP_DP_SECP192R1, MBEDTLS_ECP_DP_SECP224R1, MBEDTLS_ECP_DP_SECP256R1,
    MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1,
};

/// Whether `a` is the coefficient of the group, which mbedTLS keeps as nothing where it is -3.
/// Negative: no memory.
static int has_coefficient(const mbedtls_ecp_group *group, const mbedtls_mpi *a)
{
    if (group->A.p != NULL) {
        return mbedtls_mpi_cmp_mpi(&group->A, a) == 0;
    }
    mbedtls_mpi minus3;
    mbedtls_mpi_init(&minus3);
    int error = mbedtls_mpi_sub_int(&minus3, &group->P, 3);
    int same = mbedtls_mpi_cmp_mpi(&minus3, a) == 0;
    mbedtls_mpi_free(&minus3);
    return error == 0 ? same : error;
}

/// Loads the known curve of these numbers into `group`, if there is one: 1, 0, or a negative error.
static int load_known(mbedtls_ecp_group *group, const mbedtls_mpi *p, const mbedtls_mpi *a,
                      const mbedtls_mpi *b)
{
    for (size_t i = 0; i < sizeof(known_curves) / sizeof(known_curves[0]); i++) {
        const mbedtls_ecp_curve_info *info = mbedtls_ecp_curve_info_from_grp_id(known_curves[i]);
        if (info == NULL || info->bit_size != mbedtls_mpi_bitlen(p)) {
            continue;
        }
        int error = mbedtls_ecp_group_load(group, known_curves[i]);
        if (error != 0) {
            return error;
        }
        int same = has_coefficient(group, a);
        if (same != 0 && mbedtls_mpi_cmp_mpi(&group->P, p) == 0 &&
            mbedtls_mpi_cmp_mpi(&group->B, b) == 0) {
            return same;
        }
        mbedtls_ecp_group_free(group);
        mbedtls_ecp_group_init(group);
    }
    return 0;
}

/// Fills `group` with a curve mbedTLS has no way of its own for.
static int load_other(mbedtls_ecp_group *group, const mbedtls_mpi *p, const mbedtls_mpi *a,
                      const mbedtls_mpi *b)
{
    int error = mbedtls_mpi_copy(&group->P, p);
    if (error == 0) {
        // `h` stays 0: 1 is for constants that mbedTLS does not free. It takes a coefficient
        // without limbs for -3, so one that is 0 must have some.
        error = mbedtls_mpi_grow(&group->A, 1);
    }
    if (error == 0) {
        error = mbedtls_mpi_copy(&group->A, a);
    }
    if (error == 0) {
        error = mbedtls_mpi_copy(&group->B, b);
    }
    group->pbits = mbedtls_mpi_bitlen(p);
    return error;
}

EC_GROUP *EC_GROUP_new_curve_GFp(const BIGNUM *p, const BIGNUM *a, const BIGNUM *b, BN_CTX *ctx)
{
    (void)ctx;
    size_t bits = mbedtls_mpi_bitlen(&p->value);
    if (bits < 64 || bits > MBEDTLS_ECP_MAX_BITS || mbedtls_mpi_get_bit(&p->value, 0) == 0 ||
        mbedtls_mpi_cmp_mpi(&a->value, &p->value) >= 0 ||
        mbedtls_mpi_cmp_mpi(&b->value, &p->value) >= 0) {
        return NULL;
    }
    EC_GROUP *group = calloc(1, sizeof(*group));
    if (group == NULL) {
        return NULL;
    }
    mbedtls_ecp_group_init(&group->value);
    int known = load_known(&group->value, &p->value, &a->value, &b->value);
    if (known < 0 ||
        (known == 0 && load_other(&group->value, &p->value, &a->value, &b->value) != 0)) {
        EC_GROUP_free(group);
        return NULL;
    }
    return group;
}

int EC_GROUP_set_generator(EC_GROUP *group, const EC_POINT *generator, const BIGNUM *order,
                           const BIGNUM *cofactor)
{
    mbedtls_ecp_group *g = &group->value;
    if (order == NULL || mbedtls_mpi_cmp_int(&order->value, 1) <= 0 ||
        mbedtls_mpi_bitlen(&order->value) > MBEDTLS_ECP_MAX_BITS ||
        mbedtls_ecp_is_zero((mbedtls_ecp_point *)&generator->value) ||
        (cofactor != NULL && mbedtls_mpi_cmp_int(&cofactor->value, 1) != 0)) {
        return 0;
    }
    if (g->id != MBEDTLS_ECP_DP_NONE) {
        return mbedtls_ecp_point_cmp(&g->G, &generator->value) == 0 &&
               mbedtls_mpi_cmp_mpi(&g->N, &order->value) == 0;
    }
    if (mbedtls_mpi_copy(&g->N, &order->value) != 0 ||
        mbedtls_ecp_copy(&g->G, &generator->value) != 0) {
        return 0;
    }
    g->nbits = mbedtls_mpi_bitlen(&g->N);
    return 1;
}

void EC_GROUP_free(EC_GROUP *group)
{
    if (group != NULL) {
        mbedtls_ecp_group_free(&group->value);
        free(group);
    }
}

EC_POINT *EC_POINT_new(const EC_GROUP *group)
{
    (void)group;
    EC_POINT *point = calloc(1, sizeof(*point));
    if (point == NULL) {
        return NULL;
    }
    mbedtls_ecp_point_init(&point->value);
    if (mbedtls_ecp_set_zero(&point->value) != 0) {
        EC_POINT_free(point);
        return NULL;
    }
    return point;
}

void EC_POINT_free(EC_POINT *point)
{
    if (point != NULL) {
        mbedtls_ecp_point_free(&point->value);
        free(point);
    }
}

void EC_POINT_clear_free(EC_POINT *point)
{
    EC_POINT_free(point);
}

/// Whether y^2 = x^3 + ax + b. Unlike mbedtls_ecp_check_pubkey() it needs no generator, which a
/// curve of the caller's has not yet when its generator is made. Returns 0 or an error.
static int check_on_curve(const mbedtls_ecp_group *group, const mbedtls_ecp_point *point)
{
    mbedtls_mpi left, right, term;
    mbedtls_mpi_init(&left);
    mbedtls_mpi_init(&right);
    mbedtls_mpi_init(&term);
    int error = mbedtls_mpi_mul_mpi(&left, &point->Y, &point->Y);
    if (error == 0) {
        error = mbedtls_mpi_mul_mpi(&right, &point->X, &point->X);
    }
    if (error == 0) {
        error = group->A.p == NULL ? mbedtls_mpi_sub_int(&right, &right, 3)
                                   : mbedtls_mpi_add_mpi(&right, &right, &group->A);
    }
    if (error == 0) {
        error = mbedtls_mpi_mul_mpi(&term, &right, &point->X);
    }
    if (error == 0) {
        error = mbedtls_mpi_add_mpi(&right, &term, &group->B);
    }
    if (error == 0) {
        error = mbedtls_mpi_sub_mpi(&right, &right, &left);
    }
    if (error == 0) {
        error = mbedtls_mpi_mod_mpi(&right, &right, &group->P);
    }
    if (error == 0 && mbedtls_mpi_cmp_int(&right, 0) != 0) {
        error = MBEDTLS_ERR_ECP_INVALID_KEY;
    }
    mbedtls_mpi_free(&left);
    mbedtls_mpi_free(&right);
    mbedtls_mpi_free(&term);
    return error;
}

int EC_POINT_set_affine_coordinates(const EC_GROUP *group, EC_POINT *p, const BIGNUM *x,
                                    const BIGNUM *y, BN_CTX *ctx)
{
    (void)ctx;
    const mbedtls_ecp_group *g = &group->value;
    if (mbedtls_mpi_mod_mpi(&p->value.X, &x->value, &g->P) != 0 ||
        mbedtls_mpi_mod_mpi(&p->value.Y, &y->value, &g->P) != 0 ||
        mbedtls_mpi_lset(&p->value.Z, 1) != 0) {
        return 0;
    }
    return facade_result(check_on_curve(g, &p->value));
}

int EC_POINT_get_affine_coordinates(const EC_GROUP *group, const EC_POINT *p, BIGNUM *x, BIGNUM *y,
                                    BN_CTX *ctx)
{
    (void)group;
    (void)ctx;
    if (mbedtls_ecp_is_zero((mbedtls_ecp_point *)&p->value)) {
        return 0;
    }
    return (x == NULL || mbedtls_mpi_copy(&x->value, &p->value.X) == 0) &&
           (y == NULL || mbedtls_mpi_copy(&y->value, &p->value.Y) == 0);
}
