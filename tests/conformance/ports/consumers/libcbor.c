// SPDX-License-Identifier: MIT
// pkg-config: libcbor
// output: 42
#include <cbor.h>
#include <stdio.h>

int main(void)
{
    cbor_item_t *item = cbor_build_uint8(42);

    printf("%d\n", cbor_get_uint8(item));
    cbor_decref(&item);
    return 0;
}
