// SPDX-License-Identifier: MIT
// What takes a TPM the most memory: large keys, and everything it has room for, until it refuses.
#include "commands.h"

#include <errno.h>
#include <stdio.h>

#include "compose.h"

#define RSA_BITS 3072
#define HASH_SEQUENCE_START 0x186
#define START_AUTH_SESSION 0x176
#define CONTEXT_SAVE 0x162
#define NV_DEFINE 0x12a
#define NV_WRITE 0x137
#define RC_NV_SPACE 0x14bu
#define RC_OBJECT_MEMORY 0x902u
#define RC_SESSION_HANDLES 0x905u
#define NV_FIRST 0x01500000u
#define NV_ATTRIBUTES 0x02060006u // owner and password read and write; no dictionary attacks
#define NV_SIZE 2048
#define NV_PART 1024
#define LEAST_SESSIONS 32
#define LEAST_INDICES 8

/// Says what was not refused as it should be. Returns -1.
static int fail(const char *what, uint32_t code, unsigned count)
{
    (void)printf("E heavy %s: code %x after %u\n", what, (unsigned)code, count);
    errno = EIO;
    return -1;
}

/// Hash sequences until there is no room for another loaded object.
static int fill_objects(void)
{
    uint32_t code = 0;
    unsigned count = 0;
    for (; code == 0; count++) {
        compose_command(NO_SESSIONS, HASH_SEQUENCE_START);
        compose(0, 2);
        compose(SHA256, 2);
        code = compose_code();
    }
    return code == RC_OBJECT_MEMORY ? 0 : fail("objects", code, count);
}

static int save_context(uint32_t handle)
{
    compose_command(NO_SESSIONS, CONTEXT_SAVE);
    compose(handle, 4);
    return compose_done();
}

/// Sessions whose contexts are saved, until there is no handle for another.
static int fill_sessions(void)
{
    static const uint8_t nonce[16] = {1};
    for (unsigned count = 0;; count++) {
        compose_command(NO_SESSIONS, START_AUTH_SESSION);
        compose(NULL_HIERARCHY, 4);
        compose(NULL_HIERARCHY, 4);
        compose_bytes(nonce, sizeof(nonce));
        compose(0, 2);
        compose(0, 1); // HMAC
        compose(NONE, 2);
        compose(SHA256, 2);
        const uint32_t code = compose_code();
        if (code == RC_SESSION_HANDLES && count >= LEAST_SESSIONS) {
            return 0;
        }
        if (code != 0 || save_context(compose_answer(0)) != 0) {
            return fail("sessions", code, count);
        }
    }
}

static uint32_t define(uint32_t index)
{
    compose_command(SESSIONS, NV_DEFINE);
    compose(OWNER, 4);
    compose_password();
    compose(0, 2);
    compose(14, 2);
    compose(index, 4);
    compose(SHA256, 2);
    compose(NV_ATTRIBUTES, 4);
    compose(0, 2);
    compose(NV_SIZE, 2);
    return compose_code();
}

/// Indices, written to, until there is no room for another.
static int fill_nv(void)
{
    static const uint8_t part[NV_PART] = {1};
    for (unsigned count = 0;; count++) {
        const uint32_t code = define(NV_FIRST + count);
        if (code == RC_NV_SPACE && count >= LEAST_INDICES) {
            return 0;
        }
        if (code != 0) {
            return fail("indices", code, count);
        }
        for (unsigned at = 0; at < NV_SIZE; at += NV_PART) {
            compose_command(SESSIONS, NV_WRITE);
            compose(OWNER, 4);
            compose(NV_FIRST + count, 4);
            compose_password();
            compose_bytes(part, sizeof(part));
            compose(at, 2);
            if (compose_done() != 0) {
                return fail("writing", 0, count);
            }
        }
    }
}

int commands_heavy(void)
{
    const uint32_t key = compose_primary(RSA_BITS, SIGNS, 0);
    if (key == 0 || compose_sign(key, RSASSA) != 0 || save_context(key) != 0) {
        return fail("RSA", key, 0);
    }
    return fill_objects() == 0 && fill_sessions() == 0 && fill_nv() == 0 ? 0 : -1;
}
