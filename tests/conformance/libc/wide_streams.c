// SPDX-License-Identifier: MIT
// Wide streams and formats: POSIX <wchar.h>, fwprintf() and fwscanf() with their relatives.
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "harness.h"

#define FILE_NAME "/tmp/libc-wide.txt"
#define EURO "\xe2\x82\xac"

/* A function with arguments behind its format, by the one that takes them as a list. */
#define OF_LIST(name, call, ...)                                                                   \
    static int name(__VA_ARGS__, ...)                                                              \
    {                                                                                              \
        va_list list;                                                                              \
        va_start(list, format);                                                                    \
        int result = call;                                                                         \
        va_end(list);                                                                              \
        return result;                                                                             \
    }

OF_LIST(print_list, vfwprintf(file, format, list), FILE *file, const wchar_t *format)
OF_LIST(scan_list, vfwscanf(file, format, list), FILE *file, const wchar_t *format)
OF_LIST(scan_text, vswscanf(text, format, list), const wchar_t *text, const wchar_t *format)
OF_LIST(print_standard, vwprintf(format, list), const wchar_t *format)
OF_LIST(scan_standard, vwscanf(format, list), const wchar_t *format)

static bool file_has(const char *expected)
{
    char text[128] = "";
    FILE *file = fopen(FILE_NAME, "r");
    size_t len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (file) {
        fclose(file);
    }
    return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

static void characters(void)
{
    FILE *file = fopen(FILE_NAME, "w+");
    CHECK("wide-streams.fputwc", fputwc(0x20ac, file) == 0x20ac && putwc(L'a', file) == L'a');
    errno = 0;
    CHECK("wide-streams.fputwc-invalid",
          fputwc((wchar_t)0xd800, file) == WEOF && errno == EILSEQ && ferror(file));
    clearerr(file);
    CHECK("wide-streams.formats",
          fwprintf(file, L"%ls|%s|%lc|%d\n", L"\u20ac", EURO, L'z', 7) == 8 &&
              print_list(file, L"%5ls", L"x") == 5);
    rewind(file);
    CHECK("wide-streams.getwc", getwc(file) == 0x20ac && fgetwc(file) == L'a');
    CHECK("wide-streams.ungetwc", ungetwc(0x1f600, file) == 0x1f600 && getwc(file) == 0x1f600 &&
                                      ungetwc(WEOF, file) == WEOF && getwc(file) == 0x20ac);
    fclose(file);
    CHECK("wide-streams.bytes", file_has(EURO "a" EURO "|" EURO "|z|7\n    x"));
    file = fopen(FILE_NAME, "w");
    fputs("\xff", file);
    file = freopen(FILE_NAME, "r", file);
    errno = 0;
    CHECK("wide-streams.fgetwc-invalid",
          file && fgetwc(file) == WEOF && errno == EILSEQ && ferror(file) && !feof(file));
    fclose(file);
}

static void scans(void)
{
    FILE *file = fopen(FILE_NAME, "w+");
    int number = 0;
    int more = 0;
    wchar_t word[16] = L"";
    char bytes[16] = "";
    float value = 0;
    fputws(L"42 w\u00f6rd text 1.5x", file);
    rewind(file);
    CHECK("wide-streams.fwscanf", fwscanf(file, L"%d %ls %s", &number, word, bytes) == 3 &&
                                      number == 42 && wcscmp(word, L"w\u00f6rd") == 0 &&
                                      strcmp(bytes, "text") == 0);
    CHECK("wide-streams.vfwscanf", scan_list(file, L"%f%n", &value, &more) == 1 && value == 1.5f &&
                                       more == 4 && fgetwc(file) == L'x');
    CHECK("wide-streams.fwscanf-end", fwscanf(file, L"%d", &number) == EOF);
    fclose(file);
    CHECK("wide-streams.vswscanf",
          scan_text(L"0x1f-b", L"%i-%lc", &number, word) == 2 && number == 31 && word[0] == L'b');
    CHECK("wide-streams.swscanf-set",
          swscanf(L"\u00e4\u00f6-z", L"%l[\u00e4\u00f6]%l[^z]", word, word + 8) == 2 &&
              wcscmp(word, L"\u00e4\u00f6") == 0 && wcscmp(word + 8, L"-") == 0);
    CHECK("wide-streams.swscanf-bytes",
          swscanf(L"\u20acx", L"%3[\u20acx]", bytes) == 1 && strcmp(bytes, EURO "x") == 0);
    CHECK("wide-streams.swscanf-positions",
          swscanf(L"1 2", L"%2$d %1$d", &number, &more) == 2 && number == 2 && more == 1);
    wchar_t *made = NULL;
    CHECK("wide-streams.swscanf-m",
          swscanf(L"made here", L"%mls", &made) == 1 && made && wcscmp(made, L"made") == 0);
    free(made);
    char *set = NULL;
    CHECK("wide-streams.swscanf-m-set",
          swscanf(L"abcx", L"%m[abc]", &set) == 1 && set && strcmp(set, "abc") == 0);
    free(set);
}

static void prints(void)
{
    wchar_t out[32];
    CHECK("wide-streams.swprintf-floats", swprintf(out, 32, L"%.3f|%a|%Le", 1.5, 1.0, 2.5L) == 25 &&
                                              wcscmp(out, L"1.500|0x1p+0|2.500000e+00") == 0);
    errno = 0;
    CHECK("wide-streams.swprintf-small", swprintf(out, 3, L"abc") < 0);
    CHECK("wide-streams.swprintf-exact", swprintf(out, 4, L"abc") == 3);
    CHECK("wide-streams.swprintf-precision",
          swprintf(out, 32, L"%.2ls|%.3s", L"abc", "a" EURO "bc") == 6 &&
              wcscmp(out, L"ab|a\u20acb") == 0);
    CHECK("wide-streams.swprintf-positions",
          swprintf(out, 32, L"%2$ls-%1$d-%3$*1$d", 3, L"x", 7) == 7 &&
              wcscmp(out, L"x-3-  7") == 0);
    errno = 0;
    CHECK("wide-streams.swprintf-invalid",
          swprintf(out, 32, L"%s", "\xff") == -1 && errno == EILSEQ);
    int count = 0;
    CHECK("wide-streams.swprintf-n", swprintf(out, 32, L"\u20ac%n", &count) == 1 && count == 1);
}

/* Standard streams of a child, so that this process's stay bytes. */
static void standard(void)
{
    char output[64];
    int status = test_child("wide-standard", output, sizeof(output));
    CHECK("wide-streams.standard", status == 0 && strcmp(output, EURO "-7\n"
                                                                      "w8\n\nxy") == 0);
}

int run_wide_standard(void)
{
    int number = 0;
    wchar_t word[8] = L"";
    setlocale(LC_ALL, "C.UTF-8");
    FILE *file = fopen(FILE_NAME, "w");
    fputs("12 " EURO " ab", file);
    bool good = freopen(FILE_NAME, "r", stdin) && fclose(file) == 0 &&
                wscanf(L"%d ", &number) == 1 && number == 12 && getwchar() == 0x20ac &&
                scan_standard(L"%ls", word) == 1 && wcscmp(word, L"ab") == 0 && getwchar() == WEOF;
    good = good && wprintf(L"%lc-%d\n", 0x20ac, 7) == 4 &&
           print_standard(L"%ls%d\n", L"w", 8) == 3 && putwchar(L'\n') == L'\n' &&
           fputws(L"xy", stdout) >= 0;
    return good && fwide(stdout, 0) > 0 && printf("no") < 0 ? 0 : 1;
}

static void memory_streams(void)
{
    wchar_t *text = NULL;
    size_t len = 99;
    FILE *file = open_wmemstream(&text, &len);
    CHECK("wide-streams.open_wmemstream",
          file && fflush(file) == 0 && text && len == 0 && text[0] == 0 && fwide(file, 0) > 0);
    CHECK("wide-streams.open_wmemstream-write", fputws(L"a\u20acc", file) >= 0 &&
                                                    fflush(file) == 0 && len == 3 &&
                                                    wcscmp(text, L"a\u20acc") == 0);
    CHECK("wide-streams.open_wmemstream-seek",
          fseek(file, 1, SEEK_SET) == 0 && fputwc(L'b', file) == L'b' && fflush(file) == 0 &&
              len == 2 && text[1] == L'b' && fclose(file) == 0);
    free(text);
    errno = 0;
    CHECK("wide-streams.open_wmemstream-bad", !open_wmemstream(NULL, &len) && errno == EINVAL);
}

void area_wide_streams(void)
{
    if (CHECK("wide-streams.locale", setlocale(LC_ALL, "C.UTF-8") != NULL)) {
        characters();
        scans();
        prints();
        standard();
        memory_streams();
    }
    setlocale(LC_ALL, "C");
    unlink(FILE_NAME);
}
