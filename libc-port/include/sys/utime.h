// SPDX-License-Identifier: MIT
// newlib's <sys/utime.h> and the function it leaves to the system.
#pragma once

#include <sys/types.h>

#include_next <sys/utime.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Set access and modification time of a file. Not available on this system yet.
int utime(const char *__path, const struct utimbuf *__times);

#ifdef __cplusplus
}
#endif
