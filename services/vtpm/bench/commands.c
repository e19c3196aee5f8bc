// SPDX-License-Identifier: MIT
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "compose.h"
#include "measure.h"
#include "tpm.h"

enum {
    STARTUP = 0x144,
    GET_RANDOM = 0x17b,
    PCR_EXTEND = 0x182,
    HASH = 0x17d,
    ECDH_ZGEN = 0x154,
    FLUSH = 0x165,
    PCR_READ = 0x17e
};
/// The generator of P-256: SEC 2.
static const uint8_t generator[2][32] = {
    {0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6,
     0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb,
     0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96},
    {0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
     0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31,
     0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5}};

static uint32_t signer_ecc, signer_rsa, exchanger; ///< handles of loaded keys
static uint16_t number;                            ///< makes each RSA key another one

static int start(void)
{
    compose_command(NO_SESSIONS, STARTUP);
    compose(0, 2);
    return compose_done();
}

static int get_random(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        compose_command(NO_SESSIONS, GET_RANDOM);
        compose(32, 2);
        result = compose_done();
    }
    return result;
}

static int pcr_extend(unsigned count)
{
    static const uint8_t digest[32] = {1};
    int result = 0;
    while (result == 0 && count-- > 0) {
        compose_command(SESSIONS, PCR_EXTEND);
        compose(16, 4);
        compose_password();
        compose(1, 4);
        compose(SHA256, 2);
        compose_raw(digest, sizeof(digest));
        result = compose_done();
    }
    return result;
}

static int pcr_read(unsigned count)
{
    size_t size;
    int result = 0;
    while (result == 0 && count-- > 0) {
        (void)commands_read(&size);
        result = compose_done();
    }
    return result;
}

static int hash(unsigned count)
{
    static const uint8_t data[1024] = {1};
    int result = 0;
    while (result == 0 && count-- > 0) {
        compose_command(NO_SESSIONS, HASH);
        compose_bytes(data, sizeof(data));
        compose(SHA256, 2);
        compose(NULL_HIERARCHY, 4);
        result = compose_done();
    }
    return result;
}

static int flush(uint32_t handle)
{
    compose_command(NO_SESSIONS, FLUSH);
    compose(handle, 4);
    return compose_done();
}

static int create_ecc(unsigned count)
{
    while (count-- > 0) {
        const uint32_t handle = compose_primary(0, SIGNS, number++);
        if (handle == 0 || flush(handle) != 0) {
            return -1;
        }
    }
    return 0;
}

static int create_rsa(unsigned count)
{
    while (count-- > 0) {
        const uint32_t handle = compose_primary(2048, SIGNS, number++);
        if (handle == 0 || flush(handle) != 0) {
            return -1;
        }
    }
    return 0;
}

static int ecdsa_sign(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        result = compose_sign(signer_ecc, ECDSA);
    }
    return result;
}

static int rsa_sign(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        result = compose_sign(signer_rsa, RSASSA);
    }
    return result;
}

static int ecdh(unsigned count)
{
    int result = 0;
    while (result == 0 && count-- > 0) {
        compose_command(SESSIONS, ECDH_ZGEN);
        compose(exchanger, 4);
        compose_password();
        compose(68, 2);
        compose_bytes(generator[0], sizeof(generator[0]));
        compose_bytes(generator[1], sizeof(generator[1]));
        result = compose_done();
    }
    return result;
}

const uint8_t *commands_read(size_t *size)
{
    compose_command(NO_SESSIONS, PCR_READ);
    compose(1, 4);
    compose(SHA256, 2);
    compose(3, 1);
    compose(1, 3); // PCR 16
    return composed(size);
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
    signer_ecc = compose_primary(0, SIGNS, 0);
    exchanger = compose_primary(0, DECRYPTS, 0);
    signer_rsa = compose_primary(2048, SIGNS, 0);
    number = 1;
    return signer_ecc != 0 && exchanger != 0 && signer_rsa != 0 && measure_all(asymmetric) == 0 &&
                   flush(signer_rsa) == 0 && measure_all(slow) == 0
               ? 0
               : -1;
}
