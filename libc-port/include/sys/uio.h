// SPDX-License-Identifier: MIT
// Scatter and gather input and output.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct iovec {
    void *iov_base;
    size_t iov_len; /* bytes */
};

#define UIO_MAXIOV 1024

/// Read into, or write from, count (1..IOV_MAX) buffers in order. Returns bytes, or -1 with errno.
ssize_t readv(int __fd, const struct iovec *__vector, int __count);
ssize_t writev(int __fd, const struct iovec *__vector, int __count);

/// The same at an offset; the descriptor's position is neither used nor moved.
ssize_t preadv(int __fd, const struct iovec *__vector, int __count, off_t __offset);
ssize_t pwritev(int __fd, const struct iovec *__vector, int __count, off_t __offset);

#ifdef __cplusplus
}
#endif
