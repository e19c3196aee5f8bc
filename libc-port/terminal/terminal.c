// SPDX-License-Identifier: MIT
// Terminals by descriptor: there are none. POSIX's order of refusals: a bad descriptor, what is no
// terminal, bad arguments.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../private/cancel.h"

static int refuse(int fd)
{
    if (!isatty(fd) && errno != EBADF) {
        errno = ENOTTY;
    }
    return -1;
}

int tcgetattr(int fd, struct termios *termios)
{
    (void)termios;
    return refuse(fd);
}

int tcsetattr(int fd, int when, const struct termios *termios)
{
    (void)when;
    (void)termios;
    return refuse(fd);
}

int tcgetwinsize(int fd, struct winsize *size)
{
    (void)size;
    return refuse(fd);
}

int tcsetwinsize(int fd, const struct winsize *size)
{
    (void)size;
    return refuse(fd);
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return refuse(fd);
}

int tcdrain(int fd)
{
    __coco_cancel_point();
    return refuse(fd);
}

int tcflush(int fd, int queue)
{
    (void)queue;
    return refuse(fd);
}

int tcflow(int fd, int action)
{
    (void)action;
    return refuse(fd);
}

pid_t tcgetpgrp(int fd)
{
    return refuse(fd);
}

int tcsetpgrp(int fd, pid_t group)
{
    (void)group;
    return refuse(fd);
}

pid_t tcgetsid(int fd)
{
    return refuse(fd);
}

char *ctermid(char *buffer)
{
    static char own[L_ctermid];
    return strcpy(buffer ? buffer : own, "/dev/tty");
}
