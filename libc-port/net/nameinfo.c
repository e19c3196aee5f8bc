// SPDX-License-Identifier: MIT
// Text for a socket's address.
#include <arpa/inet.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hosts.h"
#include "services.h"

#define FLAGS                                                                                      \
    (NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | NI_NUMERICSCOPE)

struct answer {
    char *out;
    socklen_t size;
    int status; // EAI_NONAME until there is a name
};

static int copy(char *out, socklen_t size, const char *text)
{
    return strlcpy(out, text, size) < size ? 0 : EAI_OVERFLOW;
}

static bool take_name(void *context, const struct hostent *entry)
{
    struct answer *answer = context;
    answer->status = copy(answer->out, answer->size, entry->h_name);
    return false;
}

static int host_text(int family, const void *address, char *out, socklen_t size, int flags)
{
    struct answer answer = {out, size, EAI_NONAME};
    if (!(flags & NI_NUMERICHOST)) {
        __coco_hosts_find(NULL, family, address, take_name, &answer);
    }
    if (answer.status != EAI_NONAME || (flags & NI_NAMEREQD)) {
        return answer.status;
    }
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(family, address, text, sizeof(text)) ? copy(out, size, text) : EAI_FAIL;
}

static int service_text(in_port_t port, char *out, socklen_t size, int flags)
{
    char name[COCO_SERVICE_NAME_MAX];
    const char *protocol = flags & NI_DGRAM ? "udp" : "tcp";
    if (!(flags & NI_NUMERICSERV) && __coco_service_name(port, protocol, name, sizeof(name))) {
        return copy(out, size, name);
    }
    int length = snprintf(out, size, "%u", ntohs(port));
    return length >= 0 && (socklen_t)length < size ? 0 : EAI_OVERFLOW;
}

int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host,
                socklen_t host_size, char *restrict service, socklen_t service_size, int flags)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    bool is_in6 = address->sa_family == AF_INET6;
    if (flags & ~FLAGS) {
        return EAI_BADFLAGS;
    }
    if ((!is_in6 && address->sa_family != AF_INET) ||
        length < (is_in6 ? sizeof(in6) : sizeof(in4))) {
        return EAI_FAMILY;
    }
    bool wants_host = host && host_size > 0;
    bool wants_service = service && service_size > 0;
    if (!wants_host && !wants_service) {
        return EAI_NONAME;
    }
    memcpy(is_in6 ? (void *)&in6 : (void *)&in4, address, is_in6 ? sizeof(in6) : sizeof(in4));
    int status = 0;
    if (wants_host) {
        const void *bytes = is_in6 ? (void *)&in6.sin6_addr : (void *)&in4.sin_addr;
        status = host_text(is_in6 ? AF_INET6 : AF_INET, bytes, host, host_size, flags);
    }
    if (status == 0 && wants_service) {
        status = service_text(is_in6 ? in6.sin6_port : in4.sin_port, service, service_size, flags);
    }
    return status;
}
