// SPDX-License-Identifier: MIT
// newlib's <sys/stat.h> and what it declares for a few named systems only.
#pragma once

#include_next <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UTIME_NOW (-2L)
#define UTIME_OMIT (-1L)

int lstat(const char *__restrict __path, struct stat *__restrict __buf);
int mknod(const char *__path, mode_t __mode, dev_t __dev);

#ifdef __cplusplus
}
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define stat64 stat
#define fstat64 fstat
#define lstat64 lstat
#define fstatat64 fstatat
#endif
