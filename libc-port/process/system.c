// SPDX-License-Identifier: MIT
// system(): by the shell, if the tree of files has one.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../private/program.h"

#define NOT_STARTED (127 << 8) /* the status of a shell that could not be run */

// The shell has the actions and the mask that this process had before.
static int start(pid_t *pid, const char *command, const sigset_t *defaults, const sigset_t *mask)
{
    char *argv[] = {"sh", "-c", "--", (char *)(__UINTPTR_TYPE__)command, NULL};
    posix_spawnattr_t attr;
    int error = posix_spawnattr_init(&attr);
    if (error) {
        return error;
    }
    (void)posix_spawnattr_setsigdefault(&attr, defaults);
    (void)posix_spawnattr_setsigmask(&attr, mask);
    (void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    error = posix_spawn(pid, COCO_SHELL, NULL, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    return error;
}

static int run(const char *command, const sigset_t *defaults, const sigset_t *mask)
{
    int status = -1;
    pid_t pid;
    int error = start(&pid, command, defaults, mask);
    if (error == ENOMEM || error == EAGAIN || error == EMFILE) {
        errno = error;
        return -1;
    }
    if (error) {
        return NOT_STARTED;
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return status;
}

int system(const char *command)
{
    if (!command) {
        int saved_errno = errno;
        int there = access(COCO_SHELL, X_OK) == 0;
        errno = saved_errno;
        return there;
    }
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction interrupt;
    struct sigaction quit;
    sigset_t defaults = 0;
    sigset_t mask;
    sigset_t child = (sigset_t)1 << SIGCHLD;
    (void)sigaction(SIGINT, &ignore, &interrupt); // cannot fail: valid signals
    (void)sigaction(SIGQUIT, &ignore, &quit);
    (void)pthread_sigmask(SIG_BLOCK, &child, &mask);
    if (interrupt.sa_handler != SIG_IGN) {
        defaults |= (sigset_t)1 << SIGINT;
    }
    if (quit.sa_handler != SIG_IGN) {
        defaults |= (sigset_t)1 << SIGQUIT;
    }
    int status = run(command, &defaults, &mask);
    int saved_errno = errno;
    (void)sigaction(SIGINT, &interrupt, NULL);
    (void)sigaction(SIGQUIT, &quit, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    errno = saved_errno;
    return status;
}
