// SPDX-License-Identifier: MIT
#include "stream.h"

#include <errno.h>
#include <unistd.h>

bool stream_read(int stream, void *to, size_t size)
{
    for (uint8_t *at = to; size > 0;) {
        ssize_t got = read(stream, at, size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        at += got;
        size -= (size_t)got;
    }
    return true;
}

bool stream_write(int stream, const void *from, size_t size)
{
    for (const uint8_t *at = from; size > 0;) {
        ssize_t put = write(stream, at, size);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        at += put;
        size -= (size_t)put;
    }
    return true;
}

bool stream_read32(int stream, uint32_t *value)
{
    uint8_t bytes[4];
    if (!stream_read(stream, bytes, sizeof(bytes))) {
        return false;
    }
    *value =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return true;
}

void stream_put32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

bool stream_write32(int stream, uint32_t value)
{
    uint8_t bytes[4];
    stream_put32(bytes, value);
    return stream_write(stream, bytes, sizeof(bytes));
}
