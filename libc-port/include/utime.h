// SPDX-License-Identifier: MIT
// newlib's <utime.h> uses types that it does not include.
#pragma once

#include <sys/types.h>
#include <time.h>

#include_next <utime.h>
