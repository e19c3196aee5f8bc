// SPDX-License-Identifier: MIT
// Random bytes from the kernel.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRND_NONBLOCK 0x1
#define GRND_RANDOM 0x2

/// Fill buffer with length random bytes; never blocks. Returns the count, or -1 with errno.
ssize_t getrandom(void *__buffer, size_t __length, unsigned int __flags);

/// Fill buffer with length (<= 256) random bytes. Returns 0, or -1 with errno.
int getentropy(void *__buffer, size_t __length);

#ifdef __cplusplus
}
#endif
