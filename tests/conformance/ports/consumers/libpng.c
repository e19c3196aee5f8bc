// SPDX-License-Identifier: MIT
// find_package: PNG -> PNG::PNG
// pkg-config: libpng
// output: 1.6.39 8
#include <png.h>
#include <stdio.h>

int main(void)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);

    png_set_IHDR(png, info, 4, 4, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    printf("%s %d\n", png_get_libpng_ver(png), png_get_bit_depth(png, info));
    png_destroy_write_struct(&png, &info);
    return 0;
}
