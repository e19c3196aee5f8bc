// SPDX-License-Identifier: MIT
// newlib's configuration with this system's answers put first.
#pragma once

// First the switches newlib was configured with: newlib's file reads them but does not include
// them, so that a program whose first header is, say, <sys/param.h> would get the errno of another
// setting.
#include <newlib.h>

#define __FILENAME_MAX__ 4096
#define __BUFSIZ__ 4096
#define __FOPEN_MAX__ 256
#define __TM_GMTOFF tm_gmtoff
#define __TM_ZONE tm_zone

// POSIX types for read() and write() instead of newlib's historic int.
#define _READ_WRITE_RETURN_TYPE _ssize_t
#define _READ_WRITE_BUFSIZE_TYPE size_t

#include_next <sys/config.h>
