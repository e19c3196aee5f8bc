// SPDX-License-Identifier: MIT
// Powers modulo an odd number.
#pragma once

#include <assert.h>
#include <stdbool.h>

#include "facade.h"

/// Whether facade_raise() takes these: none negative, an odd modulus above 1 and of at most
/// MBEDTLS_MPI_MAX_SIZE bytes.
bool facade_can_raise(const mbedtls_mpi *base, const mbedtls_mpi *exponent, const mbedtls_mpi *n);

/// r = base^exponent modulo n, for what facade_can_raise(). r may be one of the others. Time
/// depends on the numbers of limbs and on n's number of bits, on nothing else. Returns 0 or
/// mbedTLS's error for no memory.
int facade_raise(mbedtls_mpi *r, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
                 const mbedtls_mpi *n);

/// r = 1/a modulo n for a prime n, as a^(n - 2), in a time of the same kind. r may be one of the
/// others. Returns 0, or an error with r as it was: no memory, or the power is no inverse, as for
/// most numbers that are not prime.
int facade_invert(mbedtls_mpi *r, const mbedtls_mpi *a, const mbedtls_mpi *n);

/// The linker gives mbedTLS's RSA the first of each of these pairs for the function of its name,
/// --wrap; the second is mbedTLS's own, for what the first does not take.
int __wrap_mbedtls_mpi_exp_mod(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *E,
                               const mbedtls_mpi *N, mbedtls_mpi *prec_RR);
int __real_mbedtls_mpi_exp_mod(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *E,
                               const mbedtls_mpi *N, mbedtls_mpi *prec_RR);
int __wrap_mbedtls_mpi_inv_mod_odd(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *N);
int __real_mbedtls_mpi_inv_mod_odd(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *N);
int __wrap_mbedtls_mpi_gcd_modinv_odd(mbedtls_mpi *G, mbedtls_mpi *I, const mbedtls_mpi *A,
                                      const mbedtls_mpi *N);
int __real_mbedtls_mpi_gcd_modinv_odd(mbedtls_mpi *G, mbedtls_mpi *I, const mbedtls_mpi *A,
                                      const mbedtls_mpi *N);
