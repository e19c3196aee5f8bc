// SPDX-License-Identifier: MIT
// Addresses for a host and a service: from text, and from the databases of hosts and services.
// There is nobody else to ask, and AI_ADDRCONFIG has nothing to leave out.
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "services.h"

#define FLAGS                                                                                      \
    (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG |           \
     AI_NUMERICSERV)
#define PORT_MAX 65535

static const struct kind {
    int type;
    int protocol;
    const char *name;
} kinds[] = {
    {SOCK_STREAM, IPPROTO_TCP, "tcp"}, {SOCK_DGRAM, IPPROTO_UDP, "udp"}, {SOCK_RAW, 0, NULL}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct result {
    struct addrinfo info;
    union {
        struct sockaddr any;
        struct sockaddr_in in4;
        struct sockaddr_in6 in6;
    } address;
};

struct request {
    int flags;
    int family;
    int ports[KINDS]; // in network order; -1: the kind is not asked for
    int protocols[KINDS];
    int status;
    struct addrinfo *first;
    struct addrinfo **end;
};

static bool add_one(struct request *request, int family, const void *address, size_t kind)
{
    struct result *result = calloc(1, sizeof(*result));
    if (!result) {
        request->status = EAI_MEMORY;
        return false;
    }
    bool is_in6 = family == AF_INET6;
    result->info = (struct addrinfo){.ai_family = family,
                                     .ai_socktype = kinds[kind].type,
                                     .ai_protocol = request->protocols[kind],
                                     .ai_addrlen = is_in6 ? sizeof(struct sockaddr_in6)
                                                          : sizeof(struct sockaddr_in),
                                     .ai_addr = &result->address.any};
    in_port_t port = (in_port_t)request->ports[kind];
    if (is_in6) {
        result->address.in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
        memcpy(&result->address.in6.sin6_addr, address, sizeof(struct in6_addr));
    } else {
        result->address.in4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
        memcpy(&result->address.in4.sin_addr, address, sizeof(struct in_addr));
    }
    *request->end = &result->info;
    request->end = &result->info.ai_next;
    request->status = 0;
    return true;
}

// An address with each kind of socket that is asked for. False: no memory.
static bool add(struct request *request, int family, const void *address)
{
    unsigned char mapped[16] = {[10] = 0xff, [11] = 0xff};
    if (family == AF_INET && request->family == AF_INET6) {
        if (!(request->flags & AI_V4MAPPED)) {
            return true;
        }
        memcpy(mapped + 12, address, sizeof(struct in_addr));
        address = mapped;
        family = AF_INET6;
    }
    if (family == AF_INET6 && request->family == AF_INET) {
        return true;
    }
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (request->ports[kind] >= 0 && !add_one(request, family, address, kind)) {
            return false;
        }
    }
    return true;
}

static bool add_host(void *context, const struct hostent *entry)
{
    return add(context, entry->h_addrtype, entry->h_addr_list[0]);
}

static void find_host(struct request *request, const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    struct in_addr in4;
    if (!host) {
        in4.s_addr = htonl(request->flags & AI_PASSIVE ? INADDR_ANY : INADDR_LOOPBACK);
        const struct in6_addr *in6 = request->flags & AI_PASSIVE ? &in6addr_any : &in6addr_loopback;
        bool both = request->family == AF_UNSPEC;
        if (request->family == AF_INET6 || (both && add(request, AF_INET, &in4))) {
            (void)add(request, AF_INET6, in6); // its result is in `request`
        } else if (!both) {
            (void)add(request, AF_INET, &in4);
        }
    } else if (inet_aton(host, &in4)) {
        (void)add(request, AF_INET, &in4);
    } else if (inet_pton(AF_INET6, host, bytes) == 1) {
        (void)add(request, AF_INET6, bytes);
    } else if (!(request->flags & AI_NUMERICHOST)) {
        bool mapped = request->family == AF_INET6 && (request->flags & AI_V4MAPPED);
        __coco_hosts_find(host, request->family, NULL, add_host, request);
        if (mapped && (!request->first || (request->flags & AI_ALL))) {
            __coco_hosts_find(host, AF_INET, NULL, add_host, request);
        }
    }
}

// The port for each kind of socket that has the service. Result: 0 or EAI_*.
static int find_ports(struct request *request, const char *service)
{
    char *end = NULL;
    unsigned long number = service ? strtoul(service, &end, 10) : 0;
    bool numeric = !service || (*service >= '0' && *service <= '9' && *end == '\0');
    if (numeric && number > PORT_MAX) {
        return EAI_SERVICE;
    }
    if (!numeric && (request->flags & AI_NUMERICSERV)) {
        return EAI_NONAME;
    }
    bool found = false;
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (request->ports[kind] < 0) {
            continue;
        }
        int *port = &request->ports[kind];
        if (numeric) {
            *port = htons((uint16_t)number);
        } else if (!kinds[kind].name || !__coco_service_port(service, kinds[kind].name, port)) {
            *port = -1;
        }
        found = found || *port >= 0;
    }
    return found ? 0 : EAI_SERVICE;
}

static int read_hints(struct request *request, const struct addrinfo *hints)
{
    static const struct addrinfo none;
    hints = hints ? hints : &none;
    request->flags = hints->ai_flags;
    request->family = hints->ai_family;
    if (hints->ai_flags & ~FLAGS) {
        return EAI_BADFLAGS;
    }
    if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET &&
        hints->ai_family != AF_INET6) {
        return EAI_FAMILY;
    }
    bool any = false;
    for (size_t kind = 0; kind < KINDS; kind++) {
        bool same_type = hints->ai_socktype == 0 || hints->ai_socktype == kinds[kind].type;
        bool same_protocol = hints->ai_protocol == 0 || kinds[kind].protocol == 0 ||
                             hints->ai_protocol == kinds[kind].protocol;
        request->ports[kind] = same_type && same_protocol ? 0 : -1;
        request->protocols[kind] =
            kinds[kind].protocol != 0 ? kinds[kind].protocol : hints->ai_protocol;
        any = any || request->ports[kind] == 0;
    }
    return any ? 0 : EAI_SOCKTYPE;
}

int getaddrinfo(const char *restrict host, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    struct request request = {.status = EAI_NONAME};
    request.end = &request.first;
    *result = NULL;
    if (!host && !service) {
        return EAI_NONAME;
    }
    int status = read_hints(&request, hints);
    if (status == 0 && (request.flags & AI_CANONNAME) && !host) {
        status = EAI_BADFLAGS;
    }
    status = status == 0 ? find_ports(&request, service) : status;
    if (status != 0) {
        return status;
    }
    find_host(&request, host);
    if (request.status == 0 && (request.flags & AI_CANONNAME)) {
        request.first->ai_canonname = strdup(host);
        request.status = request.first->ai_canonname ? 0 : EAI_MEMORY;
    }
    if (request.status != 0) {
        freeaddrinfo(request.first);
        return request.status;
    }
    *result = request.first;
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    while (list) {
        struct addrinfo *next = list->ai_next;
        free(list->ai_canonname);
        free(list); // the first member of a struct result
        list = next;
    }
}
