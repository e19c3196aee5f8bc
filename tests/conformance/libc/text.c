// SPDX-License-Identifier: MIT
// Codesets, amounts of money, messages.
#include <errno.h>
#include <fmtmsg.h>
#include <iconv.h>
#include <libgen.h>
#include <libintl.h>
#include <monetary.h>
#include <nl_types.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

#include "harness.h"

#define EURO "\xe2\x82\xac"    /* U+20AC in UTF-8 */
#define NUT "\xf0\x9f\xa5\xa5" /* U+1F965 */

/// Convert a whole text. @return bytes written, or -1 with errno; *left is what was not read
static long convert(const char *to, const char *from, const char *in, size_t len, char *out,
                    size_t room, size_t *left)
{
    iconv_t converter = iconv_open(to, from);
    if (converter == (iconv_t)-1) {
        return -1;
    }
    char *source = (char *)(uintptr_t)in;
    char *target = out;
    size_t total = room;
    *left = len;
    size_t result = iconv(converter, &source, left, &target, &room);
    int error = errno;
    iconv_close(converter);
    errno = error;
    return result == (size_t)-1 ? -1 : (long)(total - room);
}

static bool gives(const char *to, const char *from, const char *in, size_t len, const char *out,
                  size_t out_len)
{
    char buffer[64];
    size_t left;
    long got = convert(to, from, in, len, buffer, sizeof(buffer), &left);
    return got == (long)out_len && left == 0 && memcmp(buffer, out, out_len) == 0;
}

static bool refuses(const char *from, const char *in, size_t len, int error, size_t unread)
{
    char buffer[64];
    size_t left;
    errno = 0;
    return convert("UTF-32LE", from, in, len, buffer, sizeof(buffer), &left) == -1 &&
           errno == error && left == unread;
}

static void codesets(void)
{
    static const char text[] = "a\xc3\xa9" EURO NUT;
    static const char be16[] = "\0a\0\xe9\x20\xac\xd8\x3e\xdd\x65";
    static const char le16[] = "a\0\xe9\0\xac\x20\x3e\xd8\x65\xdd";
    static const char le32[] = "a\0\0\0\xe9\0\0\0\xac\x20\0\0\x65\xf9\x01\0";
    size_t len = sizeof(text) - 1;
    CHECK("text.iconv-utf16be", gives("UTF-16BE", "UTF-8", text, len, be16, 10));
    CHECK("text.iconv-utf16le", gives("utf-16le", "utf8", text, len, le16, 10));
    CHECK("text.iconv-utf32le", gives("UTF-32LE", "UTF-8", text, len, le32, 16));
    CHECK("text.iconv-back-16", gives("UTF-8", "UTF-16LE", le16, 10, text, len));
    CHECK("text.iconv-back-32", gives("UTF-8", "UTF-32LE", le32, 16, text, len));
    CHECK("text.iconv-mark-written", gives("UTF-16", "UTF-8", "a", 1, "\xfe\xff\0a", 4));
    CHECK("text.iconv-mark-little", gives("UTF-8", "UTF-16",
                                          "\xff\xfe"
                                          "a\0",
                                          4, "a", 1));
    CHECK("text.iconv-mark-big", gives("UTF-8", "UTF-16", "\xfe\xff\0a", 4, "a", 1));
    CHECK("text.iconv-no-mark", gives("UTF-8", "UTF-16", "\0a", 2, "a", 1));
    CHECK("text.iconv-latin1", gives("ISO-8859-1", "UTF-8", "\xc3\xa9", 2, "\xe9", 1));
    CHECK("text.iconv-ignore", gives("ASCII//IGNORE", "UTF-8", "a" EURO "b", 5, "ab", 2));
    CHECK("text.iconv-translit", gives("ASCII//TRANSLIT", "UTF-8", "a" EURO "b", 5, "a?b", 3));
}

static void codeset_errors(void)
{
    char buffer[8];
    size_t left;
    errno = 0;
    CHECK("text.iconv-unknown", iconv_open("UTF-8", "KLINGON") == (iconv_t)-1 && errno == EINVAL);
    CHECK("text.iconv-cut", refuses("UTF-8", "a\xe2\x82", 3, EINVAL, 2));
    CHECK("text.iconv-invalid", refuses("UTF-8", "a\xc3(", 3, EILSEQ, 2));
    CHECK("text.iconv-overlong", refuses("UTF-8", "\xc0\xaf", 2, EILSEQ, 2) &&
                                     refuses("UTF-8", "\xe0\x80\xaf", 3, EILSEQ, 3));
    CHECK("text.iconv-surrogate", refuses("UTF-8", "\xed\xa0\x80", 3, EILSEQ, 3) &&
                                      refuses("UTF-16BE", "\xdc\0\0a", 4, EILSEQ, 4));
    CHECK("text.iconv-beyond", refuses("UTF-8", "\xf4\x90\x80\x80", 4, EILSEQ, 4) &&
                                   refuses("UTF-32LE", "\0\0\x11\0", 4, EILSEQ, 4));
    errno = 0;
    CHECK("text.iconv-full", convert("UTF-16BE", "UTF-8", "abcdef", 6, buffer, 5, &left) == -1 &&
                                 errno == E2BIG && left == 4);
    errno = 0;
    CHECK("text.iconv-lacking", convert("ASCII", "UTF-8", EURO, 3, buffer, 8, &left) == -1 &&
                                    errno == EILSEQ && left == 3);
    errno = 0;
    CHECK("text.iconv-close-bad", iconv_close((iconv_t)-1) == -1 && errno == EBADF);
}

static void money(void)
{
    char out[64];
    CHECK("text.strfmon",
          strfmon(out, sizeof(out), "[%n]", 1234.567) == 9 && strcmp(out, "[1234.57]") == 0);
    CHECK("text.strfmon-two",
          strfmon(out, sizeof(out), "%i%% %.0n", 1.5, 2.0) == 7 && strcmp(out, "1.50% 2") == 0);
    CHECK("text.strfmon-width", strfmon(out, sizeof(out), "%10n|%-10n|", 1.0, -2.0) == 22 &&
                                    strcmp(out, "      1.00|-2.00     |") == 0);
    CHECK("text.strfmon-align",
          strfmon(out, sizeof(out), "%=*#5n", 12.0) == 9 && strcmp(out, " ***12.00") == 0);
    CHECK("text.strfmon-parentheses",
          strfmon(out, sizeof(out), "%(n", -3.0) == 6 && strcmp(out, "(3.00)") == 0);
    errno = 0;
    CHECK("text.strfmon-small", strfmon(out, 4, "%n", 1.0) == -1 && errno == E2BIG);
    CHECK("text.strfmon-exact", strfmon(out, 5, "%n", 1.0) == 4);
    errno = 0;
    CHECK("text.strfmon-bad", strfmon(out, sizeof(out), "%q", 1.0) == -1 && errno == EINVAL);
}

static void messages(void)
{
    errno = 0;
    nl_catd catalogue = catopen("none", NL_CAT_LOCALE);
    CHECK("text.catopen", catalogue == (nl_catd)-1 && errno == ENOENT);
    CHECK("text.catgets", strcmp(catgets(catalogue, 1, 1, "own"), "own") == 0);
    errno = 0;
    CHECK("text.catclose", catclose(catalogue) == -1 && errno == EBADF);
    CHECK("text.gettext", strcmp(gettext("a"), "a") == 0 && strcmp(dgettext("d", "b"), "b") == 0 &&
                              strcmp(ngettext("one", "many", 1), "one") == 0 &&
                              strcmp(ngettext("one", "many", 2), "many") == 0);
    CHECK("text.textdomain", strcmp(textdomain(NULL), "messages") == 0 &&
                                 strcmp(textdomain("mine"), "mine") == 0 &&
                                 strcmp(textdomain(""), "messages") == 0);
    char output[200];
    int status = test_child("fmtmsg", output, sizeof(output));
    CHECK("text.fmtmsg",
          status == 0 && strcmp(output, "UX:cat: ERROR: bad\nTO FIX: read  UX:cat:1\n"
                                        "bad\n") == 0);
    CHECK("text.fmtmsg-bad-label",
          fmtmsg(MM_PRINT, "no colon", MM_ERROR, "x", "y", "z") == MM_NOTOK);
    CHECK("text.fmtmsg-log", fmtmsg(MM_CONSOLE, "UX:test", MM_INFO, "logged", NULL, NULL) == MM_OK);
    wordexp_t words = {.we_wordc = 1};
    CHECK("text.wordexp-refused", wordexp("a b", &words, 0) == WRDE_NOSYS && words.we_wordc == 0);
    wordfree(&words);
}

int run_fmtmsg(void)
{
    int all = fmtmsg(MM_PRINT, "UX:cat", MM_ERROR, "bad", "read", "UX:cat:1");
    setenv("MSGVERB", "text", 1);
    int part = fmtmsg(MM_PRINT, "UX:cat", MM_ERROR, "bad", "read", "UX:cat:1");
    return all == MM_OK && part == MM_OK ? 0 : 1;
}

static bool folder_is(const char *path, const char *folder)
{
    char text[32];
    strcpy(text, path);
    return strcmp(dirname(text), folder) == 0;
}

static void paths(void)
{
    CHECK("text.dirname", folder_is("a/b", "a") && folder_is("/a", "/") && folder_is("a", "."));
    CHECK("text.dirname-slashes", folder_is("a/b///c", "a/b") && folder_is("a//", ".") &&
                                      folder_is("//a//b//", "//a") && folder_is("a/b/", "a"));
    CHECK("text.dirname-nothing", folder_is("/", "/") && folder_is("///", "/") &&
                                      folder_is("", ".") && strcmp(dirname(NULL), ".") == 0);
}

void area_text(void)
{
    paths();
    codesets();
    codeset_errors();
    money();
    messages();
}
