// SPDX-License-Identifier: MIT
// Whole numbers from wide text. newlib's take 0x without a digit behind it for no number at all.
#include <inttypes.h>
#include <wchar.h>

#include "integer_functions.h"

COCO_INTEGER_FAMILY(wchar_t, wcsto)
