// SPDX-License-Identifier: MIT
// Signals by name, texts of errors and signals, sorting keys, bytes of other machines, domains of
// messages, and the small functions on strings of POSIX.1-2024.
#include <endian.h>
#include <errno.h>
#include <libgen.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static void signals(void)
{
    char text[SIG2STR_MAX];
    int number = 0;
    bool all = true;
    for (int i = 1; i <= SIGRTMAX; i++) {
        if (i < SIGSYS + 1 || i >= SIGRTMIN) {
            all = all && sig2str(i, text) == 0 && str2sig(text, &number) == 0 && number == i;
        }
    }
    CHECK("names.sig2str-all", all);
    CHECK("names.sig2str", sig2str(SIGUSR1, text) == 0 && strcmp(text, "USR1") == 0 &&
                               sig2str(SIGRTMIN, text) == 0 && strcmp(text, "RTMIN") == 0 &&
                               sig2str(SIGRTMIN + 1, text) == 0 && strcmp(text, "RTMIN+1") == 0 &&
                               sig2str(SIGRTMAX, text) == 0 && strcmp(text, "RTMAX") == 0 &&
                               sig2str(SIGRTMAX - 1, text) == 0 && strcmp(text, "RTMAX-1") == 0);
    CHECK("names.sig2str-bad", sig2str(-1, text) == -1 && sig2str(SIGRTMAX + 1, text) == -1);
    CHECK("names.str2sig", str2sig("KILL", &number) == 0 && number == SIGKILL &&
                               str2sig("RTMIN+2", &number) == 0 && number == SIGRTMIN + 2 &&
                               str2sig("RTMAX-2", &number) == 0 && number == SIGRTMAX - 2 &&
                               str2sig("9", &number) == 0 && number == 9);
    CHECK("names.str2sig-bad", str2sig("NONE", &number) == -1 && str2sig("", &number) == -1 &&
                                   str2sig("RTMIN+99", &number) == -1 &&
                                   str2sig("SIGKILL", &number) == -1);
    CHECK("names.strsignal", strsignal(SIGKILL)[0] &&
                                 strcmp(strsignal(SIGKILL), strsignal(SIGTERM)) &&
                                 strsignal(12345) && strsignal(-1));
}

int run_psignal(void)
{
    siginfo_t info = {.si_signo = SIGTERM, .si_code = SI_USER};
    errno = 7;
    psignal(SIGTERM, "me");
    psignal(SIGTERM, "");
    psiginfo(&info, "info");
    return errno == 7 ? 0 : 1;
}

static void printed_signals(void)
{
    char output[256];
    char expected[128];
    const char *text = strsignal(SIGTERM);
    snprintf(expected, sizeof(expected), "me: %s\n%s\ninfo: %s", text, text, text);
    CHECK("names.psignal", test_child("psignal", output, sizeof(output)) == 0 &&
                               strncmp(output, expected, strlen(expected)) == 0);
}

// POSIX's strerror_r(), which programs with _GNU_SOURCE do not see.
int to_buffer(int error, char *out, size_t size) __asm__("__xpg_strerror_r");

static void errors(void)
{
    char text[128];
    char small[4] = "...";
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    errno = 0;
    CHECK("names.strerror_r", to_buffer(ENOENT, text, sizeof(text)) == 0 &&
                                  strcmp(text, strerror(ENOENT)) == 0 && errno == 0);
    CHECK("names.strerror_r-small",
          to_buffer(ENOENT, small, sizeof(small)) == ERANGE && memchr(small, '\0', sizeof(small)));
    CHECK("names.strerror_l", strcmp(strerror_l(EPERM, plain), strerror(EPERM)) == 0);
    CHECK("names.strerror-unknown", strerror(12345)[0] && strerror(-1) && strerror(0));
    bool differ = true; // each name of <errno.h> has a text of its own
    for (int i = 1; i < 35; i++) {
        snprintf(text, sizeof(text), "%s", strerror(i));
        for (int j = 1; j < i; j++) {
            differ = differ && strcmp(text, strerror(j)) != 0;
        }
    }
    CHECK("names.strerror-differ", differ);
    freelocale(plain);
}

static void strings(void)
{
    char out[16] = "###############";
    CHECK("names.memccpy", memccpy(out, "abcd", 'c', 4) == out + 3 && memcmp(out, "abc#", 4) == 0 &&
                               !memccpy(out, "xyz", 'q', 2) && memcmp(out, "xyc#", 4) == 0);
    CHECK("names.stpcpy", stpcpy(out, "abc") == out + 3 && strcmp(out, "abc") == 0);
    memset(out, '#', 8);
    CHECK("names.stpncpy", stpncpy(out, "ab", 4) == out + 2 && memcmp(out, "ab\0\0#", 5) == 0 &&
                               stpncpy(out, "abcdef", 3) == out + 3 &&
                               memcmp(out, "abc\0", 4) == 0);
    CHECK("names.strnlen", strnlen("abc", 2) == 2 && strnlen("abc", 9) == 3 && strnlen("", 0) == 0);
    CHECK("names.strcoll",
          strcoll("a", "b") < 0 && strcoll("B", "a") < 0 && strcoll("x", "x") == 0);
    memset(out, '#', 8);
    CHECK("names.strxfrm",
          strxfrm(NULL, "abc", 0) == 3 && strxfrm(out, "abc", 16) == 3 && strcmp(out, "abc") == 0);
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    CHECK("names.strxfrm_l", strxfrm_l(out, "xyz", 16, plain) == 3 && strcmp(out, "xyz") == 0);
    struct tm date = {.tm_year = 124, .tm_mday = 1, .tm_wday = 1};
    CHECK("names.strftime_l",
          strftime_l(out, 16, "%A", &date, plain) == 6 && !strcmp(out, "Monday"));
    CHECK("names.getlocalename_l",
          strcmp(getlocalename_l(LC_CTYPE, plain), "C") == 0 &&
              strcmp(getlocalename_l(LC_TIME, LC_GLOBAL_LOCALE), "C") == 0);
    freelocale(plain);
    CHECK("names.strncasecmp",
          strncasecmp("ABx", "aby", 2) == 0 && strncasecmp("ABx", "aby", 3) < 0 &&
              strncasecmp("a", "b", 0) == 0 && strncasecmp("a", "A\0x", 9) == 0);
}

static void other_machines(void)
{
    CHECK("names.to-big", htobe16(0x1234) == 0x3412 && htobe32(0x12345678) == 0x78563412 &&
                              htobe64(0x123456789abcdef0) == 0xf0debc9a78563412);
    CHECK("names.from-big", be16toh(0x1234) == 0x3412 && be32toh(0x12345678) == 0x78563412 &&
                                be64toh(0x123456789abcdef0) == 0xf0debc9a78563412);
    CHECK("names.little", htole16(0x1234) == 0x1234 && le16toh(0x1234) == 0x1234 &&
                              htole32(0x12345678) == 0x12345678 &&
                              le32toh(0x12345678) == 0x12345678 &&
                              htole64(0x123456789abcdef0) == 0x123456789abcdef0 &&
                              le64toh(0x123456789abcdef0) == 0x123456789abcdef0);
}

static void domains(void)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    CHECK("names.gettext-family",
          strcmp(dcgettext("d", "a", LC_MESSAGES), "a") == 0 &&
              strcmp(dngettext("d", "one", "many", 1), "one") == 0 &&
              strcmp(dcngettext("d", "one", "many", 0, LC_MESSAGES), "many") == 0);
    CHECK("names.gettext_l-family",
          strcmp(gettext_l("a", plain), "a") == 0 &&
              strcmp(dgettext_l("d", "a", plain), "a") == 0 &&
              strcmp(dcgettext_l("d", "a", LC_MESSAGES, plain), "a") == 0 &&
              strcmp(ngettext_l("one", "many", 2, plain), "many") == 0 &&
              strcmp(dngettext_l("d", "one", "many", 1, plain), "one") == 0 &&
              strcmp(dcngettext_l("d", "one", "many", 3, LC_MESSAGES, plain), "many") == 0);
    freelocale(plain);
    CHECK("names.bindtextdomain", bindtextdomain("mine", "/tmp/messages") &&
                                      strcmp(bindtextdomain("mine", NULL), "/tmp/messages") == 0 &&
                                      bindtextdomain("other", NULL) && !bindtextdomain("", "/tmp"));
    CHECK("names.bind_textdomain_codeset",
          !bind_textdomain_codeset("other", NULL) &&
              strcmp(bind_textdomain_codeset("mine", "UTF-8"), "UTF-8") == 0 &&
              strcmp(bind_textdomain_codeset("mine", NULL), "UTF-8") == 0);
}

static bool base_is(const char *path, const char *expected)
{
    char text[32];
    strcpy(text, path);
    return strcmp(basename(text), expected) == 0;
}

static void paths(void)
{
    CHECK("names.basename", base_is("/usr/lib", "lib") && base_is("usr", "usr") &&
                                base_is("/usr/", "usr") && base_is("a//b//", "b"));
    CHECK("names.basename-nothing", base_is("/", "/") && base_is("///", "/") && base_is("", ".") &&
                                        strcmp(basename(NULL), ".") == 0);
}

void area_names(void)
{
    signals();
    printed_signals();
    errors();
    strings();
    other_machines();
    domains();
    paths();
}
