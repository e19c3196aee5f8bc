// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(exec, "execve, execv, execvp, execvpe, fexecve, execl, execle, execlp");

int execve(const char *path, char *const argv[], char *const envp[])
{
    (void)path;
    (void)argv;
    (void)envp;
    errno = ENOSYS;
    return -1;
}

int execv(const char *path, char *const argv[])
{
    (void)path;
    (void)argv;
    errno = ENOSYS;
    return -1;
}

int execvp(const char *file, char *const argv[])
{
    (void)file;
    (void)argv;
    errno = ENOSYS;
    return -1;
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
    (void)file;
    (void)argv;
    (void)envp;
    errno = ENOSYS;
    return -1;
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
    (void)fd;
    (void)argv;
    (void)envp;
    errno = ENOSYS;
    return -1;
}

int execl(const char *path, const char *argument, ...)
{
    (void)path;
    (void)argument;
    errno = ENOSYS;
    return -1;
}

int execle(const char *path, const char *argument, ...)
{
    (void)path;
    (void)argument;
    errno = ENOSYS;
    return -1;
}

int execlp(const char *file, const char *argument, ...)
{
    (void)file;
    (void)argument;
    errno = ENOSYS;
    return -1;
}
