// SPDX-License-Identifier: MIT
// BusyBox has a name for each kind of socket there is on Linux; this one is not on this platform.
#pragma once

#include_next <sys/socket.h>

#ifdef __coconut__
#define SOCK_RDM 4
#endif
