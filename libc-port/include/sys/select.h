// SPDX-License-Identifier: MIT
// newlib's <sys/select.h> with room for every descriptor that can be open.
#pragma once

#ifndef FD_SETSIZE
#define FD_SETSIZE 1024
#endif

#include_next <sys/select.h>
