// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define FILE_NAME "/tmp/libc-stdio.txt"

static void read_write(void)
{
    FILE *file = fopen(FILE_NAME, "w");
    if (!CHECK("stdio.open-write", file != NULL)) {
        return;
    }
    CHECK("stdio.write", fprintf(file, "line %d\n", 1) == 7 && fputs("line 2\n", file) >= 0 &&
                             fwrite("line 3", 1, 6, file) == 6 && putc('\n', file) == '\n');
    CHECK("stdio.close", fclose(file) == 0);
    file = fopen(FILE_NAME, "r");
    char line[32];
    CHECK("stdio.fgets", file && fgets(line, sizeof(line), file) && strcmp(line, "line 1\n") == 0);
    CHECK("stdio.ftell", ftell(file) == 7);
    CHECK("stdio.ungetc", ungetc('X', file) == 'X' && getc(file) == 'X' && getc(file) == 'l');
    CHECK("stdio.seek", fseek(file, -7, SEEK_END) == 0 && fgets(line, sizeof(line), file) &&
                            strcmp(line, "line 3\n") == 0);
    CHECK("stdio.end", getc(file) == EOF && feof(file) && !ferror(file));
    errno = 0;
    CHECK("stdio.write-to-reader", putc('x', file) == EOF && ferror(file) && errno == EBADF);
    fclose(file);
}

static void modes(void)
{
    FILE *file = fopen(FILE_NAME, "a+");
    CHECK("stdio.append", file && fputs("end\n", file) >= 0 && fflush(file) == 0);
    rewind(file);
    char line[32];
    CHECK("stdio.append-reads", fgets(line, sizeof(line), file) && strcmp(line, "line 1\n") == 0);
    fclose(file);
    file = fopen(FILE_NAME, "r+");
    CHECK("stdio.update", file && fseek(file, 5, SEEK_SET) == 0 && putc('9', file) == '9' &&
                              fseek(file, 0, SEEK_SET) == 0 && fgets(line, sizeof(line), file) &&
                              strcmp(line, "line 9\n") == 0);
    fclose(file);
    errno = 0;
    CHECK("stdio.missing", !fopen("/tmp/no/such/file", "r") && errno == ENOENT);
    errno = 0;
    CHECK("stdio.bad-mode", !fopen(FILE_NAME, "q") && errno == EINVAL);
    CHECK("stdio.exclusive", !fopen(FILE_NAME, "wx") && errno == EEXIST);
    CHECK("stdio.truncates", (file = fopen(FILE_NAME, "w")) && fclose(file) == 0);
    struct stat state;
    CHECK("stdio.truncated", stat(FILE_NAME, &state) == 0 && state.st_size == 0);
}

static void getlines(void)
{
    FILE *file = fopen(FILE_NAME, "w+");
    for (int i = 0; i < 300; i++) {
        putc('x', file);
    }
    fputs("\nshort\nlast", file);
    rewind(file);
    char *line = NULL;
    size_t size = 0;
    CHECK("stdio.getline-long", getline(&line, &size, file) == 301 && line[300] == '\n');
    CHECK("stdio.getline-short", getline(&line, &size, file) == 6 && strcmp(line, "short\n") == 0);
    CHECK("stdio.getdelim", getdelim(&line, &size, 's', file) == 3 && strcmp(line, "las") == 0);
    CHECK("stdio.getline-last", getline(&line, &size, file) == 1 && strcmp(line, "t") == 0);
    CHECK("stdio.getline-end", getline(&line, &size, file) == -1 && feof(file));
    free(line);
    fclose(file);
}

static void large(void)
{
    enum { SIZE = 1 << 20 };
    FILE *file = fopen(FILE_NAME, "w+");
    unsigned char *data = malloc(SIZE);
    unsigned char *back = calloc(1, SIZE);
    for (int i = 0; i < SIZE; i++) {
        data[i] = (unsigned char)(i * 31 + i / 256);
    }
    bool written = true;
    for (int i = 0; i < SIZE; i += 1000) { // odd pieces cross the buffer's ends
        size_t len = SIZE - i < 1000 ? (size_t)(SIZE - i) : 1000;
        written = written && fwrite(data + i, 1, len, file) == len;
    }
    CHECK("stdio.large-write", written && fflush(file) == 0);
    rewind(file);
    CHECK("stdio.large-read", fread(back, 1, SIZE, file) == SIZE && memcmp(data, back, SIZE) == 0);
    free(data);
    free(back);
    fclose(file);
}

static void temporary_names(void)
{
    char name[] = "/tmp/libc-XXXXXX";
    struct stat state;
    errno = 0;
    int fd = mkstemp(name);
    CHECK("stdio.mkstemp", fd >= 0 && errno == 0 && strcmp(name, "/tmp/libc-XXXXXX") != 0 &&
                               stat(name, &state) == 0 && (state.st_mode & 07777) == 0600 &&
                               write(fd, "t", 1) == 1 && lseek(fd, 0, SEEK_SET) == 0 &&
                               close(fd) == 0 && unlink(name) == 0);
    char flagged[] = "/tmp/libc-XXXXXX";
    fd = mkostemp(flagged, O_CLOEXEC | O_APPEND);
    CHECK("stdio.mkostemp",
          fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC &&
              (fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE)) == (O_APPEND | O_RDWR) &&
              close(fd) == 0 && unlink(flagged) == 0);
    char folder[] = "libc-XXXXXX";
    char other[] = "libc-XXXXXX";
    CHECK("stdio.mkdtemp", mkdtemp(folder) == folder && mkdtemp(other) == other &&
                               strcmp(folder, other) != 0 && stat(folder, &state) == 0 &&
                               S_ISDIR(state.st_mode) && (state.st_mode & 07777) == 0700 &&
                               rmdir(folder) == 0 && rmdir(other) == 0);
    char few[] = "libc-XXXXX";
    char nowhere[] = "nowhere/XXXXXX";
    char neither[] = "nowhere/XXXXXX";
    CHECK("stdio.mkdtemp-few-places", mkdtemp(few) == NULL && errno == EINVAL);
    CHECK("stdio.mkstemp-few-places", mkstemp(few) == -1 && errno == EINVAL);
    CHECK("stdio.mkdtemp-nowhere", mkdtemp(nowhere) == NULL && errno == ENOENT);
    CHECK("stdio.mkstemp-nowhere", mkstemp(neither) == -1 && errno == ENOENT);
}

static void others(void)
{
    char buffer[16] = "";
    FILE *memory = fmemopen(buffer, sizeof(buffer), "w");
    CHECK("stdio.fmemopen", memory && fputs("memory", memory) >= 0 && fclose(memory) == 0 &&
                                strcmp(buffer, "memory") == 0);
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    CHECK("stdio.open_memstream", stream && fprintf(stream, "%05d", 42) == 5 &&
                                      fclose(stream) == 0 && len == 5 &&
                                      strcmp(text, "00042") == 0);
    free(text);
    FILE *temporary = tmpfile();
    CHECK("stdio.tmpfile", temporary && fputs("t", temporary) >= 0 &&
                               fseek(temporary, 0, SEEK_SET) == 0 && getc(temporary) == 't' &&
                               fclose(temporary) == 0);
    int fd = open(FILE_NAME, O_RDWR | O_TRUNC);
    FILE *wrapped = fdopen(fd, "r+");
    CHECK("stdio.fdopen", wrapped && fileno(wrapped) == fd && fputs("w", wrapped) >= 0);
    CHECK("stdio.setvbuf", setvbuf(wrapped, NULL, _IONBF, 0) == 0 && fputs("x", wrapped) >= 0 &&
                               lseek(fd, 0, SEEK_END) == 2);
    fclose(wrapped);
    CHECK("stdio.remove",
          remove(FILE_NAME) == 0 && access(FILE_NAME, F_OK) == -1 && errno == ENOENT);
    CHECK("stdio.stdout-not-terminal", !isatty(1) && errno == ENOTTY);
}

void area_stdio(void)
{
    read_write();
    modes();
    getlines();
    large();
    temporary_names();
    others();
}
