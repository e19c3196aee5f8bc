// SPDX-License-Identifier: MIT
// Name of the system.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
    char sysname[65];
    char nodename[65];
    char release[65];
    char version[65];
    char machine[65];
};

/// Fill in the names, all NUL-terminated. Returns 0, or -1 with errno.
int uname(struct utsname *__name);

#ifdef __cplusplus
}
#endif
