// SPDX-License-Identifier: MIT
// Controlling terminals, and the names of terminals.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../private/terminal.h"

int isatty(int fd)
{
    struct coco_terminal_info info;
    return __coco_terminal_info(fd, &info) == 0;
}

// What is told of the controlling terminal of the caller's session; of a master whatever it is.
static int get_own(int fd, struct coco_terminal_info *info)
{
    if (__coco_terminal_info(fd, info) < 0) {
        return -1;
    }
    if (info->kind != COCO_TERMINAL_MASTER && info->session != (uint64_t)getsid(0)) {
        errno = ENOTTY;
        return -1;
    }
    return 0;
}

pid_t tcgetpgrp(int fd)
{
    struct coco_terminal_info info;
    return get_own(fd, &info) < 0 ? -1 : (pid_t)info.foreground;
}

pid_t tcgetsid(int fd)
{
    struct coco_terminal_info info;
    if (get_own(fd, &info) < 0) {
        return -1;
    }
    if (info.session == 0) {
        errno = ENOTTY;
        return -1;
    }
    return (pid_t)info.session;
}

static int64_t set_foreground(coco_handle_t handle, uint64_t group)
{
    return coco_terminal_set_foreground(handle, group);
}

int tcsetpgrp(int fd, pid_t group)
{
    struct coco_terminal_info info;
    if (__coco_terminal_info(fd, &info) < 0) {
        return -1;
    }
    if (group <= 0) {
        errno = EINVAL;
        return -1;
    }
    return __coco_terminal_call(fd, set_foreground, (uint64_t)group);
}

char *ctermid(char *buffer)
{
    static char own[L_ctermid];
    return strcpy(buffer ? buffer : own, "/dev/tty");
}

static void path_of(const struct coco_terminal_info *info, enum coco_terminal_name which,
                    char path[COCO_TERMINAL_PATH])
{
    if (info->kind == COCO_TERMINAL_CONSOLE) {
        strcpy(path, "/dev/console");
    } else if (info->kind == COCO_TERMINAL_MASTER && which == COCO_TERMINAL_ITSELF) {
        strcpy(path, "/dev/ptmx");
    } else {
        // Without printf(), which would come into each program that asks for a name.
        char digits[COCO_TERMINAL_PATH];
        char *at = &digits[sizeof(digits) - 1];
        uint32_t number = info->number;
        *at = '\0';
        do {
            *--at = (char)('0' + number % 10);
            number /= 10;
        } while (number != 0);
        strcpy(path, "/dev/pts/");
        strcat(path, at);
    }
}

int __coco_terminal_name(int fd, enum coco_terminal_name which, char *buffer, size_t size)
{
    struct coco_terminal_info info;
    char path[COCO_TERMINAL_PATH];
    int saved_errno = errno;
    if (__coco_terminal_info(fd, &info) < 0) {
        int error = errno;
        errno = saved_errno;
        return error;
    }
    if (which == COCO_TERMINAL_OF_MASTER && info.kind != COCO_TERMINAL_MASTER) {
        return ENOTTY;
    }
    path_of(&info, which, path);
    if (strlen(path) >= size) {
        return ERANGE;
    }
    strcpy(buffer, path);
    return 0;
}

int ttyname_r(int fd, char *buffer, size_t len)
{
    return __coco_terminal_name(fd, COCO_TERMINAL_ITSELF, buffer, len);
}

char *ttyname(int fd)
{
    static char path[COCO_TERMINAL_PATH];
    int error = ttyname_r(fd, path, sizeof(path));
    if (error != 0) {
        errno = error;
        return NULL;
    }
    return path;
}
