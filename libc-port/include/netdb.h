// SPDX-License-Identifier: MIT
// Names of hosts, networks, protocols and services, from the files /etc/hosts, networks, protocols
// and services; where there is no file, from a short list that is built in. There is nobody else to
// ask.
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

// Room for any answer of getnameinfo(), with its NUL.
#define NI_MAXHOST 1025
#define NI_MAXSERV 64

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

/// Addresses for a host (as text of numbers, or a name of /etc/hosts) and a service (a number, or a
/// name of /etc/services), each with the kinds of socket that `hints` admits. Result: 0 and a list
/// in `result` that the caller frees by freeaddrinfo(); or EAI_*: NONAME for an unknown host,
/// SERVICE for an unknown service, BADFLAGS, FAMILY, SOCKTYPE, MEMORY. Thread-safe.
int getaddrinfo(const char *__restrict __host, const char *__restrict __service,
                const struct addrinfo *__restrict __hints, struct addrinfo **__restrict __result);

/// Frees a list of getaddrinfo(), or a part of it from an element to the end.
void freeaddrinfo(struct addrinfo *__list);

/// The name of an address and of its port, numbers where there is no name. Result: 0 or EAI_*:
/// NONAME with NI_NAMEREQD for an address without a name, OVERFLOW, FAMILY, BADFLAGS. Thread-safe.
int getnameinfo(const struct sockaddr *__restrict __address, socklen_t __length,
                char *__restrict __host, socklen_t __host_size, char *__restrict __service,
                socklen_t __service_size, int __flags);

/// A sentence for EAI_*. The string stays valid.
const char *gai_strerror(int __error);

struct hostent {
    char *h_name;
    char **h_aliases;
    int h_addrtype; // AF_INET or AF_INET6
    int h_length;   // bytes of an address
    char **h_addr_list;
};

struct netent {
    char *n_name;
    char **n_aliases;
    int n_addrtype;
    uint32_t n_net; // in the machine's byte order
};

struct protoent {
    char *p_name;
    char **p_aliases;
    int p_proto;
};

struct servent {
    char *s_name;
    char **s_aliases;
    int s_port; // in network byte order
    char *s_proto;
};

#define IPPORT_RESERVED 1024

/// The databases, entry by entry: set...() begins anew (and, not 0, leaves the file open between
/// questions by name), get...ent() gives the next entry, or NULL behind the last, end...() closes.
/// The other functions give the entry asked for, or NULL. What they answer is overwritten by the
/// next question to the same database. Not thread-safe.
void sethostent(int __stay);
struct hostent *gethostent(void);
void endhostent(void);

void setnetent(int __stay);
struct netent *getnetent(void);
struct netent *getnetbyname(const char *__name);
struct netent *getnetbyaddr(uint32_t __network, int __type);
void endnetent(void);

void setprotoent(int __stay);
struct protoent *getprotoent(void);
struct protoent *getprotobyname(const char *__name);
struct protoent *getprotobynumber(int __number);
void endprotoent(void);

void setservent(int __stay);
struct servent *getservent(void);
struct servent *getservbyname(const char *__name, const char *__protocol);
struct servent *getservbyport(int __port, const char *__protocol);
void endservent(void);

#ifdef __cplusplus
}
#endif
