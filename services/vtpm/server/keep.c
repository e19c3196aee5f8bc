// SPDX-License-Identifier: MIT
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <mbedtls/platform_util.h>

#include "state.h"
#include "stream.h"

#define HEAD 20
#define NAME_MOST 31
#define FRAME 4096      ///< a port takes as many bytes in one step: they are sent, or they are not
#define READ_PART 65536 ///< bytes of an answer to READ; fewer are the file's last
#define NO_FILE 2       ///< the status that says so
#define WAIT_MS 10000   ///< until the keeper is there
#define NONCE 16
#define MARK (8 + NONCE)    ///< bytes of an answer to BEGIN
#define OLD_MOST (1u << 20) ///< bytes of answers to another process before it

enum operation {
    WRITE = 1,
    REMOVE = 2,
    READ = 3,
    PART = 4,
    BEGIN = 5,
};

static int stream = -1;
static bool failed, is_source;
static uint32_t number; ///< of the last request
static uint8_t frame[FRAME];
static size_t frame_size;

static bool fail(const char *name, const char *why)
{
    if (!failed) {
        (void)fprintf(stderr, "vtpm: %s: %s\n", name[0] != 0 ? name : "the start", why);
    }
    failed = true;
    errno = EIO;
    return false;
}

bool keep_is_source(void)
{
    return is_source;
}

// --- sending ---

/// Begins a request, or the next part of it.
static void start_frame(enum operation operation, const char *name)
{
    const size_t length = strlen(name);
    memcpy(frame, "CKEP", 4);
    stream_put32(frame + 4, number);
    stream_put32(frame + 8, operation);
    stream_put32(frame + 12, (uint32_t)length);
    memcpy(frame + HEAD, name, length);
    frame_size = HEAD + length;
}

/// Sends it by one call, so that a process that is killed leaves no half of it.
static bool send_frame(const char *name)
{
    stream_put32(frame + 16, (uint32_t)(frame_size - HEAD - strlen(name)));
    const bool sent = stream_write(stream, frame, frame_size);
    mbedtls_platform_zeroize(frame, frame_size);
    return sent || fail(name, "the keeper of files has gone");
}

/// Puts data into the request; what does not fit goes ahead as parts.
static bool add(const char *name, const uint8_t *data, size_t size)
{
    while (size > 0) {
        if (frame_size == FRAME) {
            stream_put32(frame + 8, PART);
            if (!send_frame(name)) {
                return false;
            }
            start_frame(WRITE, name);
        }
        const size_t room = FRAME - frame_size;
        const size_t now = size < room ? size : room;
        memcpy(frame + frame_size, data, now);
        frame_size += now;
        data += now;
        size -= now;
    }
    return true;
}

/// Begins a request with a number of its own.
static bool begin(enum operation operation, const char *name)
{
    if (failed) {
        return fail(name, "");
    }
    if (strlen(name) > NAME_MOST) {
        return fail(name, "cannot be kept under this name");
    }
    number++;
    start_frame(operation, name);
    return true;
}

// --- beginning ---

/// Reads what there is, and keeps the last MARK bytes in `last`. Returns the number of bytes, 0 if
/// none come.
static size_t read_on(uint8_t *last)
{
    uint8_t bytes[1024];
    struct pollfd ready = {.fd = stream, .events = POLLIN};
    ssize_t got = poll(&ready, 1, WAIT_MS) == 1 ? read(stream, bytes, sizeof(bytes)) : 0;
    if (got <= 0) {
        return 0;
    }
    const size_t now = (size_t)got < MARK ? (size_t)got : MARK;
    memmove(last, last + now, MARK - now);
    memcpy(last + MARK - now, bytes + got - now, now);
    return (size_t)got;
}

/// Has the keeper forget parts of another process before this one, and reads over what it has
/// answered that one: the answer to this is the last thing that comes, and nobody but the keeper
/// knew before what it is.
static bool begin_anew(void)
{
    uint8_t mark[MARK] = {0}, last[MARK] = {0};
    if (getentropy(mark + 8, NONCE) != 0 || !begin(BEGIN, "")) {
        return false;
    }
    stream_put32(mark, number);
    if (!add("", mark + 8, NONCE) || !send_frame("")) {
        return false;
    }
    for (size_t total = 0; total <= OLD_MOST;) {
        const size_t got = read_on(last);
        if (got == 0) {
            return false;
        }
        if (memcmp(last, mark, MARK) == 0) {
            return true;
        }
        total += got;
    }
    return false;
}

int keep_open(const char *path, bool source)
{
    is_source = source;
    stream = open(path, O_RDWR | O_CLOEXEC);
    if (stream < 0) {
        (void)fprintf(stderr, "vtpm: cannot open %s: %s\n", path, strerror(errno));
        return -1;
    }
    struct pollfd ready = {.fd = stream, .events = POLLOUT};
    if (poll(&ready, 1, WAIT_MS) != 1 || (ready.revents & POLLOUT) == 0 || !begin_anew()) {
        (void)fprintf(stderr, "vtpm: nobody keeps files at %s\n", path);
        return -1;
    }
    return 0;
}

bool keep_has_failed(void)
{
    return failed;
}

bool keep_again(void)
{
    failed = false;
    return begin_anew() || fail("", "the keeper of files does not begin anew");
}

// --- requests ---

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
    return begin(WRITE, name) && add(name, header, before) && add(name, data, size) &&
           send_frame(name) && acknowledged(name);
}

bool keep_remove(const char *name)
{
    return stream < 0 || (begin(REMOVE, name) && send_frame(name) && acknowledged(name));
}

/// Asks for what a file has from `at` on. Returns whether there is an answer: *there says whether
/// there is such a file, *part how many of its bytes follow in the stream.
static bool ask_part(const char *name, size_t at, bool *there, uint32_t *part)
{
    uint8_t offset[4];
    uint32_t answered, status;
    stream_put32(offset, (uint32_t)at);
    if (!begin(READ, name) || !add(name, offset, sizeof(offset)) || !send_frame(name)) {
        return false;
    }
    if (!stream_read32(stream, &answered) || !stream_read32(stream, &status)) {
        return fail(name, "the keeper of files has gone");
    }
    *there = status != NO_FILE || at != 0;
    if (answered != number || (status != 0 && *there)) {
        return fail(name, "the keeper of files cannot give it back");
    }
    return !*there || stream_read32(stream, part) || fail(name, "the keeper of files has gone");
}

bool keep_read(const char *name, uint8_t *to, size_t room, size_t *size, bool *there)
{
    uint32_t part = READ_PART;
    *size = 0;
    *there = true;
    while (part == READ_PART) {
        if (!ask_part(name, *size, there, &part)) {
            return false;
        }
        if (!*there) {
            return true;
        }
        if (part > READ_PART || part > room - *size) {
            return fail(name, "what the keeper has of it is too long");
        }
        if (!stream_read(stream, to + *size, part)) {
            return fail(name, "the keeper of files has gone");
        }
        *size += part;
    }
    return true;
}
