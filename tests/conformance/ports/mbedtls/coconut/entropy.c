// SPDX-License-Identifier: MIT
// The entropy source of Mbed TLS on COCONUT: the kernel's generator.

/// The library is compiled as plain C99, which has no getentropy().
#define _DEFAULT_SOURCE

#include <stddef.h>
#include <unistd.h>

#include <mbedtls/entropy.h>
#include <mbedtls/platform_util.h>

#include "entropy_poll.h"

/// What one call of getentropy() gives at most.
#define MOST_AT_ONCE 256

/// Fills `output` with `len` bytes of the kernel's generator and sets *olen to len. Returns 0, or
/// MBEDTLS_ERR_ENTROPY_SOURCE_FAILED with nothing left in the buffer. Any thread may call it.
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len, size_t *olen)
{
    (void)data;
    *olen = 0;
    for (size_t done = 0; done < len;) {
        size_t piece = len - done < MOST_AT_ONCE ? len - done : MOST_AT_ONCE;
        if (getentropy(output + done, piece) != 0) {
            mbedtls_platform_zeroize(output, len);
            return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
        }
        done += piece;
    }
    *olen = len;
    return 0;
}
