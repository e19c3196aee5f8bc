// SPDX-License-Identifier: MIT
// There is no network: nobody has an address, and no address has a name.
#include <netdb.h>
#include <stddef.h>

#define FLAGS                                                                                      \
    (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG |           \
     AI_NUMERICSERV)

int getaddrinfo(const char *restrict host, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    *result = NULL;
    if (!host && !service) {
        return EAI_NONAME;
    }
    if (hints && (hints->ai_flags & ~FLAGS) != 0) {
        return EAI_BADFLAGS;
    }
    return EAI_FAMILY;
}

void freeaddrinfo(struct addrinfo *list)
{
    (void)list; // never one of ours
}

int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host,
                socklen_t host_size, char *restrict service, socklen_t service_size, int flags)
{
    (void)address;
    (void)length;
    (void)host;
    (void)host_size;
    (void)service;
    (void)service_size;
    (void)flags;
    return EAI_FAMILY;
}

const char *gai_strerror(int error)
{
    switch (error) {
    case EAI_BADFLAGS:
        return "Unknown flags";
    case EAI_NONAME:
        return "Neither host nor service, or no such name";
    case EAI_AGAIN:
        return "The name cannot be looked up now";
    case EAI_FAIL:
        return "The name cannot be looked up";
    case EAI_FAMILY:
        return "There is no network of this family";
    case EAI_SOCKTYPE:
        return "The type of socket is not known";
    case EAI_SERVICE:
        return "The type of socket does not have the service";
    case EAI_MEMORY:
        return "Out of memory";
    case EAI_SYSTEM:
        return "System error";
    case EAI_OVERFLOW:
        return "The buffer is too small";
    default:
        return "Unknown error";
    }
}
