// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GROUPS 8 /* of 16 bits in an IPv6 address */

static unsigned group(const unsigned char *bytes, int index)
{
    return (unsigned)bytes[2 * index] << 8 | bytes[2 * index + 1];
}

// The longest run of two or more zero groups, the first of equal ones. Returns its length, or 0.
static int longest_zeros(const unsigned char *bytes, int *start)
{
    int best = 1;
    for (int i = 0; i < GROUPS; i++) {
        int len = 0;
        while (i + len < GROUPS && group(bytes, i + len) == 0) {
            len++;
        }
        if (len > best) {
            best = len;
            *start = i;
        }
    }
    return best > 1 ? best : 0;
}

static void write_v4(const unsigned char *bytes, char *text, size_t size)
{
    snprintf(text, size, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static void write_v6(const unsigned char *bytes, char *text, size_t size)
{
    int start = GROUPS;
    int zeros = longest_zeros(bytes, &start);
    size_t len = 0;
    // Addresses of IPv4 in IPv6 are shown as such.
    int mapped = start == 0 && zeros == 5 && group(bytes, 5) == 0xffff;
    int end = mapped ? 6 : GROUPS;
    for (int i = 0; i < end; i++) {
        if (zeros && i == start) {
            len += (size_t)snprintf(text + len, size - len, "::");
            i += zeros - 1;
            continue;
        }
        const char *colon = i > 0 && i != start + zeros ? ":" : "";
        len += (size_t)snprintf(text + len, size - len, "%s%x", colon, group(bytes, i));
    }
    if (mapped) {
        text[len++] = ':';
        write_v4(bytes + 12, text + len, size - len);
    }
}

const char *inet_ntop(int family, const void *restrict address, char *restrict text, socklen_t size)
{
    char whole[INET6_ADDRSTRLEN];
    if (family == AF_INET) {
        write_v4(address, whole, sizeof(whole));
    } else if (family == AF_INET6) {
        write_v6(address, whole, sizeof(whole));
    } else {
        errno = EAFNOSUPPORT;
        return NULL;
    }
    if (strlen(whole) >= size) {
        errno = ENOSPC;
        return NULL;
    }
    return strcpy(text, whole);
}
