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

// What system() changes for a while.
struct changed {
    struct sigaction interrupt;
    struct sigaction quit;
    sigset_t mask;
    pid_t child;
};

static void restore(const struct changed *changed)
{
    (void)sigaction(SIGINT, &changed->interrupt, NULL); // as they were
    (void)sigaction(SIGQUIT, &changed->quit, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &changed->mask, NULL);
}

// The caller is cancelled: nobody else knows of the shell.
static void give_up(void *argument)
{
    const struct changed *changed = argument;
    (void)kill(changed->child, SIGKILL); // not waited for yet
    while (waitpid(changed->child, NULL, 0) < 0 && errno == EINTR) {
    }
    restore(changed);
}

static int await(struct changed *changed)
{
    int status = -1;
    pid_t ended;
    pthread_cleanup_push(give_up, changed);
    do {
        ended = waitpid(changed->child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    pthread_cleanup_pop(0);
    return ended < 0 ? -1 : status;
}

static int run(const char *command, const sigset_t *defaults, struct changed *changed)
{
    int error = start(&changed->child, command, defaults, &changed->mask);
    if (error == ENOMEM || error == EAGAIN || error == EMFILE) {
        errno = error;
        return -1;
    }
    return error ? NOT_STARTED : await(changed);
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
    struct changed changed;
    sigset_t defaults = 0;
    sigset_t child = (sigset_t)1 << SIGCHLD;
    (void)sigaction(SIGINT, &ignore, &changed.interrupt); // cannot fail: valid signals
    (void)sigaction(SIGQUIT, &ignore, &changed.quit);
    (void)pthread_sigmask(SIG_BLOCK, &child, &changed.mask);
    if (changed.interrupt.sa_handler != SIG_IGN) {
        defaults |= (sigset_t)1 << SIGINT;
    }
    if (changed.quit.sa_handler != SIG_IGN) {
        defaults |= (sigset_t)1 << SIGQUIT;
    }
    int status = run(command, &defaults, &changed);
    int saved_errno = errno;
    restore(&changed);
    errno = saved_errno;
    return status;
}
