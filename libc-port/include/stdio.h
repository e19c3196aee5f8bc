// SPDX-License-Identifier: MIT
// newlib's <stdio.h> and the two line readers it has under other names only.
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

#endif
