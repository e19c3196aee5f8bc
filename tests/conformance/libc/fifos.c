// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define FIFO "/fifo"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void names(void)
{
    struct stat state;
    mode_t mask = umask(022);
    CHECK("fifos.mkfifo", mkfifo(FIFO, 0666) == 0 && stat(FIFO, &state) == 0 &&
                              S_ISFIFO(state.st_mode) && (state.st_mode & ALLPERMS) == 0644 &&
                              state.st_nlink == 1);
    CHECK("fifos.existing", fails(mkfifo(FIFO, 0600), EEXIST));
    CHECK("fifos.missing", fails(mkfifo("/none/x", 0600), ENOENT) &&
                               fails(mkfifo(FIFO "/x", 0600), ENOTDIR) &&
                               fails(mkfifo("", 0600), ENOENT));
    CHECK("fifos.rename", rename(FIFO, "/fifo2") == 0 && unlink("/fifo2") == 0 &&
                              fails(stat("/fifo2", &state), ENOENT));
    CHECK("fifos.mknod", mknod(FIFO, S_IFIFO | 0600, 0) == 0 && stat(FIFO, &state) == 0 &&
                             S_ISFIFO(state.st_mode) && unlink(FIFO) == 0);
    CHECK("fifos.mknod-file", mknod(FIFO, S_IFREG | 0600, 0) == 0 && stat(FIFO, &state) == 0 &&
                                  S_ISREG(state.st_mode) &&
                                  fails(mknod(FIFO, S_IFREG | 0600, 0), EEXIST) &&
                                  unlink(FIFO) == 0);
    CHECK("fifos.mknod-device", fails(mknod(FIFO, S_IFCHR | 0600, 5), EPERM));
    int dir = open("/", O_RDONLY | O_DIRECTORY);
    CHECK("fifos.mkfifoat", mkfifoat(dir, "fifo", 0600) == 0 &&
                                fstatat(dir, "fifo", &state, 0) == 0 && S_ISFIFO(state.st_mode) &&
                                unlinkat(dir, "fifo", 0) == 0);
    close(dir);
    umask(mask);
}

static void without_waiting(void)
{
    char text[8];
    (void)mkfifo(FIFO, 0600);
    CHECK("fifos.enxio", fails(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO));
    int reader = open(FIFO, O_RDONLY | O_NONBLOCK);
    CHECK("fifos.reader-alone", reader >= 0 && read(reader, text, 8) == 0);
    struct pollfd waiting = {.fd = reader, .events = POLLIN};
    CHECK("fifos.nothing-to-poll", poll(&waiting, 1, 0) == 0);
    int writer = open(FIFO, O_WRONLY | O_NONBLOCK);
    CHECK("fifos.empty", writer >= 0 && fails(read(reader, text, 8), EAGAIN));
    CHECK("fifos.bytes", write(writer, "hello", 5) == 5 && read(reader, text, 8) == 5 &&
                             memcmp(text, "hello", 5) == 0);
    CHECK("fifos.no-position", fails(lseek(reader, 0, SEEK_CUR), ESPIPE));
    struct stat state;
    CHECK("fifos.fchmod",
          fchmod(reader, 0640) == 0 && stat(FIFO, &state) == 0 && (state.st_mode & 0777) == 0640);
    close(writer);
    CHECK("fifos.hang-up", poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLHUP) != 0 &&
                               read(reader, text, 8) == 0);
    close(reader);
    int both = open(FIFO, O_RDWR);
    CHECK("fifos.both", both >= 0 && write(both, "x", 1) == 1 && read(both, text, 8) == 1);
    close(both);
    (void)unlink(FIFO);
}

static void *open_to_read(void *result)
{
    *(int *)result = open(FIFO, O_RDONLY);
    return NULL;
}

static void waiting(void)
{
    pthread_t thread;
    int reader = -2;
    char text[8];
    (void)mkfifo(FIFO, 0600);
    pthread_create(&thread, NULL, open_to_read, &reader);
    int writer = open(FIFO, O_WRONLY);
    pthread_join(thread, NULL);
    CHECK("fifos.meet",
          writer >= 0 && reader >= 0 && write(writer, "ab", 2) == 2 && read(reader, text, 8) == 2);
    (void)unlink(FIFO);
    close(writer);
    CHECK("fifos.end", read(reader, text, 8) == 0);
    close(reader);
}

static void catch_signal(int number)
{
    (void)number;
}

static void *open_interrupted(void *result)
{
    int fd = open(FIFO, O_RDONLY);
    *(int *)result = fd >= 0 ? fd : -errno;
    return NULL;
}

static void interrupted(void)
{
    struct sigaction action = {.sa_handler = catch_signal};
    pthread_t thread;
    int result = 0;
    (void)mkfifo(FIFO, 0600);
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&thread, NULL, open_interrupted, &result);
    CHECK("fifos.eintr", interrupt_thread(thread, SIGUSR1, NULL) && result == -EINTR);
    signal(SIGUSR1, SIG_DFL);
    (void)unlink(FIFO);
}

void area_fifos(void)
{
    names();
    without_waiting();
    waiting();
    interrupted();
}
