// SPDX-License-Identifier: MIT
// Variables that newlib's thread-local configuration declares and defines nowhere.
#include <reent.h>

_Thread_local char _tls_getlocalename_l_buf[32];
