// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <unistd.h>

// NULL: a configuration that there is not.
static const char *value_of(int name, int *error)
{
    switch (name) {
    case _CS_PATH:
        return "/bin:/usr/bin";          // where ports put what they install
    case _CS_POSIX_V7_LP64_OFF64_CFLAGS: // no options are needed
    case _CS_POSIX_V7_LP64_OFF64_LDFLAGS:
    case _CS_POSIX_V7_LP64_OFF64_LIBS:
    case _CS_POSIX_V7_LPBIG_OFFBIG_CFLAGS:
    case _CS_POSIX_V7_LPBIG_OFFBIG_LDFLAGS:
    case _CS_POSIX_V7_LPBIG_OFFBIG_LIBS:
    case _CS_POSIX_V7_THREADS_CFLAGS:
    case _CS_POSIX_V7_THREADS_LDFLAGS:
    case _CS_V7_ENV:
        return "";
    case _CS_POSIX_V7_WIDTH_RESTRICTED_ENVS:
        return "POSIX_V7_LP64_OFF64\nPOSIX_V7_LPBIG_OFFBIG";
    case _CS_POSIX_V7_ILP32_OFF32_CFLAGS:
    case _CS_POSIX_V7_ILP32_OFF32_LDFLAGS:
    case _CS_POSIX_V7_ILP32_OFF32_LIBS:
    case _CS_POSIX_V7_ILP32_OFFBIG_CFLAGS:
    case _CS_POSIX_V7_ILP32_OFFBIG_LDFLAGS:
    case _CS_POSIX_V7_ILP32_OFFBIG_LIBS:
        return NULL;
    default:
        *error = EINVAL;
        return NULL;
    }
}

size_t confstr(int name, char *buffer, size_t size)
{
    int error = 0;
    const char *value = value_of(name, &error);
    if (!value) {
        errno = error ? error : errno;
        return 0;
    }
    if (buffer && size > 0) {
        strlcpy(buffer, value, size); // cut if it is too long, as the result tells
    }
    return strlen(value) + 1;
}
