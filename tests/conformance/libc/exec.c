// SPDX-License-Identifier: MIT
// exec*(): children that replace their program, in each way there is.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define FILE_A "/tmp/libc-exec-a"
#define SCRIPT "/tmp/libc-exec-script"
#define FOLDER "/tmp/libc-exec-bin"

#define INHERITED 20
#define HIDDEN 21

static bool fails(int result, int error)
{
    return result == -1 && errno == error;
}

// What a program finds after exec*(): one word a line.
static int report(void)
{
    const char *way = getenv("EXEC_WAY");
    struct sigaction usr1;
    struct sigaction usr2;
    sigset_t blocked;
    char byte = 0;
    sigaction(SIGUSR1, NULL, &usr1);
    sigaction(SIGUSR2, NULL, &usr2);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    printf("%s\n", way ? way : "nothing");
    printf("%s %s\n", fcntl(INHERITED, F_GETFD) == 0 ? "inherited" : "lost",
           fails(fcntl(HIDDEN, F_GETFD), EBADF) ? "hidden" : "leaked");
    printf("%c\n", read(INHERITED, &byte, 1) == 1 ? byte : '?');
    printf("%s %s %s\n", usr1.sa_handler == SIG_DFL ? "default" : "caught",
           usr2.sa_handler == SIG_IGN ? "ignored" : "default",
           sigismember(&blocked, SIGHUP) == 1 ? "blocked" : "open");
    printf("%d\n", getenv("EXEC_PID") ? atoi(getenv("EXEC_PID")) == (int)getpid() : -1);
    return 0;
}

static const char expected_report[] = "inherited hidden\nb\ndefault ignored blocked\n1\n";

static void handle(int signal)
{
    (void)signal;
}

static bool prepare(void)
{
    char pid[16];
    sigset_t set;
    struct sigaction action = {.sa_handler = handle};
    int fd = open(FILE_A, O_RDWR);
    char byte;
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    setenv("EXEC_PID", pid, 1);
    setenv("EXEC_WAY", "inherited", 1);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    return fd >= 0 && read(fd, &byte, 1) == 1 && dup2(fd, INHERITED) == INHERITED &&
           dup3(fd, HIDDEN, O_CLOEXEC) == HIDDEN && sigaction(SIGUSR1, &action, NULL) == 0 &&
           signal(SIGUSR2, SIG_IGN) != SIG_ERR && sigprocmask(SIG_BLOCK, &set, NULL) == 0;
}

static int exec_by(const char *way)
{
    const char *program = test_program;
    const char *name = strrchr(program, '/') + 1;
    char *argv[] = {"me", "--child", "exec:report", NULL};
    char pid[32];
    char *envp[] = {"EXEC_WAY=given", pid, NULL};
    snprintf(pid, sizeof(pid), "EXEC_PID=%d", (int)getpid());
    if (strcmp(way, "execv") == 0) {
        return execv(program, argv);
    } else if (strcmp(way, "execve") == 0) {
        return execve(program, argv, envp);
    } else if (strcmp(way, "execl") == 0) {
        return execl(program, "me", "--child", "exec:report", (char *)NULL);
    } else if (strcmp(way, "execle") == 0) {
        return execle(program, "me", "--child", "exec:report", (char *)NULL, envp);
    }
    if (strcmp(way, "fexecve") == 0) {
        return fexecve(open(program, O_RDONLY | O_CLOEXEC), argv, envp);
    }
    char path[4096];
    snprintf(path, sizeof(path), "/nowhere:%.*s", (int)(name - 1 - program), program);
    setenv("PATH", path, 1);
    if (strcmp(way, "execvp") == 0) {
        return execvp(name, argv);
    } else if (strcmp(way, "execvpe") == 0) {
        return execvpe(name, argv, envp);
    } else if (strcmp(way, "execlp") == 0) {
        return execlp(name, "me", "--child", "exec:report", (char *)NULL);
    }
    return -1;
}

static void *exec_thread(void *way)
{
    exec_by(way);
    return NULL;
}

static void *wait_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        pause();
    }
}

// From a second thread, while others wait.
static int exec_in_thread(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, wait_for_ever, NULL);
    }
    pthread_create(&threads[3], NULL, exec_thread, "execv");
    pthread_join(threads[3], NULL);
    return 3;
}

static int exec_many_descriptors(void)
{
    for (int fd = 30; fd < 300; fd++) {
        if (dup2(INHERITED, fd) != fd) {
            return 4;
        }
    }
    exec_by("execv");
    return 5;
}

// A child of the program before is one of the program after.
static int exec_with_child(void)
{
    if (fork() == 0) {
        _exit(42);
    }
    return execl(test_program, test_program, "--child", "exec:reap", (char *)NULL);
}

static int reap_child(void)
{
    int status = 0;
    return wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 42 ? 0 : 1;
}

enum { READY = 60, RELEASE = 61 };

// Locks the file, and becomes a program that holds what descriptors it gets until it is told.
static void lock_and_become(int fd, bool hide_copy)
{
    char *argv[] = {"me", "--child", "exec:hold", NULL};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &lock) == 0 && (!hide_copy || dup3(fd, HIDDEN, O_CLOEXEC) == HIDDEN)) {
        execv(test_program, argv);
    }
    _exit(1);
}

static int hold(void)
{
    char byte;
    return write(READY, "x", 1) == 1 && read(RELEASE, &byte, 1) == 1 ? 0 : 1;
}

// The kind of lock that is left after exec when a copy of the descriptor is closed by it, or not.
static int lock_after_exec(bool hide_copy)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(FILE_A, O_RDWR | O_CREAT, 0600);
    int ready[2];
    int release[2];
    int status = 1;
    char byte;
    (void)!pipe(ready);
    (void)!pipe(release);
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(ready[1], READY);
        (void)dup2(release[0], RELEASE);
        lock_and_become(fd, hide_copy);
    }
    close(ready[1]);
    bool good = read(ready[0], &byte, 1) == 1 && fcntl(fd, F_GETLK, &lock) == 0 &&
                write(release[1], "x", 1) == 1 && waitpid(child, &status, 0) == child &&
                status == 0;
    close(ready[0]);
    close(release[0]);
    close(release[1]);
    close(fd);
    return good ? lock.l_type : -1;
}

// A script: its interpreter is this program, which sees "--child", the script and its arguments.
static int exec_script(void)
{
    char *argv[] = {"unseen", NULL};
    execv(SCRIPT, argv);
    return errno;
}

int exec_child(const char *mode)
{
    if (strcmp(mode, SCRIPT) == 0) {
        puts("interpreted");
        return 0;
    }
    if (strncmp(mode, "exec:", 5) != 0) {
        return -1;
    }
    mode += 5;
    if (strcmp(mode, "reap") == 0) {
        return reap_child();
    }
    if (strcmp(mode, "hold") == 0) {
        return hold();
    }
    if (strcmp(mode, "report") == 0) {
        return report();
    }
    if (!prepare()) {
        return 6;
    }
    fputs("unwritten", stdout); // stays in the buffer, and is lost with it
    if (strcmp(mode, "thread") == 0) {
        return exec_in_thread();
    }
    if (strcmp(mode, "children") == 0) {
        return exec_with_child();
    }
    if (strcmp(mode, "descriptors") == 0) {
        return exec_many_descriptors();
    }
    if (strcmp(mode, "script") == 0) {
        return exec_script();
    }
    exec_by(mode);
    return 7;
}

static bool reports(const char *mode, const char *environment)
{
    char output[512];
    char expected[512];
    int fd = open(FILE_A, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    bool written = write(fd, "abc", 3) == 3 && close(fd) == 0;
    snprintf(expected, sizeof(expected), "%s\n%s", environment, expected_report);
    return written && test_child(mode, output, sizeof(output)) == 0 &&
           strcmp(output, expected) == 0;
}

static void make_file(const char *path, const char *content, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK("exec.file", write(fd, content, strlen(content)) == (ssize_t)strlen(content) &&
                           fchmod(fd, mode) == 0 && close(fd) == 0);
}

static void refusals(void)
{
    char *argv[] = {"x", NULL};
    char *big = malloc(200000);
    memset(big, 'x', 199999);
    big[199999] = '\0';
    char *big_argv[] = {"x", big, NULL};
    CHECK("exec.missing", fails(execv("/tmp/none", argv), ENOENT));
    CHECK("exec.empty", fails(execv("", argv), ENOENT) && fails(execvp("", argv), ENOENT));
    CHECK("exec.below-a-file", fails(execv(FILE_A "/x", argv), ENOTDIR));
    CHECK("exec.directory", fails(execv("/tmp", argv), EACCES));
    make_file(FILE_A, "no program", 0600);
    CHECK("exec.not-executable", fails(execv(FILE_A, argv), EACCES));
    make_file(FILE_A, "no program", 0700);
    CHECK("exec.no-program", fails(execv(FILE_A, argv), ENOEXEC));
    int fd = open(FILE_A, O_RDONLY);
    CHECK("exec.fexecve-refused", fails(fexecve(fd, argv, environ), ENOEXEC) &&
                                      fails(fexecve(99, argv, environ), EBADF) && close(fd) == 0);
    CHECK("exec.too-big", fails(execv(test_program, big_argv), E2BIG));
    make_file(SCRIPT, "#!/tmp/no-interpreter\n", 0700);
    CHECK("exec.no-interpreter", fails(execv(SCRIPT, argv), ENOENT));
    make_file(SCRIPT, "#!" SCRIPT "\n", 0700);
    CHECK("exec.script-of-itself", fails(execv(SCRIPT, argv), ENOEXEC));
    free(big);
}

static void search(void)
{
    char *argv[] = {"x", NULL};
    char *old = getenv("PATH") ? strdup(getenv("PATH")) : NULL;
    mkdir(FOLDER, 0700);
    make_file(FOLDER "/tool", "no program", 0600);
    setenv("PATH", "/nowhere:" FOLDER, 1);
    CHECK("exec.path-missing", fails(execvp("no-such-tool", argv), ENOENT));
    CHECK("exec.path-not-executable", fails(execvp("tool", argv), EACCES));
    setenv("PATH", FOLDER ":/nowhere", 1);
    CHECK("exec.path-goes-on", fails(execvp("tool", argv), EACCES));
    chmod(FOLDER "/tool", 0700);
    if (access("/bin/sh", F_OK) < 0) {
        CHECK("exec.path-no-shell", fails(execvp("tool", argv), ENOEXEC));
    }
    if (old) {
        setenv("PATH", old, 1);
    } else {
        unsetenv("PATH");
    }
    free(old);
    unlink(FOLDER "/tool");
    rmdir(FOLDER);
}

void area_exec(void)
{
    CHECK("exec.locks-stay", lock_after_exec(false) == F_WRLCK);
    CHECK("exec.locks-go-with-a-copy", lock_after_exec(true) == F_UNLCK);
    char script[4200];
    char output[256];
    CHECK("exec.execv", reports("exec:execv", "inherited"));
    CHECK("exec.execve", reports("exec:execve", "given"));
    CHECK("exec.execl", reports("exec:execl", "inherited"));
    CHECK("exec.execle", reports("exec:execle", "given"));
    CHECK("exec.execvp", reports("exec:execvp", "inherited"));
    CHECK("exec.execvpe", reports("exec:execvpe", "given"));
    CHECK("exec.execlp", reports("exec:execlp", "inherited"));
    CHECK("exec.fexecve", reports("exec:fexecve", "given"));
    CHECK("exec.from-a-thread", reports("exec:thread", "inherited"));
    CHECK("exec.children-stay", test_child("exec:children", output, sizeof(output)) == 0);
    CHECK("exec.many-descriptors", reports("exec:descriptors", "inherited"));
    snprintf(script, sizeof(script), "#! %s  --child \nrest\n", test_program);
    make_file(FILE_A, "abc", 0600);
    make_file(SCRIPT, script, 0755);
    CHECK("exec.script", test_child("exec:script", output, sizeof(output)) == 0 &&
                             strcmp(output, "interpreted\n") == 0);
    refusals();
    search();
    area_jobs(); // what becomes of the processes that do all this
    unlink(FILE_A);
    unlink(SCRIPT);
}
