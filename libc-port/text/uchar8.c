// SPDX-License-Identifier: MIT
// Characters of 8 bits, the units of UTF-8. While a character is under way, the state has its other
// units in its value and minus their number as its count.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <uchar.h>
#include <wchar.h>

#define INVALID ((size_t)-1)
#define FURTHER ((size_t)-3)
#define CONTINUATION_BITS 6
#define CONTINUATION 0x80

// How many units a character has that begins with `lead`; 0 if none does.
static int length_of(unsigned char lead)
{
    if (lead < CONTINUATION) {
        return 1;
    }
    return lead >= 0xc2 && lead < 0xe0   ? 2
           : lead >= 0xe0 && lead < 0xf0 ? 3
           : lead >= 0xf0 && lead < 0xf5 ? 4
                                         : 0;
}

// Whether `unit` may stand behind `lead` as the second: no long forms, no surrogates, none too
// large.
static bool may_follow(unsigned char lead, unsigned char unit)
{
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : CONTINUATION;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return unit >= low && unit <= high;
}

static int encode(wchar_t wide, unsigned char *out)
{
    if (wide < CONTINUATION) {
        out[0] = (unsigned char)wide;
        return 1;
    }
    int count = wide < 0x800 ? 2 : wide < 0x10000 ? 3 : 4;
    for (int i = count - 1; i > 0; i--) {
        out[i] = (unsigned char)(CONTINUATION | (wide & 0x3f));
        wide >>= CONTINUATION_BITS;
    }
    out[0] = (unsigned char)((0xf00 >> count) | wide);
    return count;
}

size_t mbrtoc8(char8_t *restrict out, const char *restrict text, size_t size,
               mbstate_t *restrict state)
{
    static mbstate_t own;
    unsigned char units[4];
    size_t used = FURTHER;
    state = state ? state : &own;
    unsigned char *kept = state->__value.__wchb;
    if (state->__count < 0) {
        units[0] = kept[0];
        memmove(kept, kept + 1, 2);
        state->__count++;
    } else {
        wchar_t wide = 0;
        used = text ? mbrtowc(&wide, text, size, state) : mbrtowc(NULL, "", 1, state);
        if ((ssize_t)used < 0) {
            return used;
        }
        int count = encode(wide, units);
        memcpy(kept, units + 1, (size_t)count - 1);
        state->__count = 1 - count;
    }
    if (text && out) {
        *out = units[0];
    }
    return used;
}

static size_t invalid(mbstate_t *state)
{
    state->__count = 0;
    errno = EILSEQ;
    return INVALID;
}

// The character of a complete sequence.
static wchar_t decode(const unsigned char *units, int count)
{
    wchar_t wide = count == 1 ? units[0] : units[0] & (0x7f >> count);
    for (int i = 1; i < count; i++) {
        wide = (wide << CONTINUATION_BITS) | (units[i] & 0x3f);
    }
    return wide;
}

size_t c8rtomb(char *restrict out, char8_t c, mbstate_t *restrict state)
{
    static mbstate_t own;
    char unused[MB_LEN_MAX];
    state = state ? state : &own;
    c = out ? c : 0;
    out = out ? out : unused;
    unsigned char units[4];
    int have = -state->__count;
    memcpy(units, state->__value.__wchb, (size_t)have);
    units[have] = c;
    bool good = have == 0   ? length_of(c) != 0
                : have == 1 ? may_follow(units[0], c)
                            : c >= CONTINUATION && c < 0xc0;
    if (!good) {
        return invalid(state);
    }
    have++;
    if (have < length_of(units[0])) {
        state->__value.__wchb[have - 1] = c;
        state->__count = -have;
        return 0;
    }
    state->__count = 0;
    return wcrtomb(out, decode(units, have), state);
}
