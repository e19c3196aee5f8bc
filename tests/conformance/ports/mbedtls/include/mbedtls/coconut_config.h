// SPDX-License-Identifier: MIT
// Options of Mbed TLS on COCONUT, added to its default configuration (MBEDTLS_USER_CONFIG_FILE).
#pragma once

/// Entropy comes from mbedtls_hardware_poll(), which the port adds to the library and which asks
/// the kernel.
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT

/// Tables of powers and of multiples of points: more memory for a moment, fewer multiplications.
#define MBEDTLS_MPI_WINDOW_SIZE 5
#define MBEDTLS_ECP_WINDOW_SIZE 5
