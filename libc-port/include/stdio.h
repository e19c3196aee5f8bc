// SPDX-License-Identifier: MIT
// newlib's <stdio.h>, the two line readers it has under other names only, and large-file names,
// which are the plain functions: offsets are always 64 bits wide.
#pragma once

#include_next <stdio.h>

#if !defined(__need_FILE) && !defined(__need___FILE)

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE >= 200809
_ssize_t getline(char **__restrict __line, size_t *__restrict __size, FILE *__restrict __stream);
_ssize_t getdelim(char **__restrict __line, size_t *__restrict __size, int __delimiter,
                  FILE *__restrict __stream);
#endif

#ifdef __cplusplus
}
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define fopen64 fopen
#define freopen64 freopen
#define fseeko64 fseeko
#define ftello64 ftello
#define tmpfile64 tmpfile
#define fgetpos64 fgetpos
#define fsetpos64 fsetpos
#define fpos64_t fpos_t
#endif

#endif
