// SPDX-License-Identifier: MIT
// Stands in for a header of the system whose name the runtime is built under (see recipe.py): the
// one type of it that the runtime's headers mention. Nothing here uses it.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uintptr_t shadow_base;
    uintptr_t shadow_limit;
    uintptr_t memory_limit;
} sanitizer_shadow_bounds_t;
