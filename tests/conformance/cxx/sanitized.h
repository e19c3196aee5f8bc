// SPDX-License-Identifier: MIT
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Sum; overflow is reported on standard error: by the full runtime, by the minimal one.
int add_full(int a, int b);
int add_minimal(int a, int b);

/// Sum; overflow is reported and ends the process.
int add_full_fatal(int a, int b);
int add_minimal_fatal(int a, int b);

/// Copies into 8 bytes with strcpy(), which is checked.
void copy_fortified(const char *text);

#ifdef __cplusplus
}
#endif
