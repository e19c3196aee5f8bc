// SPDX-License-Identifier: MIT
// Powers modulo an odd number.
#pragma once

#include <assert.h>
#include <stdbool.h>

#include "facade.h"

/// Whether facade_raise() takes these: none negative, an odd modulus above 1 and of at most
/// MBEDTLS_MPI_MAX_SIZE bytes, base below it.
bool facade_can_raise(const mbedtls_mpi *base, const mbedtls_mpi *exponent, const mbedtls_mpi *n);

/// r = base^exponent modulo n, for what facade_can_raise(). r may be one of the others. Time
/// depends on the numbers of limbs, on nothing else. Returns 0 or mbedTLS's error for no memory.
int facade_raise(mbedtls_mpi *r, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
                 const mbedtls_mpi *n);

/// The linker gives mbedTLS's RSA the first of these for mbedtls_mpi_exp_mod(), --wrap; the second
/// is mbedTLS's own.
int __wrap_mbedtls_mpi_exp_mod(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *E,
                               const mbedtls_mpi *N, mbedtls_mpi *prec_RR);
int __real_mbedtls_mpi_exp_mod(mbedtls_mpi *X, const mbedtls_mpi *A, const mbedtls_mpi *E,
                               const mbedtls_mpi *N, mbedtls_mpi *prec_RR);
