// SPDX-License-Identifier: MIT
// Processes: how they start, end, and talk.
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOUCHED_LEN (4u * 1024 * 1024) /* bytes */

static char *const no_environment[] = {NULL};
static int to_peer[2];
static int from_peer[2];
static pid_t peer;
static char *touched;

int echo_bytes(void)
{
    char byte;
    while (read(0, &byte, 1) == 1) {
        if (write(1, &byte, 1) != 1) {
            return 1;
        }
    }
    return 0;
}

int ping(int to, int from)
{
    char byte = 'x';
    if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1) {
        errno = EIO;
        return -1;
    }
    return 0;
}

/// @return 0 if the child ended well
static int wait_for(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child) {
        return -1;
    }
    errno = EIO;
    return status == 0 ? 0 : -1;
}

static int fork_wait(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0) {
            _exit(0);
        }
        if (child < 0 || wait_for(child) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The same with memory that the child inherits. */
static int touch(unsigned count)
{
    (void)count;
    touched = malloc(TOUCHED_LEN);
    if (!touched) {
        return -1;
    }
    memset(touched, 1, TOUCHED_LEN);
    return 0;
}

static int free_touched(unsigned count)
{
    (void)count;
    free(touched);
    return 0;
}

/* ENOSYS if there is a fork but no exec, which shows in the child only. */
static int fork_exec_wait(unsigned count)
{
    char *const arguments[] = {"minimal", NULL};
    const char *path = platform_minimal();
    for (unsigned i = 0; i < count; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            execve(path, arguments, no_environment);
            _exit(errno == ENOSYS ? 126 : 127);
        }
        if (child < 0 || waitpid(child, &status, 0) != child) {
            return -1;
        }
        if (status != 0) {
            errno = WIFEXITED(status) && WEXITSTATUS(status) == 126 ? ENOSYS : EIO;
            return -1;
        }
    }
    return 0;
}

static int spawn_wait(unsigned count)
{
    char *const arguments[] = {"minimal", NULL};
    const char *path = platform_minimal();
    for (unsigned i = 0; i < count; i++) {
        pid_t child;
        errno = posix_spawn(&child, path, NULL, NULL, arguments, no_environment);
        if (errno || wait_for(child) != 0) {
            return -1;
        }
    }
    return 0;
}

static int start_echo(void)
{
    posix_spawn_file_actions_t actions;
    char *const arguments[] = {(char *)program_path, "echo", NULL};
    errno = posix_spawn_file_actions_init(&actions);
    if (errno) {
        return -1;
    }
    int error = posix_spawn_file_actions_adddup2(&actions, to_peer[0], 0);
    error = error ? error : posix_spawn_file_actions_adddup2(&actions, from_peer[1], 1);
    error =
        error ? error : posix_spawn(&peer, program_path, &actions, NULL, arguments, no_environment);
    posix_spawn_file_actions_destroy(&actions);
    errno = error;
    return error ? -1 : 0;
}

static int pipes_set_up(unsigned count)
{
    (void)count;
    if (pipe2(to_peer, O_CLOEXEC) != 0 || pipe2(from_peer, O_CLOEXEC) != 0 || start_echo() != 0) {
        return -1;
    }
    close(to_peer[0]);
    close(from_peer[1]);
    return ping(to_peer[1], from_peer[0]); // it runs
}

static int pipe_round_trip(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (ping(to_peer[1], from_peer[0]) != 0) {
            return -1;
        }
    }
    return 0;
}

static int pipes_clean_up(unsigned count)
{
    (void)count;
    close(to_peer[1]);
    int result = wait_for(peer);
    close(from_peer[0]);
    return result;
}

const struct operation process_operations[] = {
    {"pipe_processes", 500, pipes_set_up, pipe_round_trip, pipes_clean_up},
    {"spawn_wait", 50, NULL, spawn_wait, NULL},
    {"fork_wait", 50, NULL, fork_wait, NULL},
    {"fork_touched", 20, touch, fork_wait, free_touched},
    {"fork_exec_wait", 50, NULL, fork_exec_wait, NULL},
    {0},
};
