// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define GROUPS 8 /* of 16 bits in an IPv6 address */

// Four decimal numbers without leading zeros, and nothing behind them.
static bool read_v4(const char *text, unsigned char bytes[4])
{
    for (int i = 0; i < 4; i++) {
        unsigned value = 0;
        int digits = 0;
        while (isdigit((unsigned char)*text) && digits < 4) {
            value = value * 10 + (unsigned)(*text++ - '0');
            digits++;
        }
        if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[-digits] == '0')) {
            return false;
        }
        bytes[i] = (unsigned char)value;
        if (*text++ != (i < 3 ? '.' : '\0')) {
            return false;
        }
    }
    return true;
}

// Up to four hexadecimal digits. Returns how many there were.
static int read_group(const char *text, unsigned *value)
{
    int digits = 0;
    *value = 0;
    while (isxdigit((unsigned char)text[digits]) && digits < 5) {
        int digit = tolower((unsigned char)text[digits]);
        *value = *value * 16 + (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        digits++;
    }
    return digits;
}

// Groups and "::". Returns false for what is none.
static bool read_v6(const char *text, unsigned char out[16])
{
    unsigned char bytes[16] = {0};
    int count = 0; // bytes so far
    int gap = -1;  // where "::" is
    if (text[0] == ':') {
        if (text[1] != ':') {
            return false;
        }
        gap = 0;
        text += 2;
    }
    while (*text != '\0') {
        unsigned value;
        int digits = read_group(text, &value);
        if (text[digits] == '.' && count <= 12 && read_v4(text, bytes + count)) {
            count += 4;
            break;
        }
        if (digits == 0 || digits > 4 || count == 2 * GROUPS) {
            return false;
        }
        bytes[count++] = (unsigned char)(value >> 8);
        bytes[count++] = (unsigned char)value;
        text += digits;
        if (*text == '\0') {
            break;
        }
        if (*text++ != ':' || *text == '\0') {
            return false;
        }
        if (*text == ':') {
            if (gap >= 0) {
                return false;
            }
            gap = count;
            text++;
        }
    }
    if (gap < 0 ? count != 16 : count > 14) {
        return false;
    }
    memset(out, 0, 16);
    int head = gap < 0 ? 16 : gap;
    memcpy(out, bytes, (size_t)head);
    memcpy(out + 16 - (count - head), bytes + head, (size_t)(count - head));
    return true;
}

int inet_pton(int family, const char *restrict text, void *restrict address)
{
    unsigned char bytes[16];
    bool good;
    if (family == AF_INET) {
        good = read_v4(text, bytes);
    } else if (family == AF_INET6) {
        good = read_v6(text, bytes);
    } else {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if (good) {
        memcpy(address, bytes, family == AF_INET ? 4 : 16);
    }
    return good;
}
