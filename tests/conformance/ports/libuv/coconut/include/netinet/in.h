// SPDX-License-Identifier: MIT
// libuv has functions for these options of sockets wherever it runs. There is no socket here that
// has them.
#pragma once

#include_next <netinet/in.h>

#ifdef __coconut__
#define IP_TTL 2
#define IP_MULTICAST_IF 32
#define IP_MULTICAST_TTL 33
#define IP_MULTICAST_LOOP 34
#define IP_ADD_MEMBERSHIP 35
#define IP_DROP_MEMBERSHIP 36

struct ip_mreq {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
};
#endif
