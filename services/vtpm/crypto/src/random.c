// SPDX-License-Identifier: MIT
#include "facade.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include <openssl/rand.h>

/// What one call of getentropy() gives at most.
#define MOST_AT_ONCE 256

void facade_abort(const char *what)
{
    (void)fprintf(stderr, "vtpm: %s; the TPM cannot go on\n", what);
    abort();
}

int RAND_bytes(unsigned char *buf, int num)
{
    if (num < 0) {
        facade_abort("a negative number of random bytes was asked for");
    }
    for (size_t done = 0; done < (size_t)num;) {
        size_t piece = (size_t)num - done;
        piece = piece < MOST_AT_ONCE ? piece : MOST_AT_ONCE;
        if (getentropy(buf + done, piece) != 0) {
            facade_abort("the kernel gives no random numbers");
        }
        done += piece;
    }
    return 1;
}

int facade_random(void *unused, unsigned char *output, size_t length)
{
    (void)unused;
    if (length > MBEDTLS_MPI_MAX_SIZE) {
        return MBEDTLS_ERR_MPI_BAD_INPUT_DATA;
    }
    return RAND_bytes(output, (int)length) == 1 ? 0 : MBEDTLS_ERR_MPI_BAD_INPUT_DATA;
}
