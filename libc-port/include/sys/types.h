// SPDX-License-Identifier: MIT
// newlib's <sys/types.h>, and the name that large-file interfaces have for a 64-bit offset.
#pragma once

#include_next <sys/types.h>

#if (defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)) && !defined(__need_inttypes)
typedef off_t off64_t;
#define ino64_t ino_t
#define blkcnt64_t blkcnt_t
#endif
