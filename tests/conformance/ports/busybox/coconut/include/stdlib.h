// SPDX-License-Identifier: MIT
// BusyBox has functions of its own by two names that newlib declares. It takes each system that it
// does not know for a GNU one; what is not so here, its own other ways replace.
#pragma once

#ifdef __coconut__
#define itoa newlib_itoa
#define utoa newlib_utoa
#include_next <stdlib.h>
#undef itoa
#undef utoa

#undef HAVE_CLEARENV
#undef HAVE_MNTENT_H
#undef HAVE_PRINTF_PERCENTM
#undef HAVE_SYS_STATFS_H
#else
#include_next <stdlib.h>
#endif
