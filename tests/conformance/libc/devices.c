// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static bool all(const char *bytes, size_t len, char value)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != value) {
            return false;
        }
    }
    return true;
}

static void devices(void)
{
    char bytes[64];
    char other[64];
    struct stat state;
    int fd = open("/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0666);
    CHECK("devices.null", fd >= 0 && write(fd, "abc", 3) == 3 && read(fd, bytes, 3) == 0);
    CHECK("devices.null-stat", fstat(fd, &state) == 0 && S_ISCHR(state.st_mode) &&
                                   state.st_rdev != 0 && state.st_size == 0);
    close(fd);
    FILE *stream = fopen("/dev/null", "w");
    CHECK("devices.null-stream", stream && fprintf(stream, "%d", 7) == 1 && fclose(stream) == 0);
    fd = open("/dev/zero", O_RDONLY);
    memset(bytes, 'x', sizeof(bytes));
    CHECK("devices.zero", read(fd, bytes, 64) == 64 && all(bytes, 64, 0));
    close(fd);
    stream = fopen("/dev/full", "w");
    CHECK("devices.full",
          stream && fputs("text", stream) >= 0 && fflush(stream) == EOF && errno == ENOSPC);
    fclose(stream);
    fd = open("/dev/urandom", O_RDONLY);
    CHECK("devices.random",
          read(fd, bytes, 64) == 64 && read(fd, other, 64) == 64 && memcmp(bytes, other, 64) != 0);
    close(fd);
    int console = open("/dev/console", O_WRONLY);
    CHECK("devices.console", console >= 0 && write(console, "# for the log\n", 14) == 14 &&
                                 !isatty(console) && errno == ENOTTY && close(console) == 0 &&
                                 fails(open("/dev/console", O_RDWR), ENXIO));
    CHECK("devices.tty", fails(open("/dev/tty", O_RDWR), ENXIO) && stat("/dev/tty", &state) == 0 &&
                             S_ISCHR(state.st_mode));
    CHECK("devices.kept", fails(unlink("/dev/null"), EBUSY));
}

static void listing(void)
{
    DIR *dir = opendir("/dev");
    int found = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        found += entry->d_type == DT_CHR;
    }
    CHECK("devices.listing", dir && found == 8 && closedir(dir) == 0);
}

static void descriptors(void)
{
    char path[32];
    char text[8] = {0};
    struct stat state;
    int fds[2];
    pipe(fds);
    snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
    int copy = open(path, O_RDONLY | O_CLOEXEC);
    CHECK("devices.fd", copy > fds[1] && fcntl(copy, F_GETFD) == FD_CLOEXEC &&
                            write(fds[1], "pipe", 4) == 4 && read(copy, text, 8) == 4 &&
                            strcmp(text, "pipe") == 0);
    CHECK("devices.fd-access", fails(open(path, O_WRONLY), EACCES));
    CHECK("devices.fd-stat", stat(path, &state) == 0 && S_ISFIFO(state.st_mode));
    close(copy);
    close(fds[0]);
    close(fds[1]);
    CHECK("devices.fd-closed", fails(open(path, O_RDONLY), ENOENT));
    CHECK("devices.fd-no-number", fails(open("/dev/fd/1x", O_WRONLY), ENOENT) &&
                                      fails(open("/dev/fd/99999999999", O_WRONLY), ENOENT));
    copy = open("/dev/stdout", O_WRONLY);
    CHECK("devices.stdout", copy >= 3 && close(copy) == 0);
}

void area_devices(void)
{
    devices();
    listing();
    descriptors();
}
