// SPDX-License-Identifier: MIT
// Device numbers as BusyBox prints and parses them; no device of this platform has one.
#pragma once

#ifdef __coconut__
#define major(device) ((unsigned)((device) >> 8))
#define minor(device) ((unsigned)((device) & 0xff))
#define makedev(major, minor) (((dev_t)(major) << 8) | ((dev_t)(minor) & 0xff))
#else
#include_next <sys/sysmacros.h>
#endif
