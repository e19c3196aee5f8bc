// SPDX-License-Identifier: MIT
// Names of hosts and services. There is no network, and nobody to ask: every question fails.
#pragma once

#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    socklen_t ai_addrlen;
    struct sockaddr *ai_addr;
    char *ai_canonname;
    struct addrinfo *ai_next;
};

#define AI_PASSIVE 0x01
#define AI_CANONNAME 0x02
#define AI_NUMERICHOST 0x04
#define AI_V4MAPPED 0x08
#define AI_ALL 0x10
#define AI_ADDRCONFIG 0x20
#define AI_NUMERICSERV 0x400

#define NI_NUMERICHOST 0x01
#define NI_NUMERICSERV 0x02
#define NI_NOFQDN 0x04
#define NI_NAMEREQD 0x08
#define NI_DGRAM 0x10
#define NI_NUMERICSCOPE 0x100

#define EAI_BADFLAGS (-1)
#define EAI_NONAME (-2)
#define EAI_AGAIN (-3)
#define EAI_FAIL (-4)
#define EAI_FAMILY (-6)
#define EAI_SOCKTYPE (-7)
#define EAI_SERVICE (-8)
#define EAI_MEMORY (-10)
#define EAI_SYSTEM (-11)
#define EAI_OVERFLOW (-12)

/// Always fails: EAI_NONAME without host and service, EAI_BADFLAGS for unknown flags, else
/// EAI_FAMILY.
int getaddrinfo(const char *__restrict __host, const char *__restrict __service,
                const struct addrinfo *__restrict __hints, struct addrinfo **__restrict __result);

/// Nothing to free; for what getaddrinfo() would give.
void freeaddrinfo(struct addrinfo *__list);

/// Always EAI_FAMILY.
int getnameinfo(const struct sockaddr *__restrict __address, socklen_t __length,
                char *__restrict __host, socklen_t __host_size, char *__restrict __service,
                socklen_t __service_size, int __flags);

/// A sentence for EAI_*. The string stays valid.
const char *gai_strerror(int __error);

#ifdef __cplusplus
}
#endif
