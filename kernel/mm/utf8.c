// SPDX-License-Identifier: MIT
#include <mm/user_copy.h>

/// Bytes of the sequence that `lead` begins, 0 if it cannot begin one.
static unsigned sequence_len(uint8_t lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) { /* 0xc0 and 0xc1 would be overlong */
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        return 3;
    }
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/// The second byte carries the limits of some leads: no overlong form, no surrogate, at most
/// U+10FFFF.
static bool second_is_valid(uint8_t lead, uint8_t second)
{
    switch (lead) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second < 0xa0;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second < 0x90;
    default:
        return true;
    }
}

bool utf8_is_valid(const char *text, size_t len)
{
    const uint8_t *p = (const uint8_t *)text;

    while (len > 0) {
        unsigned count = sequence_len(p[0]);

        if (count == 0 || count > len || (count > 1 && !second_is_valid(p[0], p[1]))) {
            return false;
        }
        for (unsigned i = 1; i < count; i++) {
            if ((p[i] & 0xc0) != 0x80) {
                return false;
            }
        }
        p += count;
        len -= count;
    }
    return true;
}
