// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define FILE_A "/tmp/libc-spawn-a"
#define ONCE "/tmp/libc-spawn-once"

static bool fails(int result, int error)
{
    return result == -1 && errno == error;
}

static pid_t start(const char *mode)
{
    char *argv[] = {(char *)test_program, "--child", (char *)mode, NULL};
    pid_t pid = -1;
    errno = posix_spawn(&pid, test_program, NULL, NULL, argv, environ);
    return errno ? -1 : pid;
}

static void basics(void)
{
    int status = 0;
    pid_t pid = start("exit-257");
    CHECK("spawn.start", pid > 0 && pid != getpid());
    CHECK("spawn.waitpid",
          waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 1);
    CHECK("spawn.wait-twice", fails(waitpid(pid, &status, 0), ECHILD));
    CHECK("spawn.wait-none",
          fails(wait(&status), ECHILD) && fails(waitpid(-1, &status, WNOHANG), ECHILD));
    CHECK("spawn.wait-bad-options", fails(waitpid(-1, &status, 0x7777), EINVAL));
    char *argv[] = {"x", NULL};
    CHECK("spawn.missing", posix_spawn(&pid, "/tmp/none", NULL, NULL, argv, environ) == ENOENT);
    CHECK("spawn.no-program", posix_spawn(&pid, "/tmp", NULL, NULL, argv, environ) != 0);
    int fd = open(FILE_A, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    CHECK("spawn.not-elf", write(fd, "no program", 10) == 10 && close(fd) == 0 &&
                               posix_spawn(&pid, FILE_A, NULL, NULL, argv, environ) == ENOEXEC);
    CHECK("spawn.failed-leaves-no-child", fails(wait(&status), ECHILD));
}

static void several(void)
{
    pid_t pids[4];
    int status;
    for (int i = 0; i < 4; i++) {
        pids[i] = start(i % 2 ? "return-0" : "sleep-50ms");
    }
    bool each_once = true;
    for (int i = 0; i < 4; i++) {
        pid_t ended = wait(&status);
        bool found = false;
        for (int k = 0; k < 4; k++) {
            if (pids[k] == ended) {
                pids[k] = 0;
                found = WIFEXITED(status) && WEXITSTATUS(status) == 0;
            }
        }
        each_once = each_once && found;
    }
    CHECK("spawn.wait-any", each_once && fails(wait(&status), ECHILD));
    pid_t slow = start("sleep-forever");
    CHECK("spawn.wnohang", waitpid(slow, &status, WNOHANG) == 0);
    CHECK("spawn.kill-0", kill(slow, 0) == 0);
    CHECK("spawn.kill", kill(slow, SIGKILL) == 0 && waitpid(slow, &status, 0) == slow &&
                            WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK("spawn.kill-gone", fails(kill(slow, SIGKILL), ESRCH));
}

static int run(char *const argv[], char *const envp[], posix_spawn_file_actions_t *actions,
               char *output, size_t size)
{
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_addopen(actions, 1, FILE_A, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    errno = posix_spawn(&pid, test_program, actions, NULL, argv, envp);
    if (errno == 0 && waitpid(pid, &status, 0) != pid) {
        status = -1;
    }
    posix_spawn_file_actions_destroy(actions);
    int fd = open(FILE_A, O_RDONLY);
    ssize_t len = read(fd, output, size - 1);
    output[len > 0 ? len : 0] = '\0';
    close(fd);
    return status;
}

static void contents(void)
{
    char output[1024];
    posix_spawn_file_actions_t actions;
    char *argv[] = {(char *)test_program, "--child", "arguments", NULL};
    char *envp[] = {"A=1", "EMPTY=", "LONG=a value with spaces", NULL};
    posix_spawn_file_actions_init(&actions);
    CHECK("spawn.environment", run(argv, envp, &actions, output, sizeof(output)) == 0 &&
                                   strcmp(output, "A=1\nEMPTY=\nLONG=a value with spaces\n") == 0);
    char *argv_cwd[] = {(char *)test_program, "--child", "cwd", NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, "/tmp");
    CHECK("spawn.directory", run(argv_cwd, environ, &actions, output, sizeof(output)) == 0 &&
                                 strcmp(output, "/tmp\n") == 0);
    char *big = malloc(200000);
    memset(big, 'x', 199999);
    big[199999] = '\0';
    char *argv_big[] = {(char *)test_program, "--child", "cwd", big, NULL};
    pid_t pid;
    CHECK("spawn.too-big", posix_spawn(&pid, test_program, NULL, NULL, argv_big, environ) == E2BIG);
    free(big);
}

static void descriptors(void)
{
    char output[256];
    posix_spawn_file_actions_t actions;
    char *argv[] = {(char *)test_program, "--child", "fds", NULL};
    int shared = open("/tmp/libc-spawn-b", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int hidden = open("/tmp/libc-spawn-b", O_RDWR | O_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, shared, 20);
    posix_spawn_file_actions_addclose(&actions, shared);
    // The child writes to 20 and lists its descriptors; the position is shared with us.
    CHECK("spawn.fds", run(argv, environ, &actions, output, sizeof(output)) == 0 &&
                           strcmp(output, "0 1 2 20\n") == 0);
    CHECK("spawn.shared-position", lseek(shared, 0, SEEK_CUR) == 10);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, hidden, 21);
    posix_spawn_file_actions_adddup2(&actions, shared, 20);
    posix_spawn_file_actions_addclose(&actions, shared);
    CHECK("spawn.dup2-of-cloexec", run(argv, environ, &actions, output, sizeof(output)) == 0 &&
                                       strcmp(output, "0 1 2 20 21\n") == 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, 99, 20);
    pid_t pid;
    CHECK("spawn.bad-dup2",
          posix_spawn(&pid, test_program, &actions, NULL, argv, environ) == EBADF);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 5, "/tmp/none", O_RDONLY, 0);
    CHECK("spawn.bad-open",
          posix_spawn(&pid, test_program, &actions, NULL, argv, environ) == ENOENT);
    posix_spawn_file_actions_destroy(&actions);
    close(shared);
    close(hidden);
    int next = open("/tmp/libc-spawn-b", O_RDONLY);
    CHECK("spawn.leaves-no-descriptor-open", next == 3);
    close(next);
    unlink("/tmp/libc-spawn-b");
}

static void search_path(void)
{
    char folder[4096];
    strcpy(folder, test_program);
    char *slash = strrchr(folder, '/');
    if (!CHECK("spawn.program-has-a-path", slash != NULL)) {
        return;
    }
    *slash = '\0';
    char path[8192];
    snprintf(path, sizeof(path), "/nowhere:%s", folder);
    char *old = getenv("PATH") ? strdup(getenv("PATH")) : NULL;
    setenv("PATH", path, 1);
    char *argv[] = {(char *)test_program, "--child", "return-0", NULL};
    pid_t pid;
    int status = -1;
    CHECK("spawn.posix_spawnp", posix_spawnp(&pid, slash + 1, NULL, NULL, argv, environ) == 0 &&
                                    waitpid(pid, &status, 0) == pid && status == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, ONCE, O_WRONLY | O_CREAT | O_EXCL, 0600);
    unlink(ONCE);
    status = -1;
    CHECK("spawn.posix_spawnp-acts-once",
          posix_spawnp(&pid, slash + 1, &actions, NULL, argv, environ) == 0 &&
              waitpid(pid, &status, 0) == pid && status == 0 && unlink(ONCE) == 0);
    posix_spawn_file_actions_destroy(&actions);
    CHECK("spawn.posix_spawnp-missing",
          posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, environ) == ENOENT);
    if (old) {
        setenv("PATH", old, 1);
    } else {
        unsetenv("PATH");
    }
    free(old);
    unlink(FILE_A);
}

void area_spawn(void)
{
    basics();
    several();
    contents();
    descriptors();
    search_path();
}
