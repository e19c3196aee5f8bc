// SPDX-License-Identifier: MIT
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "measure.h"
#include "tpm.h"

#define HEADER 10
#define RC_RETRY 0x922
#define MOST_TRIES 4
#define OWNER 0x40000001u
#define PASSWORD 0x40000009u
#define NULL_HIERARCHY 0x40000007u

enum {
    STARTUP = 0x144,
    GET_RANDOM = 0x17b,
    PCR_EXTEND = 0x182,
    HASH = 0x17d,
    CREATE_PRIMARY = 0x131,
    SIGN = 0x15d,
    ECDH_ZGEN = 0x154,
    FLUSH = 0x165,
    PCR_READ = 0x17e
};
enum {
    SESSIONS = 0x8002,
    NO_SESSIONS = 0x8001,
    SHA256 = 0x0b,
    NONE = 0x10,
    RSASSA = 0x14,
    ECDSA = 0x18,
    P256 = 3
};
/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth; sign or decrypt
#define SIGNS 0x00040072u
#define DECRYPTS 0x00020072u

/// The generator of P-256: SEC 2.
static const uint8_t generator[2][32] = {
    {0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6,
     0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb,
     0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96},
    {0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
     0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31,
     0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5}};

static uint8_t command[TPM_MOST], response[TPM_MOST];
static size_t used;
static uint32_t signer_ecc, signer_rsa, exchanger; ///< handles of loaded keys
static uint16_t number;                            ///< makes each RSA key another one

static void put(uint32_t value, unsigned bytes)
{
    while (bytes-- > 0) {
        command[used++] = (uint8_t)(value >> (8 * bytes));
    }
}

static void put_bytes(const uint8_t *bytes, size_t size)
{
    put((uint32_t)size, 2);
    memcpy(command + used, bytes, size);
    used += size;
}

static void begin(uint32_t tag, uint32_t code)
{
    used = 0;
    put(tag, 2);
    put(0, 4);
    put(code, 4);
}

/// The authorization by the empty password.
static void put_authorization(void)
{
    put(9, 4);
    put(PASSWORD, 4);
    put(0, 2);
    put(0, 1);
    put(0, 2);
}

static uint32_t get32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

/// Does the command, again where the TPM tests its algorithms first. Returns 0, or -1 with errno if
/// it failed.
static int finish(void)
{
    const size_t size = used;
    used = 2;
    put((uint32_t)size, 4);
    for (unsigned tries = 0; tries < MOST_TRIES; tries++) {
        const uint32_t code =
            tpm_execute(0, command, size, response) < HEADER ? ~0u : get32(response + 6);
        if (code != RC_RETRY) {
            errno = EIO;
            return code == 0 ? 0 : -1;
        }
    }
    errno = EIO;
    return -1;
}

static int start(void)
{
    begin(NO_SESSIONS, STARTUP);
    put(0, 2);
    return finish();
}

static int get_random(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        begin(NO_SESSIONS, GET_RANDOM);
        put(32, 2);
        result = finish();
    }
    return result;
}

static int pcr_extend(unsigned count)
{
    static const uint8_t digest[32] = {1};
    int result = 0;
    while (result == 0 && count-- > 0) {
        begin(SESSIONS, PCR_EXTEND);
        put(16, 4);
        put_authorization();
        put(1, 4);
        put(SHA256, 2);
        memcpy(command + used, digest, sizeof(digest));
        used += sizeof(digest);
        result = finish();
    }
    return result;
}

static int pcr_read(unsigned count)
{
    size_t size;
    int result = 0;
    while (result == 0 && count-- > 0) {
        (void)commands_read(&size);
        result = finish();
    }
    return result;
}

static int hash(unsigned count)
{
    static const uint8_t data[1024] = {1};
    int result = 0;
    while (result == 0 && count-- > 0) {
        begin(NO_SESSIONS, HASH);
        put_bytes(data, sizeof(data));
        put(SHA256, 2);
        put(NULL_HIERARCHY, 4);
        result = finish();
    }
    return result;
}

static int flush(uint32_t handle)
{
    begin(NO_SESSIONS, FLUSH);
    put(handle, 4);
    return finish();
}

/// Makes a primary key; its handle, or 0.
static uint32_t create(bool rsa, uint32_t attributes, uint16_t unique)
{
    begin(SESSIONS, CREATE_PRIMARY);
    put(OWNER, 4);
    put_authorization();
    put(4, 2); // no password, no data
    put(0, 4);
    const size_t length_at = used;
    put(0, 2);
    put(rsa ? 0x0001 : 0x0023, 2);
    put(SHA256, 2);
    put(attributes, 4);
    put(0, 2);
    put(NONE, 2); // no symmetric algorithm
    put(NONE, 2); // no scheme
    if (rsa) {
        put(2048, 2);
        put(0, 4); // the usual exponent
        put(2, 2);
        put(unique, 2);
    } else {
        put(P256, 2);
        put(NONE, 2); // no key derivation
        put(2, 2);
        put(unique, 2);
        put(0, 2);
    }
    const size_t end = used;
    used = length_at;
    put((uint32_t)(end - length_at - 2), 2);
    used = end;
    put(0, 2); // no outside information
    put(0, 4); // no PCR
    return finish() == 0 ? get32(response + HEADER) : 0;
}

static int create_ecc(unsigned count)
{
    while (count-- > 0) {
        const uint32_t handle = create(false, SIGNS, number++);
        if (handle == 0 || flush(handle) != 0) {
            return -1;
        }
    }
    return 0;
}

static int create_rsa(unsigned count)
{
    while (count-- > 0) {
        const uint32_t handle = create(true, SIGNS, number++);
        if (handle == 0 || flush(handle) != 0) {
            return -1;
        }
    }
    return 0;
}

static int sign(uint32_t key, uint16_t scheme)
{
    static const uint8_t digest[32] = {1};
    begin(SESSIONS, SIGN);
    put(key, 4);
    put_authorization();
    put_bytes(digest, sizeof(digest));
    put(scheme, 2);
    put(SHA256, 2);
    put(0x8024, 2); // no ticket: the key may sign anything
    put(NULL_HIERARCHY, 4);
    put(0, 2);
    return finish();
}

static int ecdsa_sign(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        result = sign(signer_ecc, ECDSA);
    }
    return result;
}

static int rsa_sign(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        result = sign(signer_rsa, RSASSA);
    }
    return result;
}

static int ecdh(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        begin(SESSIONS, ECDH_ZGEN);
        put(exchanger, 4);
        put_authorization();
        put(68, 2);
        put_bytes(generator[0], sizeof(generator[0]));
        put_bytes(generator[1], sizeof(generator[1]));
        result = finish();
    }
    return result;
}

const uint8_t *commands_read(size_t *size)
{
    begin(NO_SESSIONS, PCR_READ);
    put(1, 4);
    put(SHA256, 2);
    put(3, 1);
    put(1, 3); // PCR 16
    *size = used;
    const size_t end = used;
    used = 2;
    put((uint32_t)end, 4);
    used = end;
    return command;
}

bool commands_start(const char *directory, bool same_seeds)
{
    system_same_random(same_seeds);
    const bool good =
        tpm_open(directory) == 0 && tpm_power_on() == 0 && start() == 0 && get_random(1) == 0;
    system_same_random(false);
    return good;
}

int commands_measure(void)
{
    static const struct operation symmetric[] = {
        {.name = "get_random", .count = 40, .run = get_random},
        {.name = "pcr_extend", .count = 40, .run = pcr_extend},
        {.name = "pcr_read", .count = 40, .run = pcr_read},
        {.name = "hash", .count = 40, .run = hash},
        {.name = "create_ecc", .count = 4, .run = create_ecc},
        {.name = NULL},
    };
    static const struct operation asymmetric[] = {
        {.name = "ecdsa_sign", .count = 8, .run = ecdsa_sign},
        {.name = "ecdh", .count = 8, .run = ecdh},
        {.name = "rsa_sign", .count = 4, .run = rsa_sign},
        {.name = NULL},
    };
    static const struct operation slow[] = {
        {.name = "create_rsa", .count = 1, .run = create_rsa},
        {.name = NULL},
    };
    if (measure_all(symmetric) != 0) {
        return -1;
    }
    signer_ecc = create(false, SIGNS, 0);
    exchanger = create(false, DECRYPTS, 0);
    signer_rsa = create(true, SIGNS, 0);
    number = 1;
    return signer_ecc != 0 && exchanger != 0 && signer_rsa != 0 && measure_all(asymmetric) == 0 &&
                   flush(signer_rsa) == 0 && measure_all(slow) == 0
               ? 0
               : -1;
}
