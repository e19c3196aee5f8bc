// SPDX-License-Identifier: MIT
// XSI's old way to ask for limits.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#define UL_GETFSIZE 1 /* size of files, in blocks of 512 bytes */
#define UL_SETFSIZE 2

/// @return the limit, or -1 with errno: EINVAL for another command, EPERM to raise it
long ulimit(int __command, ...);

#ifdef __cplusplus
}
#endif
