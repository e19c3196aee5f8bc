// SPDX-License-Identifier: MIT
#include <netdb.h>

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
        return "The family of addresses is not known";
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
