// SPDX-License-Identifier: MIT
// popen(): a stream to or from a command of the shell. Streams are listed with the children at
// their other ends; the lock of newlib's list of streams, which fork() takes, guards the list.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/lock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../private/program.h"

extern struct __lock __lock___sfp_recursive_mutex;

struct command {
    struct command *next;
    FILE *stream;
    pid_t pid;
};

static struct command *commands;

static void lock(void)
{
    __retarget_lock_acquire_recursive(&__lock___sfp_recursive_mutex);
}

static void unlock(void)
{
    __retarget_lock_release_recursive(&__lock___sfp_recursive_mutex);
}

// The child's side: `end` becomes its standard input or output; other commands' streams stay here.
static int start(pid_t *pid, const char *command, int end, int target)
{
    char *argv[] = {"sh", "-c", "--", (char *)(__UINTPTR_TYPE__)command, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) {
        return error;
    }
    for (const struct command *other = commands; other && !error; other = other->next) {
        int fd = fileno(other->stream);
        if (fd >= 0 && fd != target) {
            error = posix_spawn_file_actions_addclose(&actions, fd);
        }
    }
    if (!error) {
        error = posix_spawn_file_actions_adddup2(&actions, end, target);
    }
    if (!error) {
        error = posix_spawn(pid, COCO_SHELL, &actions, NULL, argv, environ);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

// Open the stream on `own` and start the command on `end`. Closes `own` if it fails.
static FILE *open_command(const char *text, bool reads, int own, int end, struct command *command)
{
    FILE *stream = fdopen(own, reads ? "r" : "w");
    if (!stream) {
        int saved_errno = errno;
        (void)close(own);
        errno = saved_errno;
        return NULL;
    }
    lock();
    int error = start(&command->pid, text, end, reads ? STDOUT_FILENO : STDIN_FILENO);
    if (!error) {
        command->stream = stream;
        command->next = commands;
        commands = command;
    }
    unlock();
    if (error) {
        (void)fclose(stream);
        errno = error;
        return NULL;
    }
    return stream;
}

FILE *popen(const char *text, const char *mode)
{
    int ends[2];
    bool reads = mode[0] == 'r';
    bool cloexec = strchr(mode, 'e') != NULL;
    if ((mode[0] != 'r' && mode[0] != 'w') || strspn(mode + 1, "eb") != strlen(mode + 1)) {
        errno = EINVAL;
        return NULL;
    }
    struct command *command = malloc(sizeof(*command));
    if (!command || pipe2(ends, O_CLOEXEC) < 0) {
        free(command);
        return NULL;
    }
    int own = ends[reads ? 0 : 1];
    int end = ends[reads ? 1 : 0];
    FILE *stream = open_command(text, reads, own, end, command);
    int saved_errno = errno;
    (void)close(end);
    if (!stream) {
        free(command);
    } else if (!cloexec) {
        (void)fcntl(own, F_SETFD, 0); // ours, and open
    }
    errno = saved_errno;
    return stream;
}

int pclose(FILE *stream)
{
    struct command *found = NULL;
    lock();
    for (struct command **link = &commands; *link; link = &(*link)->next) {
        if ((*link)->stream == stream) {
            found = *link;
            *link = found->next;
            break;
        }
    }
    unlock();
    if (!found) {
        errno = ECHILD;
        return -1;
    }
    pid_t pid = found->pid;
    int status = -1;
    free(found);
    (void)fclose(stream); // what could not be written does not change how the command ends
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return status;
}
