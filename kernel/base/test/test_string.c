// SPDX-License-Identifier: MIT
// On the host memcpy and its like are the C library's; the kernel's own are covered by every boot.
// What base adds is tested here.
#include "unit.h"
#include <base/log.h>
#include <base/string.h>

UNIT_TEST(string_strlcpy)
{
    char buffer[6];

    memset(buffer, '#', sizeof(buffer));
    UNIT_EQUAL(strlcpy(buffer, "abc", sizeof(buffer)), 3);
    UNIT_CHECK(memcmp(buffer, "abc\0##", 6) == 0);
    UNIT_EQUAL(strlcpy(buffer, "abcdefgh", sizeof(buffer)), 8);
    UNIT_CHECK(strcmp(buffer, "abcde") == 0);
    buffer[0] = '#';
    UNIT_EQUAL(strlcpy(buffer, "x", 0), 1);
    UNIT_CHECK(buffer[0] == '#');
}

UNIT_TEST(string_wipe)
{
    char secret[32];

    memset(secret, 's', sizeof(secret));
    memory_wipe(secret, sizeof(secret));
    for (size_t i = 0; i < sizeof(secret); i++) {
        UNIT_CHECK(secret[i] == 0);
    }
}
