// SPDX-License-Identifier: MIT
// newlib's <stdint.h> takes wint_t for unsigned; this compiler's is signed.
#pragma once

#include_next <stdint.h>

#undef WINT_MIN
#define WINT_MIN (-WINT_MAX - 1)
