// SPDX-License-Identifier: MIT
// newlib's <fcntl.h>. Offsets are always 64 bits wide, so large-file names are the plain functions.
#pragma once

#include_next <fcntl.h>

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define open64 open
#define creat64 creat
#define openat64 openat
#define O_LARGEFILE 0
#endif
