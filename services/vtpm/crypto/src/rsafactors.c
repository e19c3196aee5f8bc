// SPDX-License-Identifier: MIT
// The factors of an RSA modulus, from its exponents: with d modulo (p - 1) * (q - 1), e * d - 1 is
// a small multiple of n + 1 - (p + q), so that the sum of the factors is known, and they are the
// roots of a quadratic equation. Takes a fraction of an operation with the key; not constant in
// time, as it divides.
#include "facade.h"

/// r = the largest number whose square is not above a, by Newton's iteration from above. Returns 0
/// or an error.
static int square_root(mbedtls_mpi *r, const mbedtls_mpi *a)
{
    mbedtls_mpi next;
    mbedtls_mpi_init(&next);
    int error = mbedtls_mpi_lset(&next, 1);
    if (error == 0) {
        error = mbedtls_mpi_shift_l(&next, (mbedtls_mpi_bitlen(a) + 1) / 2);
    }
    do {
        if (error == 0) {
            error = mbedtls_mpi_copy(r, &next);
        }
        if (error == 0 && mbedtls_mpi_cmp_int(r, 0) == 0) {
            break;
        }
        if (error == 0) {
            error = mbedtls_mpi_div_mpi(&next, NULL, a, r);
        }
        if (error == 0) {
            error = mbedtls_mpi_add_mpi(&next, &next, r);
        }
        if (error == 0) {
            error = mbedtls_mpi_shift_r(&next, 1);
        }
    } while (error == 0 && mbedtls_mpi_cmp_mpi(&next, r) < 0);
    mbedtls_mpi_free(&next);
    return error;
}

/// sum = p + q. Returns 0, or an error where e and d are not of the kind it takes.
static int sum_of_factors(mbedtls_mpi *sum, const mbedtls_mpi *n, const mbedtls_mpi *e,
                          const mbedtls_mpi *d)
{
    mbedtls_mpi multiple, times, rest;
    mbedtls_mpi_init(&multiple);
    mbedtls_mpi_init(&times);
    mbedtls_mpi_init(&rest);
    int error = mbedtls_mpi_mul_mpi(&multiple, e, d);
    if (error == 0) {
        error = mbedtls_mpi_sub_int(&multiple, &multiple, 1);
    }
    if (error == 0) {
        error = mbedtls_mpi_div_mpi(&times, NULL, &multiple, n);
    }
    if (error == 0) {
        error = mbedtls_mpi_add_int(&times, &times, 1);
    }
    if (error == 0) {
        error = mbedtls_mpi_div_mpi(sum, &rest, &multiple, &times);
    }
    if (error == 0 && mbedtls_mpi_cmp_int(&rest, 0) != 0) {
        error = MBEDTLS_ERR_MPI_BAD_INPUT_DATA;
    }
    if (error == 0) {
        error = mbedtls_mpi_sub_mpi(sum, n, sum);
    }
    if (error == 0) {
        error = mbedtls_mpi_add_int(sum, sum, 1);
    }
    mbedtls_mpi_free(&multiple);
    mbedtls_mpi_free(&times);
    mbedtls_mpi_free(&rest);
    return error;
}

/// q and p as (sum -+ root) / 2, where root^2 = sum^2 - 4n. Returns 0 or an error.
static int roots(mbedtls_mpi *p, mbedtls_mpi *q, const mbedtls_mpi *sum, const mbedtls_mpi *n)
{
    mbedtls_mpi square, root;
    mbedtls_mpi_init(&square);
    mbedtls_mpi_init(&root);
    int error = mbedtls_mpi_copy(&square, n);
    if (error == 0) {
        error = mbedtls_mpi_shift_l(&square, 2);
    }
    if (error == 0) {
        error = mbedtls_mpi_mul_mpi(&root, sum, sum);
    }
    if (error == 0) {
        error = mbedtls_mpi_sub_mpi(&square, &root, &square);
    }
    if (error == 0 && square.s < 0) {
        error = MBEDTLS_ERR_MPI_BAD_INPUT_DATA;
    }
    if (error == 0) {
        error = square_root(&root, &square);
    }
    if (error == 0) {
        error = mbedtls_mpi_add_mpi(p, sum, &root);
    }
    if (error == 0) {
        error = mbedtls_mpi_shift_r(p, 1);
    }
    if (error == 0) {
        error = mbedtls_mpi_sub_mpi(q, sum, p);
    }
    mbedtls_mpi_free(&square);
    mbedtls_mpi_free(&root);
    return error;
}

int facade_factors(const mbedtls_mpi *n, const mbedtls_mpi *e, const mbedtls_mpi *d, mbedtls_mpi *p,
                   mbedtls_mpi *q)
{
    mbedtls_mpi sum, product;
    mbedtls_mpi_init(&sum);
    mbedtls_mpi_init(&product);
    int found = mbedtls_mpi_cmp_int(n, 0) > 0 && sum_of_factors(&sum, n, e, d) == 0 &&
                mbedtls_mpi_cmp_int(&sum, 0) > 0 && roots(p, q, &sum, n) == 0 &&
                mbedtls_mpi_mul_mpi(&product, p, q) == 0 && mbedtls_mpi_cmp_mpi(&product, n) == 0 &&
                mbedtls_mpi_cmp_int(q, 1) > 0;
    if (!found) {
        mbedtls_mpi_free(p);
        mbedtls_mpi_free(q);
    }
    mbedtls_mpi_free(&sum);
    mbedtls_mpi_free(&product);
    return found;
}
