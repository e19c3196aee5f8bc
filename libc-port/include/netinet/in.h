// SPDX-License-Identifier: MIT
// Addresses of Internet protocols, as data. There is no network: sockets of these families are
// refused.
#pragma once

#include <inttypes.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _IN_ADDR_T_DECLARED
#define _IN_ADDR_T_DECLARED
typedef __uint32_t in_addr_t;
#endif
#ifndef _IN_PORT_T_DECLARED
#define _IN_PORT_T_DECLARED
typedef __uint16_t in_port_t;
#endif

#define IPPROTO_IP 0
#define IPPROTO_ICMP 1
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_IPV6 41
#define IPPROTO_ICMPV6 58
#define IPPROTO_RAW 255

/// Options of sockets of the level IPPROTO_IPV6, as numbers: no socket takes them.
#define IPV6_UNICAST_HOPS 16
#define IPV6_MULTICAST_IF 17
#define IPV6_MULTICAST_HOPS 18
#define IPV6_MULTICAST_LOOP 19
#define IPV6_JOIN_GROUP 20
#define IPV6_LEAVE_GROUP 21
#define IPV6_V6ONLY 26

#define INADDR_ANY ((in_addr_t)0x00000000)
#define INADDR_BROADCAST ((in_addr_t)0xffffffff)
#define INADDR_LOOPBACK ((in_addr_t)0x7f000001)
#define INADDR_NONE ((in_addr_t)0xffffffff)

#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46

/// Network byte order, as all members of addresses but the family.
struct in_addr {
    in_addr_t s_addr;
};

struct sockaddr_in {
    sa_family_t sin_family;
    in_port_t sin_port;
    struct in_addr sin_addr;
    unsigned char sin_zero[8];
};

struct in6_addr {
    union {
        uint8_t __bytes[16];
        uint16_t __shorts[8];
        uint32_t __words[4];
    } __u;
#define s6_addr __u.__bytes
};

struct sockaddr_in6 {
    sa_family_t sin6_family;
    in_port_t sin6_port;
    uint32_t sin6_flowinfo;
    struct in6_addr sin6_addr;
    uint32_t sin6_scope_id;
};

struct ipv6_mreq {
    struct in6_addr ipv6mr_multiaddr;
    unsigned ipv6mr_interface;
};

#define IN6ADDR_ANY_INIT                                                                           \
    {                                                                                              \
        {{0}}                                                                                      \
    }
#define IN6ADDR_LOOPBACK_INIT                                                                      \
    {                                                                                              \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}                                         \
    }

extern const struct in6_addr in6addr_any;
extern const struct in6_addr in6addr_loopback;

/// What kind of address a `const struct in6_addr *` points to: 1 or 0.
#define IN6_IS_ADDR_UNSPECIFIED(a) __in6_begins(a, 16, 0)
#define IN6_IS_ADDR_LOOPBACK(a) (__in6_begins(a, 15, 0) && (a)->s6_addr[15] == 1)
#define IN6_IS_ADDR_V4COMPAT(a)                                                                    \
    (__in6_begins(a, 12, 0) && !(__in6_begins(a, 15, 0) && (a)->s6_addr[15] <= 1))
#define IN6_IS_ADDR_V4MAPPED(a)                                                                    \
    (__in6_begins(a, 10, 0) && (a)->s6_addr[10] == 0xff && (a)->s6_addr[11] == 0xff)
#define IN6_IS_ADDR_MULTICAST(a) ((a)->s6_addr[0] == 0xff)
#define IN6_IS_ADDR_LINKLOCAL(a) ((a)->s6_addr[0] == 0xfe && ((a)->s6_addr[1] & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a) ((a)->s6_addr[0] == 0xfe && ((a)->s6_addr[1] & 0xc0) == 0xc0)
#define IN6_IS_ADDR_MC_NODELOCAL(a) __in6_scope(a, 0x1)
#define IN6_IS_ADDR_MC_LINKLOCAL(a) __in6_scope(a, 0x2)
#define IN6_IS_ADDR_MC_SITELOCAL(a) __in6_scope(a, 0x5)
#define IN6_IS_ADDR_MC_ORGLOCAL(a) __in6_scope(a, 0x8)
#define IN6_IS_ADDR_MC_GLOBAL(a) __in6_scope(a, 0xe)

/// Whether the first `__count` bytes are all `__value`.
static __inline int __in6_begins(const struct in6_addr *__address, int __count,
                                 unsigned char __value)
{
    for (int __i = 0; __i < __count; __i++) {
        if (__address->s6_addr[__i] != __value) {
            return 0;
        }
    }
    return 1;
}

static __inline int __in6_scope(const struct in6_addr *__address, unsigned char __scope)
{
    return __address->s6_addr[0] == 0xff && (__address->s6_addr[1] & 0xf) == __scope;
}

/// Between the machine's byte order and the network's.
uint32_t htonl(uint32_t __value);
uint16_t htons(uint16_t __value);
uint32_t ntohl(uint32_t __value);
uint16_t ntohs(uint16_t __value);

#ifdef __cplusplus
}
#endif
