// SPDX-License-Identifier: MIT
// pkg-config: liblz4
// output: coconut
#include <lz4.h>
#include <stdio.h>

int main(void)
{
    char text[] = "coconut", packed[128], back[sizeof(text)];
    int size = LZ4_compress_default(text, packed, sizeof(text), sizeof(packed));

    if (LZ4_decompress_safe(packed, back, size, sizeof(back)) != sizeof(back)) {
        return 1;
    }
    puts(back);
    return 0;
}
