// SPDX-License-Identifier: MIT
// pkg-config: libprotobuf-c
// output: 1.4.1
#include <protobuf-c/protobuf-c.h>
#include <stdio.h>

int main(void)
{
    puts(protobuf_c_version());
    return 0;
}
