// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "harness.h"

static bool round_trip(int family, const char *text, const char *expected)
{
    unsigned char address[16];
    char out[INET6_ADDRSTRLEN];
    return inet_pton(family, text, address) == 1 &&
           inet_ntop(family, address, out, sizeof(out)) == out && strcmp(out, expected) == 0;
}

static bool refuses(int family, const char *text)
{
    unsigned char address[16];
    return inet_pton(family, text, address) == 0;
}

static void text_to_address(void)
{
    static const char *const bad4[] = {"",         "1.2.3",     "1.2.3.4.5", "1.2.3.256",
                                       "01.2.3.4", "1.2.3.4 ",  "1..2.3",    "a.b.c.d",
                                       "1.2.3.-4", "0x1.2.3.4", "1.2.3.4.",  "1.2.3.0004"};
    static const char *const bad6[] = {"",
                                       ":",
                                       ":::",
                                       "1:2:3:4:5:6:7",
                                       "1::2::3",
                                       "12345::",
                                       "1:2:3:4:5:6:7:8:9",
                                       "g::",
                                       "::1.2.3",
                                       ":1::2",
                                       "1:2:3:4:5:6:7:",
                                       "1:2:3:4:5:6:7:1.2.3.4"};
    CHECK("inet.v4", round_trip(AF_INET, "0.0.0.0", "0.0.0.0") &&
                         round_trip(AF_INET, "255.255.255.255", "255.255.255.255") &&
                         round_trip(AF_INET, "127.0.0.1", "127.0.0.1"));
    CHECK("inet.v6", round_trip(AF_INET6, "::", "::") && round_trip(AF_INET6, "::1", "::1") &&
                         round_trip(AF_INET6, "1::", "1::") &&
                         round_trip(AF_INET6, "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1") &&
                         round_trip(AF_INET6, "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8") &&
                         round_trip(AF_INET6, "1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8") &&
                         round_trip(AF_INET6, "::ffff:1.2.3.4", "::ffff:1.2.3.4") &&
                         round_trip(AF_INET6, "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304") &&
                         round_trip(AF_INET6, "fe80::0:0:1", "fe80::1"));
    bool refused = true;
    for (size_t i = 0; i < sizeof(bad4) / sizeof(bad4[0]); i++) {
        refused = refused && refuses(AF_INET, bad4[i]);
    }
    CHECK("inet.v4-refused", refused);
    for (size_t i = 0; i < sizeof(bad6) / sizeof(bad6[0]); i++) {
        refused = refused && refuses(AF_INET6, bad6[i]);
    }
    CHECK("inet.v6-refused", refused);
}

static void others(void)
{
    char text[8];
    struct in_addr address;
    const uint32_t loopback = htonl(INADDR_LOOPBACK);
    CHECK("inet.order", htonl(0x01020304) == 0x04030201 && ntohs(0x0102) == 0x0201 &&
                            ntohl(loopback) == INADDR_LOOPBACK && htons(ntohs(77)) == 77);
    CHECK("inet.aton", inet_aton("127.1", &address) == 1 && address.s_addr == loopback &&
                           inet_addr("0x7f.0.0.01") == loopback &&
                           inet_addr("2130706433") == loopback &&
                           inet_addr("1.2.3.4.5") == INADDR_NONE &&
                           inet_aton("1.2.65536", &address) == 0 && inet_aton("", &address) == 0 &&
                           strcmp(inet_ntoa((struct in_addr){loopback}), "127.0.0.1") == 0);
    CHECK("inet.room", !inet_ntop(AF_INET, &loopback, text, sizeof(text)) && errno == ENOSPC);
    CHECK("inet.family", inet_pton(AF_UNIX, "1.2.3.4", text) == -1 && errno == EAFNOSUPPORT &&
                             !inet_ntop(77, &loopback, text, sizeof(text)) &&
                             errno == EAFNOSUPPORT);
}

void area_inet(void)
{
    text_to_address();
    others();
}
