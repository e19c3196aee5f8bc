// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PARTS_MAX 4

// Read one number. Returns what follows it, or NULL.
static const char *read_part(const char *text, unsigned long *value)
{
    char *end;
    if (!isdigit((unsigned char)*text)) {
        return NULL;
    }
    int saved_errno = errno;
    *value = strtoul(text, &end, 0);
    errno = saved_errno;
    return *value > 0xffffffff ? NULL : end;
}

int inet_aton(const char *text, struct in_addr *address)
{
    unsigned long parts[PARTS_MAX];
    unsigned count = 0;
    for (;;) {
        text = read_part(text, &parts[count]);
        if (!text) {
            return 0;
        }
        count++;
        if (*text != '.') {
            break;
        }
        if (count == PARTS_MAX) {
            return 0;
        }
        text++;
    }
    if (*text != '\0' && !isspace((unsigned char)*text)) {
        return 0;
    }
    // The last part fills all the bytes that are left.
    uint32_t result = 0;
    for (unsigned i = 0; i + 1 < count; i++) {
        if (parts[i] > 0xff) {
            return 0;
        }
        result |= (uint32_t)parts[i] << (24 - 8 * i);
    }
    if (parts[count - 1] > 0xffffffff >> 8 * (count - 1)) {
        return 0;
    }
    address->s_addr = htonl(result | (uint32_t)parts[count - 1]);
    return 1;
}

in_addr_t inet_addr(const char *text)
{
    struct in_addr address;
    return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}

char *inet_ntoa(struct in_addr address)
{
    static _Thread_local char text[INET_ADDRSTRLEN];
    const unsigned char *bytes = (const unsigned char *)&address;
    snprintf(text, sizeof(text), "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
    return text;
}
