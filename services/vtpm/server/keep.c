// SPDX-License-Identifier: MIT
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "state.h"
#include "stream.h"

#define HEAD 20
#define NAME_MOST 31
#define WAIT_MS 10000 ///< until the keeper is there

enum operation {
    WRITE = 1,
    REMOVE = 2,
};

static int stream = -1;
static bool failed;
static uint32_t number; ///< of the last request

static bool fail(const char *name, const char *why)
{
    if (!failed) {
        (void)fprintf(stderr, "vtpm: %s: %s\n", name, why);
    }
    failed = true;
    errno = EIO;
    return false;
}

int keep_open(const char *path)
{
    stream = open(path, O_RDWR | O_CLOEXEC);
    if (stream < 0) {
        (void)fprintf(stderr, "vtpm: cannot open %s: %s\n", path, strerror(errno));
        return -1;
    }
    struct pollfd ready = {.fd = stream, .events = POLLOUT};
    if (poll(&ready, 1, WAIT_MS) != 1 || (ready.revents & POLLOUT) == 0) {
        (void)fprintf(stderr, "vtpm: nobody keeps files at %s\n", path);
        return -1;
    }
    return 0;
}

/// Sends what a request begins with.
static bool begin(enum operation operation, const char *name, size_t size)
{
    uint8_t head[HEAD + NAME_MOST] = {'C', 'K', 'E', 'P'};
    const size_t length = strlen(name);
    if (failed) {
        return fail(name, "");
    }
    if (length == 0 || length > NAME_MOST || size > UINT32_MAX) {
        return fail(name, "cannot be kept under this name, or with this size");
    }
    stream_put32(head + 4, ++number);
    stream_put32(head + 8, operation);
    stream_put32(head + 12, (uint32_t)length);
    stream_put32(head + 16, (uint32_t)size);
    memcpy(head + HEAD, name, length);
    return stream_write(stream, head, HEAD + length) || fail(name, "the keeper of files has gone");
}

/// Waits for the answer to the request: nothing that the other end says makes of it more than yes
/// or no.
static bool acknowledged(const char *name)
{
    uint32_t answered, status;
    if (!stream_read32(stream, &answered) || !stream_read32(stream, &status)) {
        return fail(name, "the keeper of files has gone");
    }
    if (answered != number || status != 0) {
        return fail(name, "the keeper of files could not keep it");
    }
    return true;
}

bool keep_write(const char *name, const uint8_t *header, const uint8_t *data, size_t size)
{
    const size_t before = header != NULL ? STATE_HEADER : 0;
    if (stream < 0) {
        return true;
    }
    if (!begin(WRITE, name, before + size)) {
        return false;
    }
    if (!stream_write(stream, header, before) || !stream_write(stream, data, size)) {
        return fail(name, "the keeper of files has gone");
    }
    return acknowledged(name);
}

bool keep_remove(const char *name)
{
    return stream < 0 || (begin(REMOVE, name, 0) && acknowledged(name));
}
