// SPDX-License-Identifier: MIT
// newlib's <stdlib.h>, and pseudo terminals.
#pragma once

#include_next <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __XSI_VISIBLE >= 4 || __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE
/// Make a pseudo terminal and open its master. `__flags` are O_RDWR, and O_NOCTTY, O_NONBLOCK,
/// O_CLOEXEC. EAGAIN: there are as many as there can be.
int posix_openpt(int __flags);

/// Let the terminal of a master be used: grantpt() has nothing to do, before unlockpt() it cannot
/// be opened. 0, or -1 with errno EBADF, EINVAL: no master.
int grantpt(int __fd);
int unlockpt(int __fd);

/// The path of a master's terminal; in memory that the next call overwrites. NULL with errno EBADF,
/// ENOTTY: no master.
char *ptsname(int __fd);
#endif

#if __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE
/// The same in memory of the caller's. 0, or EBADF, ENOTTY, ERANGE: it is too small.
int ptsname_r(int __fd, char *__buffer, size_t __size);
#endif

#ifdef __cplusplus
}
#endif
