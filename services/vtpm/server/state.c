// SPDX-License-Identifier: MIT
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <openssl/sha.h>

#include "keep.h"

#define VERSION 1u
#define DIGEST_AT 32
#define NAME_MOST 32

static const uint8_t magic[8] = {'C', 'O', 'C', 'O', 'V', 'T', 'P', 'M'};
static int directory = -1;
static bool differ; ///< the files here may not be the keeper's

static const char *name_of(enum state_kind kind)
{
    return kind == STATE_PERMANENT ? "permanent.state" : "volatile.state";
}

static enum state_result complain(const char *name, const char *why)
{
    (void)fprintf(stderr, "vtpm: %s: %s\n", name, why);
    return STATE_REFUSED;
}

static enum state_result refuse(enum state_kind kind, const char *why)
{
    return complain(name_of(kind), why);
}

static uint32_t get32(const uint8_t *from)
{
    return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static void put32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> (8 * i));
    }
}

/// The digest of the header before it and of the body, by the facade: it has the processor's way,
/// and a state is hashed at each start and each time it changes. Returns 0, or -1 for an error.
static int digest(const uint8_t *header, const uint8_t *body, size_t size, uint8_t result[32])
{
    SHA256_CTX context;
    const bool done = SHA256_Init(&context) == 1 &&
                      SHA256_Update(&context, header, DIGEST_AT) == 1 &&
                      SHA256_Update(&context, body, size) == 1;
    return SHA256_Final(result, &context) == 1 && done ? 0 : -1; // which wipes the context
}

/// Reads exactly `size` bytes.
static bool read_all(int file, uint8_t *to, size_t size)
{
    while (size > 0) {
        ssize_t got = read(file, to, size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        to += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_all(int file, const uint8_t *from, size_t size)
{
    while (size > 0) {
        ssize_t put = write(file, from, size);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        from += put;
        size -= (size_t)put;
    }
    return true;
}

/// Why a header of a file of `length` bytes is no good; NULL if it is.
static const char *header_fault(const uint8_t *header, enum state_kind kind, uint64_t length)
{
    if (memcmp(header, magic, sizeof(magic)) != 0) {
        return "is not a state of this TPM; nothing was changed";
    }
    uint32_t version = get32(header + 8);
    if (version > VERSION) {
        return "was written by a newer version; start that one, nothing was "
               "changed";
    }
    if (version < VERSION) {
        return "was written by an older version that cannot be read; nothing was "
               "changed";
    }
    if (get32(header + 12) != (uint32_t)kind) {
        return "holds the other kind of state; nothing was changed";
    }
    if (get32(header + 16) != length - STATE_HEADER || get32(header + 20) != 0 ||
        get32(header + 24) != 0 || get32(header + 28) != 0) {
        return "is truncated or damaged: its length is not the one it says; "
               "nothing was changed";
    }
    return NULL;
}

static enum state_result load_file(int file, enum state_kind kind, uint8_t **data, size_t *size)
{
    struct stat about;
    uint8_t header[STATE_HEADER], expected[32];
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        return refuse(kind, "is not a file");
    }
    if (about.st_size <= STATE_HEADER || about.st_size > STATE_HEADER + (off_t)STATE_MOST) {
        return refuse(kind, "is truncated or too long; nothing was changed");
    }
    size_t length = (size_t)about.st_size - STATE_HEADER;
    if (!read_all(file, header, sizeof(header))) {
        return refuse(kind, "cannot be read");
    }
    const char *fault = header_fault(header, kind, (uint64_t)about.st_size);
    if (fault != NULL) {
        return refuse(kind, fault);
    }
    uint8_t *body = malloc(length);
    if (body == NULL || !read_all(file, body, length)) {
        free(body);
        return refuse(kind, "cannot be read whole");
    }
    if (digest(header, body, length, expected) != 0 ||
        memcmp(expected, header + DIGEST_AT, sizeof(expected)) != 0) {
        free(body);
        return refuse(kind, "is damaged: its digest is not the one it says; nothing was changed");
    }
    *data = body;
    *size = length;
    return STATE_OK;
}

enum state_result state_load(enum state_kind kind, uint8_t **data, size_t *size)
{
    int file = openat(directory, name_of(kind), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 && errno != ENOENT) {
        return refuse(kind, strerror(errno));
    }
    if (file < 0) {
        const bool alone = kind == STATE_PERMANENT && faccessat(directory, name_of(STATE_VOLATILE),
                                                                F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        return alone ? refuse(kind, "is missing, and volatile.state is there; nothing was changed")
                     : STATE_ABSENT;
    }
    enum state_result result = load_file(file, kind, data, size);
    (void)close(file);
    return result;
}

/// Writes a whole file, makes it last, and lets the old one go.
static bool write_here(const char *name, const uint8_t *header, const uint8_t *data, size_t size)
{
    char fresh[NAME_MOST];
    (void)snprintf(fresh, sizeof(fresh), "%s.new", name);
    int file =
        openat(directory, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return false;
    }
    bool done = (header == NULL || write_all(file, header, STATE_HEADER)) &&
                write_all(file, data, size) && fsync(file) == 0;
    done = close(file) == 0 && done && renameat(directory, fresh, directory, name) == 0;
    if (!done) {
        const int why = errno;
        (void)unlinkat(directory, fresh, 0); // on a full disk it would take what others need
        errno = why;
    }
    return done && fsync(directory) == 0;
}

/// Removes a file that the keeper does not have. The state of a TPM stays: the keeper has lost it,
/// and a new TPM would be made in its place. Returns whether there is no such file any more.
static bool remove_here(const char *name)
{
    const bool stays = strcmp(name, name_of(STATE_PERMANENT)) == 0;
    if ((stays ? faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW)
               : unlinkat(directory, name, 0)) != 0) {
        return errno == ENOENT || complain(name, strerror(errno)) == STATE_OK;
    }
    return !stays ||
           complain(name, "the keeper has none, and there is one here; nothing was changed") ==
               STATE_OK;
}

/// Makes a file what the keeper has under its name. Returns whether that is so.
static bool fetch(const char *name)
{
    const size_t room = STATE_HEADER + STATE_MOST;
    uint8_t *data = malloc(room);
    size_t size;
    bool there;
    if (data == NULL) {
        return complain(name, strerror(errno)) == STATE_OK;
    }
    bool done = keep_read(name, data, room, &size, &there); // which says what is wrong
    if (done && !there) {
        done = remove_here(name);
    } else if (done) {
        done = write_here(name, NULL, data, size) || complain(name, strerror(errno)) == STATE_OK;
    }
    mbedtls_platform_zeroize(data, room);
    free(data);
    return done;
}

static bool fetch_all(void)
{
    return fetch(name_of(STATE_PERMANENT)) && fetch(name_of(STATE_VOLATILE)) &&
           fetch(STATE_AUTHORITY);
}

static bool make_header(enum state_kind kind, const uint8_t *data, size_t size, uint8_t *header)
{
    memset(header, 0, STATE_HEADER);
    memcpy(header, magic, sizeof(magic));
    put32(header + 8, VERSION);
    put32(header + 12, (uint32_t)kind);
    put32(header + 16, (uint32_t)size);
    return digest(header, data, size, header + DIGEST_AT) == 0;
}

/// Has the keeper have a state as it is here, if it is one. Where there is no permanent one, what
/// the keeper has may be a TPM, and stays. Returns whether that is so.
static bool send_state(enum state_kind kind)
{
    uint8_t header[STATE_HEADER];
    uint8_t *data;
    size_t size;
    enum state_result result = state_load(kind, &data, &size); // which says what is wrong
    if (result == STATE_ABSENT) {
        return kind == STATE_PERMANENT || keep_remove(name_of(kind));
    }
    if (result != STATE_OK) {
        return false;
    }
    const bool done =
        make_header(kind, data, size, header) && keep_write(name_of(kind), header, data, size);
    mbedtls_platform_zeroize(data, size);
    free(data);
    return done;
}

/// Reads a file that has no header, into what the caller frees.
static enum state_result read_published(const char *name, uint8_t **data, size_t *size)
{
    struct stat about;
    bool done = false;
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        return errno == ENOENT ? STATE_ABSENT : complain(name, strerror(errno));
    }
    *data = NULL;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
        about.st_size <= (off_t)STATE_MOST) {
        *size = (size_t)about.st_size;
        *data = malloc(*size);
        done = *data != NULL && read_all(file, *data, *size);
    }
    (void)close(file);
    if (!done) {
        free(*data);
        return complain(name, "cannot be read whole");
    }
    return STATE_OK;
}

static bool send_authority(void)
{
    uint8_t *data;
    size_t size;
    enum state_result result = read_published(STATE_AUTHORITY, &data, &size);
    if (result == STATE_ABSENT) {
        return keep_remove(STATE_AUTHORITY);
    }
    if (result != STATE_OK) {
        return false;
    }
    const bool done = keep_write(STATE_AUTHORITY, NULL, data, size);
    free(data);
    return done;
}

static bool send_all(void)
{
    return send_state(STATE_PERMANENT) && send_state(STATE_VOLATILE) && send_authority();
}

int state_recover(void)
{
    differ = differ || keep_has_failed();
    if (differ && (!keep_has_failed() || keep_again())) {
        differ = !(keep_is_source() ? fetch_all() : send_all());
    }
    return differ ? -1 : 0;
}

int state_open(const char *path)
{
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) {
        (void)fprintf(stderr, "vtpm: cannot open the state directory %s: %s; make it first\n", path,
                      strerror(errno));
        return -1;
    }
    int lock = openat(directory, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
        (void)fprintf(stderr, "vtpm: the state directory %s cannot be locked: %s%s\n", path,
                      strerror(errno), errno == EWOULDBLOCK ? "; another TPM uses it" : "");
        return -1;
    }
    return !keep_is_source() || fetch_all() ? 0 : -1;
}

/// Writes a whole file at the keeper, and then here. If the keeper fails, what is here stays: a
/// command that failed is not found done with the next power; and a TPM that is only here is one
/// that the keeper has lost, and none that it never had.
static bool write_file(const char *name, const uint8_t *header, const uint8_t *data, size_t size)
{
    if (!keep_write(name, header, data, size)) {
        return false;
    }
    const bool done = write_here(name, header, data, size);
    differ = differ || !done; // where nobody keeps files, state_recover() only looks at them
    return done;
}

enum state_result state_store(enum state_kind kind, const uint8_t *data, size_t size)
{
    uint8_t header[STATE_HEADER];
    if (size == 0 || size > STATE_MOST) {
        return refuse(kind, "would be empty or too long; it was not written");
    }
    if (!make_header(kind, data, size, header)) {
        return refuse(kind, "no digest could be made of it; it was not written");
    }
    return write_file(name_of(kind), header, data, size) ? STATE_OK : refuse(kind, strerror(errno));
}

enum state_result state_publish(const char *name, const uint8_t *data, size_t size)
{
    return write_file(name, NULL, data, size) ? STATE_OK : complain(name, strerror(errno));
}

enum state_result state_digest(const char *name, uint8_t result[32])
{
    uint8_t *data;
    size_t size;
    enum state_result read = read_published(name, &data, &size);
    if (read != STATE_OK) {
        return read;
    }
    const bool done = mbedtls_sha256(data, size, result, 0) == 0;
    free(data);
    return done ? STATE_OK : complain(name, "cannot be hashed");
}

enum state_result state_delete(enum state_kind kind)
{
    // The keeper first: while it may still have it, it is not used up here, and can be sent again.
    const bool done = keep_remove(name_of(kind)) &&
                      (unlinkat(directory, name_of(kind), 0) == 0 || errno == ENOENT) &&
                      fsync(directory) == 0;
    return done ? STATE_OK : refuse(kind, strerror(errno));
}
