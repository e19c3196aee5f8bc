// SPDX-License-Identifier: MIT
// Inputs for big numbers, hashes and ciphers.
#include "compare.h"

#define ONE_BLOCK 64 ///< bytes, of SHA-256

static void compare_powers(struct bytes *in, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        size_t most = i % 10 == 0 ? 256 : 64;
        random_number(&in[0], most);
        random_number(&in[1], most / 2);
        random_number(&in[2], most);
        if (i % 5 == 1) { // the sizes of RSA's factors, and ones all over at times
            random_bytes(&in[2], i % 3 == 0 ? 192 : 128);
            memset(in[2].data, 0xff, (size_t)random_below(2) * (size_t)random_below(in[2].size));
            random_bytes(&in[0], (size_t)random_below(in[2].size + 1));
            memset(in[0].data, 0xff,
                   (size_t)random_below(2) * (size_t)random_below(in[0].size + 1));
        }
        if (in[2].size == 0) {
            random_bytes(&in[2], 1);
        }
        in[2].data[in[2].size - 1] |= 1;
        (void)same("BN_mod_exp", in);
    }
}

void compare_numbers(unsigned scale)
{
    static struct bytes in[MOST_INPUTS];
    for (unsigned i = 0; i < 3000 * scale; i++) {
        random_number(&in[0], 300);
        random_number(&in[1], 300);
        (void)same("BN_mul", in);
        (void)same("BN_div", in);
        (void)same("BN_simple", in);
    }
    for (unsigned i = 0; i < 2000 * scale; i++) {
        random_number(&in[0], 72);
        random_number(&in[1], 66);
        (void)same("BN_mod_inverse", in);
    }
    compare_powers(in, 1500 * scale);
}

/// Hashes of at most about `most` bytes.
static void compare_hashes(struct bytes *in, uint64_t most)
{
    random_bytes(&in[0], (size_t)random_below(random_below(4) == 0 ? most : 260));
    random_bytes(&in[1], 2);
    (void)same("SHA1", in);
    (void)same("SHA256", in);
    (void)same("SHA384", in);
    (void)same("SHA512", in);
}

void compare_ways(unsigned scale)
{
    static struct bytes in[MOST_INPUTS];
    for (unsigned i = 0; i < 2000 * scale; i++) {
        compare_hashes(in, MOST_BYTES);
    }
    for (unsigned size = 0; size < 400; size++) { // each length, cut anywhere
        random_bytes(&in[0], size);
        random_bytes(&in[1], 2);
        (void)same("SHA256", in);
    }
    for (unsigned i = 0; i < 300 * scale; i++) { // the length whose padding is a constant
        random_bytes(&in[0], ONE_BLOCK);
        random_bytes(&in[1], 2);
        (void)same("SHA256", in);
    }
    compare_powers(in, 500 * scale);
}

void compare_symmetric(unsigned scale)
{
    static struct bytes in[MOST_INPUTS];
    for (unsigned i = 0; i < 4000 * scale; i++) {
        compare_hashes(in, 700);
        random_bytes(&in[0], 16 + 8 * (size_t)random_below(3));
        random_bytes(&in[1], 16);
        (void)same("AES block", in);
        (void)same("Camellia block", in);
        random_bytes(&in[0], 24);
        (void)same("DES block", in);
    }
    for (unsigned i = 0; i < 12000 * scale; i++) {
        random_bytes(&in[0], 2);
        random_bytes(&in[1], 32);
        random_bytes(&in[2], 16);
        if (random_below(4) == 0) {
            memset(in[2].data, 0xff, in[2].size); // a counter that overflows
        }
        random_bytes(&in[3], random_below(2) == 0 ? 16 * (size_t)random_below(20)
                                                  : (size_t)random_below(300));
        random_bytes(&in[4], 1);
        (void)same("EVP cipher", in);
    }
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (unsigned i = 0; i < 1000 * scale; i++) {
        random_bytes(&in[0], 4 * (1 + (size_t)random_below(60)));
        for (size_t j = 0; j < in[0].size; j++) {
            in[0].data[j] = (unsigned char)digits[in[0].data[j] % 64];
        }
        if (random_below(3) == 0) {
            // 16 bits in three digits: the last two bits must be 0 and are not looked at by
            // everyone
            in[0].data[in[0].size - 1] = '=';
            in[0].data[in[0].size - 2] = 'A';
        }
        (void)same("base64", in);
    }
}
