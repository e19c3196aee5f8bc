// SPDX-License-Identifier: MIT
// fmemopen() and open_memstream(): modes, positions, the null byte, errors.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void fixed_reads(void)
{
    char text[] = "hello";
    char out[16] = "";
    FILE *file = fmemopen(text, 5, "r");
    CHECK("memory-streams.read",
          file && fread(out, 1, sizeof(out), file) == 5 && !strcmp(out, "hello") && feof(file));
    errno = 0;
    CHECK("memory-streams.read-only", putc('x', file) == EOF && errno == EBADF);
    CHECK("memory-streams.seek-end",
          fseek(file, -2, SEEK_END) == 0 && ftell(file) == 3 && getc(file) == 'l');
    errno = 0;
    CHECK("memory-streams.seek-before",
          fseek(file, -1, SEEK_SET) == -1 && errno == EINVAL && ftell(file) == 4);
    CHECK("memory-streams.seek-beyond", fseek(file, 6, SEEK_SET) == -1 && ftell(file) == 4);
    CHECK("memory-streams.no-descriptor", fileno(file) == -1 && errno == EBADF);
    fclose(file);
    char holes[] = "ab\0cd";
    file = fmemopen(holes, sizeof(holes), "r");
    CHECK("memory-streams.read-nul", fread(out, 1, 16, file) == 6 && memcmp(out, holes, 6) == 0);
    fclose(file);
}

static void fixed_writes(void)
{
    char text[8];
    memset(text, '#', sizeof(text));
    FILE *file = fmemopen(text, sizeof(text), "w+");
    CHECK("memory-streams.truncates", file && text[0] == '\0');
    CHECK("memory-streams.write-nul",
          fputs("abc", file) >= 0 && fflush(file) == 0 && memcmp(text, "abc\0#", 5) == 0);
    CHECK("memory-streams.write-back", fseek(file, 1, SEEK_SET) == 0 && putc('B', file) == 'B' &&
                                           fflush(file) == 0 && memcmp(text, "aBc\0", 4) == 0);
    CHECK("memory-streams.write-end", fseek(file, 0, SEEK_END) == 0 && ftell(file) == 3 &&
                                          fputs("defgh", file) >= 0 && fflush(file) == 0 &&
                                          memcmp(text, "aBcdefgh", 8) == 0);
    setbuf(file, NULL);
    errno = 0;
    CHECK("memory-streams.full", (fputs("x", file) == EOF || fflush(file) == EOF) &&
                                     errno == ENOSPC && memcmp(text, "aBcdefgh", 8) == 0);
    fclose(file);
    strcpy(text, "one");
    file = fmemopen(text, sizeof(text), "a+");
    CHECK("memory-streams.append", file && ftell(file) == 3 && fputs("two", file) >= 0 &&
                                       fflush(file) == 0 && strcmp(text, "onetwo") == 0);
    CHECK("memory-streams.append-seek",
          fseek(file, 0, SEEK_SET) == 0 && getc(file) == 'o' && fseek(file, 0, SEEK_CUR) == 0 &&
              putc('!', file) == '!' && fflush(file) == 0 && memcmp(text, "onetwo!", 7) == 0);
    fclose(file);
    strcpy(text, "keep");
    file = fmemopen(text, sizeof(text), "r+");
    CHECK("memory-streams.update",
          file && putc('K', file) == 'K' && fflush(file) == 0 && memcmp(text, "Keep", 4) == 0);
    fclose(file);
}

static void fixed_own(void)
{
    FILE *file = fmemopen(NULL, 16, "w+");
    char out[16] = "";
    CHECK("memory-streams.own-buffer", file && fputs("own", file) >= 0 &&
                                           fseek(file, 0, SEEK_SET) == 0 &&
                                           fread(out, 1, 16, file) == 3 && !strcmp(out, "own"));
    fclose(file);
    char text[4] = "";
    errno = 0;
    CHECK("memory-streams.bad-mode", !fmemopen(text, 4, "z") && errno == EINVAL);
}

static void growing(void)
{
    char *text = NULL;
    size_t len = 99;
    FILE *file = open_memstream(&text, &len);
    CHECK("memory-streams.grows-empty",
          file && fflush(file) == 0 && len == 0 && text && text[0] == '\0');
    CHECK("memory-streams.grows",
          fputs("hello", file) >= 0 && fflush(file) == 0 && len == 5 && strcmp(text, "hello") == 0);
    CHECK("memory-streams.grows-back", fseek(file, 1, SEEK_SET) == 0 && putc('E', file) == 'E' &&
                                           fflush(file) == 0 && len == 2 && text[1] == 'E');
    CHECK("memory-streams.grows-end", fseek(file, 0, SEEK_END) == 0 && ftell(file) == 5);
    CHECK("memory-streams.grows-gap", fseek(file, 8, SEEK_SET) == 0 && putc('x', file) == 'x' &&
                                          fflush(file) == 0 && len == 9 &&
                                          memcmp(text, "hEllo\0\0\0x", 10) == 0);
    bool all = true;
    for (int i = 0; i < 20000; i++) {
        all = all && putc('a' + i % 26, file) != EOF;
    }
    CHECK("memory-streams.grows-large", all && fclose(file) == 0 && len == 20009 &&
                                            text[20008] == 'a' + 19999 % 26 && text[20009] == 0);
    free(text);
}

void area_memory_streams(void)
{
    fixed_reads();
    fixed_writes();
    fixed_own();
    growing();
}
