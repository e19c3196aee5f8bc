// SPDX-License-Identifier: MIT
#include "sha256.h"

#include <string.h>

#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/sha256.h>

#include "cpu.h"

const sha256_quad facade_sha256_constants[SHA256_QUADS] = {
    SHA256_QUAD(0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5),
    SHA256_CONSTANTS_4_TO_11,
    SHA256_QUAD(0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174),
    SHA256_QUAD(0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc),
    SHA256_QUAD(0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da),
    SHA256_QUAD(0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7),
    SHA256_QUAD(0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967),
    SHA256_QUAD(0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13),
    SHA256_QUAD(0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85),
    SHA256_QUAD(0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3),
    SHA256_QUAD(0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070),
    SHA256_QUAD(0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5),
    SHA256_QUAD(0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3),
    SHA256_QUAD(0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208),
    SHA256_QUAD(0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2)};

/// mbedTLS's function of one block. Not in facade_sha256(), which would make room for the context.
static __attribute__((noinline)) int portable(uint32_t value[SHA256_WORDS],
                                              const unsigned char *blocks, size_t count)
{
    mbedtls_sha256_context m;
    int error = 0;
    mbedtls_sha256_init(&m);
    memcpy(m.state, value, sizeof(m.state));
    for (; error == 0 && count > 0; count--, blocks += SHA256_BLOCK) {
        error = mbedtls_internal_sha256_process(&m, blocks);
    }
    memcpy(value, m.state, sizeof(m.state));
    mbedtls_sha256_free(&m);
    return error;
}

int facade_sha256(uint32_t value[SHA256_WORDS], const unsigned char *blocks, size_t count)
{
    const unsigned cpu = facade_cpu();
    if ((cpu & CPU_SHA) != 0) {
        facade_sha256_ni(value, blocks, count);
        return 0;
    }
    if ((cpu & CPU_AVX2) != 0) {
        facade_sha256_avx2(value, blocks, count);
        return 0;
    }
    return portable(value, blocks, count);
}

int facade_sha256_padding(uint32_t value[SHA256_WORDS])
{
    static const unsigned char padding[SHA256_BLOCK] = {0x80, [SHA256_BLOCK - 2] = 2};
    if ((facade_cpu() & (CPU_SHA | CPU_AVX2)) == CPU_AVX2) {
        facade_sha256_avx2_padding(value);
        return 0;
    }
    return facade_sha256(value, padding, 1);
}
