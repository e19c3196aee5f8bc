// SPDX-License-Identifier: MIT
// pkg-config: libsodium
// output: ba7816bf
#include <sodium.h>
#include <stdio.h>

int main(void)
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    if (sodium_init() < 0 || crypto_hash_sha256(hash, (const unsigned char *)"abc", 3) != 0) {
        return 1;
    }
    printf("%02x%02x%02x%02x\n", hash[0], hash[1], hash[2], hash[3]);
    return 0;
}
