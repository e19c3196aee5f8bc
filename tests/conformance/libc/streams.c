// SPDX-License-Identifier: MIT
// Streams beyond plain reading and writing: positions, reopening, buffers, streams in memory, the
// functions that take a va_list. POSIX <stdio.h>.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define FILE_NAME "/tmp/libc-streams.txt"
#define OTHER_NAME "/tmp/libc-streams-2.txt"

/* Call a function of the v...() family with its list. */
#define WITH_LIST(call)                                                                            \
    va_list list;                                                                                  \
    va_start(list, format);                                                                        \
    int result = (call);                                                                           \
    va_end(list);                                                                                  \
    return result

static int to_file(FILE *file, const char *format, ...)
{
    WITH_LIST(vfprintf(file, format, list));
}

static int to_descriptor(int fd, const char *format, ...)
{
    WITH_LIST(vdprintf(fd, format, list));
}

static int to_text(char *out, const char *format, ...)
{
    WITH_LIST(vsprintf(out, format, list));
}

static int to_memory(char **out, const char *format, ...)
{
    WITH_LIST(vasprintf(out, format, list));
}

static int to_output(const char *format, ...)
{
    WITH_LIST(vprintf(format, list));
}

static int from_file(FILE *file, const char *format, ...)
{
    WITH_LIST(vfscanf(file, format, list));
}

static int from_text(const char *text, const char *format, ...)
{
    WITH_LIST(vsscanf(text, format, list));
}

static int from_input(const char *format, ...)
{
    WITH_LIST(vscanf(format, list));
}

static bool file_is(const char *path, const char *expected)
{
    char text[128];
    int fd = open(path, O_RDONLY);
    ssize_t len = read(fd, text, sizeof(text));
    close(fd);
    return len == (ssize_t)strlen(expected) && memcmp(text, expected, (size_t)len) == 0;
}

static void make(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (write(fd, text, strlen(text)) < 0) {
        perror(path);
    }
    close(fd);
}

static void lists(void)
{
    FILE *file = fopen(FILE_NAME, "w");
    CHECK("streams.vfprintf", to_file(file, "%s-%d\n", "a", 1) == 4 && fclose(file) == 0);
    int fd = open(FILE_NAME, O_WRONLY | O_APPEND);
    CHECK("streams.vdprintf",
          to_descriptor(fd, "%05.1f", 2.25) == 5 && dprintf(fd, "|%c", 'z') == 2 && close(fd) == 0);
    CHECK("streams.written", file_is(FILE_NAME, "a-1\n002.2|z"));
    errno = 0;
    CHECK("streams.dprintf-closed", dprintf(fd, "x") < 0 && errno == EBADF);
    char out[16];
    char *made = NULL;
    CHECK("streams.vsprintf", to_text(out, "%x", 255u) == 2 && strcmp(out, "ff") == 0 &&
                                  sprintf(out, "%3d", 5) == 3 && strcmp(out, "  5") == 0);
    CHECK("streams.vasprintf",
          to_memory(&made, "%0*d", 300, 1) == 300 && strlen(made) == 300 && made[299] == '1');
    free(made);
    char word[8];
    int number = 0;
    file = fopen(FILE_NAME, "r");
    CHECK("streams.vfscanf", from_file(file, "%1[a-z]-%d", word, &number) == 2 && number == 1 &&
                                 strcmp(word, "a") == 0);
    fclose(file);
    CHECK("streams.vsscanf", from_text("7 x", "%d %s", &number, word) == 2 && number == 7 &&
                                 from_text("", "%d", &number) == EOF);
}

/* Standard streams of a child. */
int run_streams_standard(void)
{
    int number = 0;
    make(FILE_NAME, "12ab");
    bool good = freopen(FILE_NAME, "r", stdin) == stdin && from_input("%d", &number) == 1 &&
                number == 12 && getchar() == 'a' && getchar_unlocked() == 'b' &&
                getchar_unlocked() == EOF && feof(stdin);
    good = good && to_output("%d-", 5) == 2 && putchar_unlocked('u') == 'u' &&
           putchar('p') == 'p' && puts("!") >= 0;
    return good ? 0 : 1;
}

static void standard(void)
{
    char output[64];
    int status = test_child("streams-standard", output, sizeof(output));
    CHECK("streams.standard", status == 0 && strcmp(output, "5-up!\n") == 0);
}

static void positions(void)
{
    make(FILE_NAME, "0123456789");
    FILE *file = fopen(FILE_NAME, "r+");
    fpos_t place;
    CHECK("streams.fgetpos", fseeko(file, 3, SEEK_SET) == 0 && ftello(file) == 3 &&
                                 fgetpos(file, &place) == 0 && getc(file) == '3' &&
                                 ungetc('x', file) == 'x' && fsetpos(file, &place) == 0 &&
                                 getc(file) == '3' && ftello(file) == 4);
    errno = 0;
    CHECK("streams.fseeko-negative", fseeko(file, -1, SEEK_SET) == -1 && errno == EINVAL &&
                                         ftello(file) == 4 && getc(file) == '4');
    errno = 0;
    CHECK("streams.fseeko-whence", fseeko(file, 0, 77) == -1 && errno == EINVAL);
    CHECK("streams.fseeko-current", fseeko(file, -2, SEEK_CUR) == 0 && getc(file) == '3');
    CHECK("streams.ungetc-tell", ungetc('y', file) == 'y' && ftello(file) == 3 &&
                                     fseeko(file, 0, SEEK_CUR) == 0 && getc(file) == '3');
    CHECK("streams.end-cleared", fseeko(file, 0, SEEK_END) == 0 && getc(file) == EOF &&
                                     feof(file) && ungetc('q', file) == 'q' && !feof(file) &&
                                     getc(file) == 'q');
    CHECK("streams.beyond", fseeko(file, 12, SEEK_SET) == 0 && fputc('e', file) == 'e' &&
                                fflush(file) == 0 && ftello(file) == 13);
    CHECK("streams.read-then-write",
          fseeko(file, 1, SEEK_SET) == 0 && getc(file) == '1' && fseeko(file, 0, SEEK_CUR) == 0 &&
              putc_unlocked('B', file) == 'B' && fflush(file) == 0 && getc_unlocked(file) == '3');
    fclose(file);
    int ends[2];
    CHECK("streams.pipe", pipe(ends) == 0 && (file = fdopen(ends[0], "r")) != NULL);
    errno = 0;
    CHECK("streams.pipe-seek", fseeko(file, 0, SEEK_SET) == -1 && errno == ESPIPE);
    errno = 0;
    CHECK("streams.pipe-tell",
          ftello(file) == -1 && errno == ESPIPE && fgetpos(file, &place) != 0 && errno == ESPIPE);
    fclose(file);
    close(ends[1]);
}

// fflush() and fclose() of an input stream put the descriptor where the stream is.
static void shared_offset(void)
{
    make(FILE_NAME, "0123456789");
    FILE *file = fopen(FILE_NAME, "r");
    int fd = dup(fileno(file));
    CHECK("streams.fflush-input", getc(file) == '0' && getc(file) == '1' && fflush(file) == 0 &&
                                      lseek(fd, 0, SEEK_CUR) == 2);
    CHECK("streams.fflush-input-goes-on", getc(file) == '2');
    CHECK("streams.fclose-input", fclose(file) == 0 && lseek(fd, 0, SEEK_CUR) == 3);
    close(fd);
}

static void reopened(void)
{
    make(FILE_NAME, "first");
    make(OTHER_NAME, "second");
    FILE *file = fopen(FILE_NAME, "r");
    int fd = fileno(file);
    CHECK("streams.freopen", getc(file) == 'f' && freopen(OTHER_NAME, "r", file) == file &&
                                 fileno(file) == fd && getc(file) == 's');
    CHECK("streams.freopen-mode", freopen(OTHER_NAME, "a", file) == file && fputs("!", file) >= 0 &&
                                      fflush(file) == 0 && file_is(OTHER_NAME, "second!") &&
                                      !ferror(file));
    CHECK("streams.freopen-append", (fcntl(fileno(file), F_GETFL) & O_APPEND) != 0);
    errno = 0;
    CHECK("streams.freopen-missing", !freopen("/tmp/none/none", "r", file) && errno == ENOENT);
    errno = 0;
    CHECK("streams.freopen-closes", fcntl(fd, F_GETFD) == -1 && errno == EBADF);
    file = fopen(FILE_NAME, "r+");
    CHECK("streams.freopen-null", freopen(NULL, "r", file) == file && getc(file) == 'f');
    errno = 0;
    CHECK("streams.freopen-null-mode", putc('x', file) == EOF && errno == EBADF);
    fclose(file);
    file = fopen(FILE_NAME, "we");
    CHECK("streams.fopen-e", file && fcntl(fileno(file), F_GETFD) == FD_CLOEXEC);
    fclose(file);
    errno = 0;
    CHECK("streams.fopen-directory", !fopen("/tmp", "w") && errno == EISDIR);
    errno = 0;
    CHECK("streams.fdopen-closed", !fdopen(fd, "r") && errno == EBADF);
    fd = open(FILE_NAME, O_RDONLY);
    errno = 0;
    CHECK("streams.fdopen-mode", !fdopen(fd, "w") && errno == EINVAL);
    errno = 0;
    CHECK("streams.fdopen-bad-mode", !fdopen(fd, "q") && errno == EINVAL);
    close(fd);
}

static void buffers(void)
{
    char buffer[BUFSIZ];
    FILE *file = fopen(FILE_NAME, "w");
    setbuf(file, buffer);
    fputs("held", file);
    CHECK("streams.setbuf", file_is(FILE_NAME, "") && memcmp(buffer, "held", 4) == 0 &&
                                fclose(file) == 0 && file_is(FILE_NAME, "held"));
    file = fopen(FILE_NAME, "w");
    setbuf(file, NULL);
    fputs("direct", file);
    CHECK("streams.setbuf-null", file_is(FILE_NAME, "direct"));
    fclose(file);
    file = fopen(FILE_NAME, "w");
    CHECK("streams.setvbuf-line", setvbuf(file, buffer, _IOLBF, sizeof(buffer)) == 0 &&
                                      fputs("part", file) >= 0 && file_is(FILE_NAME, "") &&
                                      fputs("\nmore", file) >= 0 && !file_is(FILE_NAME, ""));
    fclose(file);
    file = fopen(FILE_NAME, "r");
    CHECK("streams.setvbuf-bad", setvbuf(file, NULL, 77, 10) != 0);
    fclose(file);
    file = fopen("/dev/full", "w");
    fputs("x", file);
    errno = 0;
    CHECK("streams.full", fflush(file) == EOF && errno == ENOSPC && ferror(file));
    fclose(file);
    file = fopen("/dev/full", "w");
    fputs("x", file);
    errno = 0;
    CHECK("streams.full-close", fclose(file) == EOF && errno == ENOSPC);
}

static void blocks(void)
{
    make(FILE_NAME, "abcdefg");
    char text[8] = "";
    FILE *file = fopen(FILE_NAME, "r");
    CHECK("streams.fread-items", fread(text, 3, 4, file) == 2 && memcmp(text, "abcdefg", 7) == 0 &&
                                     feof(file) && fread(text, 1, 1, file) == 0);
    rewind(file);
    CHECK("streams.fread-nothing", fread(text, 0, 5, file) == 0 && fread(text, 5, 0, file) == 0 &&
                                       !feof(file) && getc(file) == 'a');
    text[0] = 'k';
    CHECK("streams.fgets-one",
          fgets(text, 1, file) == text && text[0] == '\0' && getc(file) == 'b');
    CHECK("streams.fgets-part", fgets(text, 4, file) == text && strcmp(text, "cde") == 0);
    CHECK("streams.fgets-end", fgets(text, 8, file) == text && strcmp(text, "fg") == 0 &&
                                   !fgets(text, 8, file) && strcmp(text, "fg") == 0);
    fclose(file);
    errno = 0;
    file = fopen("/tmp", "r");
    CHECK("streams.read-directory", file && getc(file) == EOF && ferror(file) && errno == EISDIR);
    if (file) {
        fclose(file);
    }
    char *line = NULL;
    size_t size = 0;
    file = fopen(FILE_NAME, "w");
    errno = 0;
    CHECK("streams.getline-writer", getline(&line, &size, file) == -1 && ferror(file));
    errno = 0;
    CHECK("streams.getline-null", getline(NULL, &size, file) == -1 && errno == EINVAL);
    fclose(file);
    free(line);
}

void area_streams(void)
{
    lists();
    standard();
    positions();
    shared_offset();
    reopened();
    buffers();
    blocks();
    unlink(FILE_NAME);
    unlink(OTHER_NAME);
}
