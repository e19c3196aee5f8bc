// SPDX-License-Identifier: MIT
// Stands in for a header of the system whose name the runtime is built under (see recipe.py): the
// one type of it that the runtime's headers mention. Nothing here uses it.
#pragma once

typedef struct {
    char unused;
} zx_info_maps_t;
