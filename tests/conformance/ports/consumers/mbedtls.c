// SPDX-License-Identifier: MIT
// find_package: MbedTLS CONFIG -> MbedTLS::mbedcrypto
// pkg-config: mbedcrypto
// output: ba7816bf
#include <mbedtls/sha256.h>
#include <stdio.h>

int main(void)
{
    unsigned char hash[32];

    if (mbedtls_sha256((const unsigned char *)"abc", 3, hash, 0) != 0) {
        return 1;
    }
    printf("%02x%02x%02x%02x\n", hash[0], hash[1], hash[2], hash[3]);
    return 0;
}
