// SPDX-License-Identifier: MIT
// Calls that wait and that a signal handler leaves by siglongjmp(), which POSIX allows for those
// that a handler may call.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness.h"

#define FIFO "/tmp/libc-left-fifo"
#define SOCKET "/tmp/libc-left-socket"
#define TIMES 300
#define AFTER_US 1000

static sigjmp_buf place;
static int listener;

static void leave(int signal)
{
    (void)signal;
    siglongjmp(place, 1);
}

static void open_fifo(void)
{
    (void)open(FIFO, O_RDONLY);
}

static void accept_one(void)
{
    (void)accept(listener, NULL, NULL);
}

static int lowest(void)
{
    int fd = dup(STDIN_FILENO);
    close(fd);
    return fd;
}

// Leave a call, often. @return whether the lowest free descriptor is the same afterwards
static bool loses_none(void (*call)(void))
{
    const struct itimerval soon = {.it_value = {.tv_usec = AFTER_US}};
    static volatile int times; // the jump leaves these as they are
    static volatile int came_back;
    static volatile int before;
    struct sigaction action = {.sa_handler = leave};
    struct sigaction old;
    sigaction(SIGALRM, &action, &old);
    before = lowest();
    came_back = 0;
    for (times = 0; times < TIMES; times++) {
        if (sigsetjmp(place, 1) == 0) {
            setitimer(ITIMER_REAL, &soon, NULL);
            call();
            came_back++;
        }
    }
    sigaction(SIGALRM, &old, NULL);
    return came_back == 0 && before >= 0 && lowest() == before;
}

void area_left(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(SOCKET);
    unlink(FIFO);
    CHECK("left.prepare", mkfifo(FIFO, 0600) == 0 &&
                              bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                              listen(listener, 1) == 0);
    CHECK("left.open", loses_none(open_fifo));
    CHECK("left.accept", loses_none(accept_one));
    close(listener);
    unlink(SOCKET);
    unlink(FIFO);
}
