// SPDX-License-Identifier: MIT
// Addresses of local sockets: paths.
#pragma once

#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sockaddr_un {
    sa_family_t sun_family;
    char sun_path[108];
};

/// Bytes of an address that are in use.
#if __BSD_VISIBLE || __GNU_VISIBLE
#include <string.h>
#define SUN_LEN(address) (sizeof(sa_family_t) + strlen((address)->sun_path))
#endif

#ifdef __cplusplus
}
#endif
