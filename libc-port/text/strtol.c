// SPDX-License-Identifier: MIT
// Whole numbers from text. newlib's take 0x without a digit behind it for no number at all.
#include <inttypes.h>
#include <stdlib.h>

#include "integer_functions.h"

COCO_INTEGER_FAMILY(char, strto)
