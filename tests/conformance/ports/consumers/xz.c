// SPDX-License-Identifier: MIT
// find_package: LibLZMA -> LibLZMA::LibLZMA
// pkg-config: liblzma
// output: 3421780262
#include <inttypes.h>
#include <lzma.h>
#include <stdio.h>

int main(void)
{
    printf("%" PRIu32 "\n", lzma_crc32((const uint8_t *)"123456789", 9, 0));
    return 0;
}
