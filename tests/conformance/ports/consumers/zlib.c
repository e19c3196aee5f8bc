// SPDX-License-Identifier: MIT
// find_package: ZLIB -> ZLIB::ZLIB
// pkg-config: zlib
// output: 3421780262
#include <stdio.h>
#include <zlib.h>

int main(void)
{
    printf("%lu\n", crc32(0, (const unsigned char *)"123456789", 9));
    return 0;
}
