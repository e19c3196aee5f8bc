// SPDX-License-Identifier: MIT
// BusyBox compiles its functions for names of hosts wherever it runs; no applet that is built calls
// one.
#pragma once

#include_next <netdb.h>

#ifdef __coconut__
extern int h_errno;
struct hostent *gethostbyname(const char *name);
const char *hstrerror(int error);
#endif
