// SPDX-License-Identifier: MIT
// newlib's <regex.h> uses types that it does not include.
#pragma once

#include <sys/types.h>

#include_next <regex.h>
