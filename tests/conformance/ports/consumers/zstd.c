// SPDX-License-Identifier: MIT
// pkg-config: libzstd
// output: coconut
#include <stdio.h>
#include <zstd.h>

int main(void)
{
    char text[] = "coconut", packed[128], back[sizeof(text)];
    size_t size = ZSTD_compress(packed, sizeof(packed), text, sizeof(text), 1);

    if (ZSTD_isError(size) || ZSTD_decompress(back, sizeof(back), packed, size) != sizeof(back)) {
        return 1;
    }
    puts(back);
    return 0;
}
