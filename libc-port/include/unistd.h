// SPDX-License-Identifier: MIT
// newlib's <unistd.h>. Offsets are always 64 bits wide, so large-file names are the plain
// functions.
#pragma once

#include <sys/_confstr.h>
#include_next <unistd.h>

#ifdef _LARGEFILE64_SOURCE
#define _LFS64_LARGEFILE 1
#define lseek64 lseek
#define pread64 pread
#define pwrite64 pwrite
#define ftruncate64 ftruncate
#define truncate64 truncate
#endif
