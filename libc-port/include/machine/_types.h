// SPDX-License-Identifier: MIT
// Widths of the POSIX types that newlib would make too small for a 64-bit system.
#pragma once

#include <machine/_default_types.h>

#define __machine_dev_t_defined
typedef __uint64_t __dev_t;
#define __machine_ino_t_defined
typedef __uint64_t __ino_t;
#define __machine_uid_t_defined
typedef __uint32_t __uid_t;
#define __machine_gid_t_defined
typedef __uint32_t __gid_t;
#define __machine_fsfilcnt_t_defined
typedef __uint64_t __fsfilcnt_t;
#define __machine_off64_t_defined
typedef long _off64_t;
#define __machine_clockid_t_defined
#define _CLOCKID_T_ int
