// SPDX-License-Identifier: MIT
// Conversion between codesets: UTF-8, UTF-16 and UTF-32 in both byte orders, ASCII, ISO-8859-1.
// Each character goes through its code point. UTF-16 and UTF-32 without a byte order read a byte
// order mark, big-endian if there is none, and write big-endian with a mark.
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MARK 0xfeffu
#define LAST 0x10ffffu

/* Results of reading beside a number of bytes. */
#define BAD (-1)
#define SHORT (-2)

enum codeset { ASCII, LATIN1, UTF8, UTF16, UTF16BE, UTF16LE, UTF32, UTF32BE, UTF32LE, NONE };

/// What an iconv_t points to.
struct converter {
    enum codeset from;
    enum codeset to;
    enum codeset now_from; /* with its byte order, once known */
    bool marked;           /* the mark has been written */
    bool ignore;           /* leave out what the target cannot have */
    bool replace;          /* write '?' for it */
};

static enum codeset find(const char *name, size_t len)
{
    static const struct {
        const char *name;
        enum codeset codeset;
    } names[] = {
        {"UTF-8", UTF8},           {"UTF8", UTF8},
        {"ASCII", ASCII},          {"US-ASCII", ASCII},
        {"ANSI_X3.4-1968", ASCII}, {"646", ASCII},
        {"ISO-8859-1", LATIN1},    {"ISO8859-1", LATIN1},
        {"ISO_8859-1", LATIN1},    {"LATIN1", LATIN1},
        {"UTF-16", UTF16},         {"UTF16", UTF16},
        {"UTF-16BE", UTF16BE},     {"UTF-16LE", UTF16LE},
        {"UTF-32", UTF32},         {"UTF32", UTF32},
        {"UTF-32BE", UTF32BE},     {"UTF-32LE", UTF32LE},
        {"UCS-4LE", UTF32LE},      {"UCS-4BE", UTF32BE},
        {"WCHAR_T", UTF32LE},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i].name) == len && strncasecmp(name, names[i].name, len) == 0) {
            return names[i].codeset;
        }
    }
    return NONE;
}

iconv_t iconv_open(const char *to, const char *from)
{
    const char *option = strstr(to, "//");
    size_t len = option ? (size_t)(option - to) : strlen(to);
    const char *from_end = strstr(from, "//");
    struct converter wanted = {
        .from = find(from, from_end ? (size_t)(from_end - from) : strlen(from)),
        .to = find(to, len),
        .ignore = option && strcasecmp(option, "//IGNORE") == 0,
        .replace = option && strcasecmp(option, "//TRANSLIT") == 0,
    };
    wanted.now_from = wanted.from;
    if (wanted.from == NONE || wanted.to == NONE) {
        errno = EINVAL;
        return (iconv_t)-1;
    }
    struct converter *converter = malloc(sizeof(*converter));
    if (!converter) {
        return (iconv_t)-1;
    }
    *converter = wanted;
    return (iconv_t)converter;
}

int iconv_close(iconv_t converter)
{
    if (converter == (iconv_t)-1) {
        errno = EBADF;
        return -1;
    }
    free(converter);
    return 0;
}

static int read_utf8(const unsigned char *in, size_t len, uint32_t *out)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned first = in[0];
    int count = first < 0x80   ? 1
                : first < 0xc2 ? 0
                : first < 0xe0 ? 2
                : first < 0xf0 ? 3
                : first < 0xf5 ? 4
                               : 0;
    if (count == 0) {
        return BAD;
    }
    uint32_t c = count == 1 ? first : first & (0x7fu >> count);
    for (int i = 1; i < count; i++) {
        if ((size_t)i >= len) {
            return SHORT;
        }
        if ((in[i] & 0xc0) != 0x80) {
            return BAD;
        }
        c = c << 6 | (in[i] & 0x3fu);
    }
    *out = c;
    return c < smallest[count] || c > LAST || (c >= 0xd800 && c < 0xe000) ? BAD : count;
}

static uint32_t unit16(const unsigned char *in, bool little)
{
    return little ? (uint32_t)in[1] << 8 | in[0] : (uint32_t)in[0] << 8 | in[1];
}

static int read_utf16(const unsigned char *in, size_t len, bool little, uint32_t *out)
{
    if (len < 2) {
        return SHORT;
    }
    uint32_t high = unit16(in, little);
    *out = high;
    if (high < 0xd800 || high >= 0xe000) {
        return 2;
    }
    if (high >= 0xdc00) {
        return BAD;
    }
    if (len < 4) {
        return SHORT;
    }
    uint32_t low = unit16(in + 2, little);
    *out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return low >= 0xdc00 && low < 0xe000 ? 4 : BAD;
}

static int read_utf32(const unsigned char *in, size_t len, bool little, uint32_t *out)
{
    if (len < 4) {
        return SHORT;
    }
    *out = little ? unit16(in + 2, true) << 16 | unit16(in, true)
                  : unit16(in, false) << 16 | unit16(in + 2, false);
    return *out > LAST || (*out >= 0xd800 && *out < 0xe000) ? BAD : 4;
}

// One character. Returns how many bytes it takes, BAD, or SHORT.
static int read_one(enum codeset codeset, const unsigned char *in, size_t len, uint32_t *out)
{
    switch (codeset) {
    case ASCII:
        *out = in[0];
        return in[0] < 0x80 ? 1 : BAD;
    case LATIN1:
        *out = in[0];
        return 1;
    case UTF8:
        return read_utf8(in, len, out);
    case UTF16LE:
        return read_utf16(in, len, true, out);
    case UTF32LE:
        return read_utf32(in, len, true, out);
    case UTF32:
    case UTF32BE:
        return read_utf32(in, len, false, out);
    default:
        return read_utf16(in, len, false, out);
    }
}

static int write_utf8(uint32_t c, unsigned char *out)
{
    int count = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (int i = count - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (unsigned char)(count == 1 ? c : (0xf00u >> count & 0xff) | c);
    return count;
}

static void put16(uint32_t unit, bool little, unsigned char *out)
{
    out[little ? 1 : 0] = (unsigned char)(unit >> 8);
    out[little ? 0 : 1] = (unsigned char)unit;
}

static int write_utf16(uint32_t c, bool little, unsigned char *out)
{
    if (c < 0x10000) {
        put16(c, little, out);
        return 2;
    }
    put16(0xd800 + ((c - 0x10000) >> 10), little, out);
    put16(0xdc00 + ((c - 0x10000) & 0x3ff), little, out + 2);
    return 4;
}

static int write_utf32(uint32_t c, bool little, unsigned char *out)
{
    put16(c >> 16, little, out + (little ? 2 : 0));
    put16(c & 0xffff, little, out + (little ? 0 : 2));
    return 4;
}

// One character into at least 4 bytes. Returns how many, or BAD if the codeset lacks it.
static int write_one(enum codeset codeset, uint32_t c, unsigned char *out)
{
    switch (codeset) {
    case ASCII:
    case LATIN1:
        out[0] = (unsigned char)c;
        return c < (codeset == ASCII ? 0x80u : 0x100u) ? 1 : BAD;
    case UTF8:
        return write_utf8(c, out);
    case UTF16LE:
    case UTF16:
    case UTF16BE:
        return write_utf16(c, codeset == UTF16LE, out);
    default:
        return write_utf32(c, codeset == UTF32LE, out);
    }
}

// Find the byte order by a mark at the start. Returns the mark's length, 0 if there is none.
static int read_mark(struct converter *converter, const unsigned char *in, size_t len)
{
    bool wide = converter->from == UTF32;
    uint32_t c = 0;
    int used = wide ? read_utf32(in, len, true, &c) : read_utf16(in, len, true, &c);
    if (used == SHORT) {
        return SHORT;
    }
    if (used > 0 && c == MARK) {
        converter->now_from = wide ? UTF32LE : UTF16LE;
        return used;
    }
    converter->now_from = wide ? UTF32BE : UTF16BE;
    used = wide ? read_utf32(in, len, false, &c) : read_utf16(in, len, false, &c);
    return used > 0 && c == MARK ? used : 0;
}

// A character and, before the first, the mark. Returns the number of bytes, BAD, or 0 for left out.
static int encode(struct converter *converter, uint32_t c, unsigned char *out, size_t *lost)
{
    bool mark = !converter->marked && (converter->to == UTF16 || converter->to == UTF32);
    int start = mark ? write_one(converter->to, MARK, out) : 0;
    int len = write_one(converter->to, c, out + start);
    if (len == BAD && (converter->ignore || converter->replace)) {
        ++*lost;
        len = converter->replace ? write_one(converter->to, '?', out + start) : 0;
    }
    return len == BAD ? BAD : start + len;
}

static size_t fail(int error)
{
    errno = error;
    return (size_t)-1;
}

size_t iconv(iconv_t handle, char **restrict in, size_t *restrict in_left, char **restrict out,
             size_t *restrict out_left)
{
    struct converter *converter = (struct converter *)handle;
    size_t lost = 0;
    if (handle == (iconv_t)-1) {
        return fail(EBADF);
    }
    if (!in || !*in) { // no codeset has shift states; begin anew
        converter->now_from = converter->from;
        converter->marked = false;
        return 0;
    }
    while (*in_left > 0) {
        const unsigned char *from = (const unsigned char *)*in;
        unsigned char bytes[8];
        uint32_t c = 0;
        int len = 0;
        bool start = converter->now_from == UTF16 || converter->now_from == UTF32;
        int used = start ? read_mark(converter, from, *in_left) : 0;
        if (used == 0) {
            used = read_one(converter->now_from, from, *in_left, &c);
            len = used < 0 ? 0 : encode(converter, c, bytes, &lost);
        }
        if (used < 0) {
            return fail(used == SHORT ? EINVAL : EILSEQ);
        }
        if (len == BAD) {
            return fail(EILSEQ);
        }
        if ((size_t)len > *out_left) {
            return fail(E2BIG);
        }
        memcpy(*out, bytes, (size_t)len);
        converter->marked = converter->marked || len > 0;
        *out += len;
        *out_left -= (size_t)len;
        *in += used;
        *in_left -= (size_t)used;
    }
    return lost;
}
