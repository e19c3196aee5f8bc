// SPDX-License-Identifier: MIT
// find_package: BZip2 -> BZip2::BZip2
// output: coconut
#include <bzlib.h>
#include <stdio.h>

int main(void)
{
    char text[] = "coconut", packed[128], back[sizeof(text)];
    unsigned packed_size = sizeof(packed), size = sizeof(back);

    if (BZ2_bzBuffToBuffCompress(packed, &packed_size, text, sizeof(text), 9, 0, 0) != BZ_OK ||
        BZ2_bzBuffToBuffDecompress(back, &size, packed, packed_size, 0, 0) != BZ_OK) {
        return 1;
    }
    puts(back);
    return 0;
}
