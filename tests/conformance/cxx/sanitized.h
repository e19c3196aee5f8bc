// SPDX-License-Identifier: MIT
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Sum; overflow is reported on standard error.
int add_reporting(int a, int b);

/// Sum; overflow is reported and aborts.
int add_fatal(int a, int b);

/// Copies into 8 bytes with strcpy(), which is checked.
void copy_fortified(const char *text);

#ifdef __cplusplus
}
#endif
