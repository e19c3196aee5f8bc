// SPDX-License-Identifier: MIT
// Characters of 8, 16 and 32 bits. wchar_t is one of 32 bits, so all go through mbrtowc() and
// wcrtomb(). A state between two units of a character has a negative count, which newlib's own
// never has; mbsinit() says of it what is true.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <uchar.h>
#include <wchar.h>

#define INVALID ((size_t)-1)
#define FURTHER ((size_t)-3)

#define HIGH_FIRST 0xd800
#define LOW_FIRST 0xdc00
#define LOW_END 0xe000
#define SUPPLEMENT 0x10000
#define SURROGATE_BITS 10

static size_t invalid(mbstate_t *state)
{
    state->__count = 0;
    errno = EILSEQ;
    return INVALID;
}

size_t mbrtoc32(char32_t *restrict out, const char *restrict text, size_t size,
                mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t wide = 0;
    size_t used = text ? mbrtowc(&wide, text, size, state ? state : &own)
                       : mbrtowc(NULL, "", 1, state ? state : &own);
    if (text && out && (ssize_t)used >= 0) {
        *out = (char32_t)wide;
    }
    return used;
}

size_t c32rtomb(char *restrict out, char32_t c, mbstate_t *restrict state)
{
    static mbstate_t own;
    return wcrtomb(out, (wchar_t)c, state ? state : &own);
}

size_t mbrtoc16(char16_t *restrict out, const char *restrict text, size_t size,
                mbstate_t *restrict state)
{
    static mbstate_t own;
    char16_t unit;
    size_t used = FURTHER;
    state = state ? state : &own;
    if (state->__count < 0) {
        unit = (char16_t)-state->__count;
        state->__count = 0;
    } else {
        wchar_t wide = 0;
        used = text ? mbrtowc(&wide, text, size, state) : mbrtowc(NULL, "", 1, state);
        if ((ssize_t)used < 0) {
            return used;
        }
        unit = (char16_t)wide;
        if (wide >= SUPPLEMENT) {
            wide -= SUPPLEMENT;
            unit = (char16_t)(HIGH_FIRST + (wide >> SURROGATE_BITS));
            state->__count = -(LOW_FIRST + (wide & ((1 << SURROGATE_BITS) - 1)));
        }
    }
    if (text && out) {
        *out = unit;
    }
    return used;
}

size_t c16rtomb(char *restrict out, char16_t c, mbstate_t *restrict state)
{
    static mbstate_t own;
    char unused[MB_LEN_MAX];
    state = state ? state : &own;
    c = out ? c : 0;
    out = out ? out : unused;
    bool is_low = c >= LOW_FIRST && c < LOW_END;
    if ((state->__count < 0) != is_low) {
        return invalid(state);
    }
    wchar_t wide = c;
    if (c >= HIGH_FIRST && c < LOW_FIRST) {
        state->__count = -c;
        return 0;
    }
    if (is_low) {
        int high = -state->__count - HIGH_FIRST;
        wide = SUPPLEMENT + (high << SURROGATE_BITS) + (c - LOW_FIRST);
        state->__count = 0;
    }
    return wcrtomb(out, wide, state);
}
