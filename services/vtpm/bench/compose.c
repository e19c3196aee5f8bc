// SPDX-License-Identifier: MIT
#include "compose.h"

#include <errno.h>
#include <string.h>

#include "tpm.h"

#define HEADER 10
#define RC_RETRY 0x922
#define MOST_TRIES 4
#define PASSWORD 0x40000009u
#define CREATE_PRIMARY 0x131
#define SIGN 0x15d
#define HASH_CHECK 0x8024

static size_t (*execute)(uint8_t locality, const uint8_t *command, size_t size,
                         uint8_t *response) = tpm_execute;
static uint8_t command[TPM_MOST], response[TPM_MOST];
static size_t used;

void compose_for(size_t (*with)(uint8_t locality, const uint8_t *command, size_t size,
                                uint8_t *response))
{
    execute = with;
}

void compose(uint32_t value, unsigned bytes)
{
    while (bytes-- > 0) {
        command[used++] = (uint8_t)(value >> (8 * bytes));
    }
}

void compose_raw(const uint8_t *bytes, size_t size)
{
    memcpy(command + used, bytes, size);
    used += size;
}

void compose_bytes(const uint8_t *bytes, size_t size)
{
    compose((uint32_t)size, 2);
    compose_raw(bytes, size);
}

void compose_command(uint16_t tag, uint32_t code)
{
    used = 0;
    compose(tag, 2);
    compose(0, 4);
    compose(code, 4);
}

void compose_password(void)
{
    compose(9, 4);
    compose(PASSWORD, 4);
    compose(0, 2);
    compose(0, 1);
    compose(0, 2);
}

/// Puts a number over what stands at a place.
static void put_at(size_t at, uint32_t value, unsigned bytes)
{
    const size_t end = used;
    used = at;
    compose(value, bytes);
    used = end;
}

const uint8_t *composed(size_t *size)
{
    put_at(2, (uint32_t)used, 4);
    *size = used;
    return command;
}

static uint32_t get32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

uint32_t compose_answer(size_t at)
{
    return get32(response + HEADER + at);
}

uint32_t compose_code(void)
{
    size_t size;
    uint32_t code = RC_RETRY;
    (void)composed(&size);
    for (unsigned tries = 0; code == RC_RETRY && tries < MOST_TRIES; tries++) {
        code = execute(0, command, size, response) < HEADER ? UINT32_MAX : get32(response + 6);
    }
    return code;
}

int compose_done(void)
{
    const uint32_t code = compose_code();
    errno = EIO;
    return code == 0 ? 0 : -1;
}

uint32_t compose_primary(uint16_t bits, uint32_t attributes, uint16_t unique)
{
    compose_command(SESSIONS, CREATE_PRIMARY);
    compose(OWNER, 4);
    compose_password();
    compose(4, 2); // no password, no data
    compose(0, 4);
    const size_t length_at = used;
    compose(0, 2);
    compose(bits != 0 ? 0x0001 : 0x0023, 2);
    compose(SHA256, 2);
    compose(attributes, 4);
    compose(0, 2);
    compose(NONE, 2); // no symmetric algorithm
    compose(NONE, 2); // no scheme
    if (bits != 0) {
        compose(bits, 2);
        compose(0, 4); // the usual exponent
        compose(2, 2);
        compose(unique, 2);
    } else {
        compose(P256, 2);
        compose(NONE, 2); // no key derivation
        compose(2, 2);
        compose(unique, 2);
        compose(0, 2);
    }
    put_at(length_at, (uint32_t)(used - length_at - 2), 2);
    compose(0, 2); // no outside information
    compose(0, 4); // no PCR
    return compose_done() == 0 ? compose_answer(0) : 0;
}

int compose_sign(uint32_t key, uint16_t scheme)
{
    static const uint8_t digest[32] = {1};
    compose_command(SESSIONS, SIGN);
    compose(key, 4);
    compose_password();
    compose_bytes(digest, sizeof(digest));
    compose(scheme, 2);
    compose(SHA256, 2);
    compose(HASH_CHECK, 2); // no ticket
    compose(NULL_HIERARCHY, 4);
    compose(0, 2);
    return compose_done();
}
