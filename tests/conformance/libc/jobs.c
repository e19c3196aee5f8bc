// SPDX-License-Identifier: MIT
// Children, groups, sessions, stops; system() and popen() with a shell that this program plays.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define SHELL "/bin/sh"

static volatile sig_atomic_t child_signals;
static volatile sig_atomic_t child_code;

static bool fails(int result, int error)
{
    return result == -1 && errno == error;
}

static void note_child(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    child_signals++;
    child_code = info->si_code;
}

static pid_t fork_sleeper(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        for (;;) {
            pause();
        }
    }
    return pid;
}

static bool ends_by(pid_t pid, int signal)
{
    int status = 0;
    return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

static void groups(void)
{
    pid_t own = getpid();
    pid_t first = fork_sleeper();
    pid_t second = fork_sleeper();
    int status;
    CHECK("jobs.getpgrp", getpgrp() == getpgid(0) && getpgid(own) == getpgrp());
    CHECK("jobs.getsid", getsid(0) == getsid(own) && getsid(first) == getsid(0));
    CHECK("jobs.child-inherits", getpgid(first) == getpgrp());
    CHECK("jobs.setpgid", setpgid(first, 0) == 0 && getpgid(first) == first &&
                              setpgid(second, first) == 0 && getpgid(second) == first);
    CHECK("jobs.setpgid-refused",
          fails(setpgid(-1, 0), EINVAL) && fails(setpgid(first, -1), EINVAL) &&
              fails(setpgid(getppid(), 0), ESRCH) && fails(setpgid(second, 0x7ffffff), EPERM));
    CHECK("jobs.getpgid-refused",
          fails(getpgid(0x7ffffff), ESRCH) && fails(getsid(0x7ffffff), ESRCH));
    CHECK("jobs.waitpid-group", waitpid(-first, &status, WNOHANG) == 0 &&
                                    fails(waitpid(0, &status, WNOHANG), ECHILD) &&
                                    fails(waitpid(-own - 100000, &status, WNOHANG), ECHILD));
    CHECK("jobs.kill-group", kill(-first, 0) == 0 && killpg(first, SIGUSR1) == 0);
    pid_t ended = waitpid(-first, &status, 0);
    CHECK("jobs.waitpid-group-members", (ended == first || ended == second) &&
                                            WTERMSIG(status) == SIGUSR1 &&
                                            ends_by(ended == first ? second : first, SIGUSR1));
    CHECK("jobs.kill-empty-group", fails(kill(-first, 0), ESRCH) && fails(killpg(-5, 0), EINVAL));
}

static void session(void)
{
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        bool good = setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid() &&
                    fails(setsid(), EPERM) && fails(setpgid(0, 0), EPERM);
        _exit(good ? 17 : 1);
    }
    CHECK("jobs.setsid",
          waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 17);
    pid = fork();
    if (pid == 0) { // every process there is in a session of its own; the tests are in another
        bool good = setsid() > 0;
        pid_t child = fork_sleeper();
        good = good && kill(child, SIGTERM) == 0 && ends_by(child, SIGTERM);
        _exit(good ? 18 : 1);
    }
    CHECK("jobs.in-session", waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 18);
}

static void stops(void)
{
    struct sigaction action = {.sa_sigaction = note_child, .sa_flags = SA_SIGINFO | SA_RESTART};
    int status = 0;
    siginfo_t info;
    sigaction(SIGCHLD, &action, NULL);
    pid_t pid = fork_sleeper();
    child_signals = 0;
    CHECK("jobs.stop", kill(pid, SIGSTOP) == 0 && waitpid(pid, &status, WUNTRACED) == pid &&
                           WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP &&
                           !WIFEXITED(status) && !WIFSIGNALED(status) && !WIFCONTINUED(status));
    CHECK("jobs.stop-is-told-once", waitpid(pid, &status, WUNTRACED | WNOHANG) == 0);
    CHECK("jobs.stop-signal", child_signals == 1 && child_code == CLD_STOPPED);
    CHECK("jobs.stopped-keeps-signals",
          kill(pid, SIGTERM) == 0 && usleep(20000) == 0 && waitpid(pid, &status, WNOHANG) == 0);
    CHECK("jobs.continue", kill(pid, SIGCONT) == 0 && ends_by(pid, SIGTERM));
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    pid = fork_sleeper();
    child_signals = 0;
    memset(&info, 0, sizeof(info));
    CHECK("jobs.waitid-stopped",
          kill(pid, SIGSTOP) == 0 && waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT) == 0 &&
              info.si_pid == pid && info.si_code == CLD_STOPPED && info.si_status == SIGSTOP &&
              waitid(P_ALL, 0, &info, WSTOPPED) == 0 && info.si_pid == pid);
    CHECK("jobs.waitid-continued",
          kill(pid, SIGCONT) == 0 && waitid(P_PGID, 0, &info, WCONTINUED) == 0 &&
              info.si_pid == pid && info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
    CHECK("jobs.no-stop-signal", child_signals == 0);
    CHECK("jobs.waitid-nothing", waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 &&
                                     info.si_pid == 0 &&
                                     fails(waitid(P_ALL, 0, &info, WNOHANG), EINVAL));
    kill(pid, SIGKILL);
    CHECK("jobs.end-signal",
          ends_by(pid, SIGKILL) && child_signals == 1 && child_code == CLD_KILLED);
    signal(SIGCHLD, SIG_DFL);
}

static void no_zombies(void)
{
    int status;
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 10; i++) {
        if (fork() == 0) {
            _exit(0);
        }
    }
    CHECK("jobs.ignored-children", fails(wait(&status), ECHILD));
    signal(SIGCHLD, SIG_DFL);
    bool good = true;
    for (int i = 0; i < 200; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            _exit(i & 0x7f);
        }
        good = good && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == (i & 0x7f);
    }
    CHECK("jobs.hundreds", good && fails(wait(&status), ECHILD));
}

static long used(const struct rusage *usage)
{
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 + usage->ru_utime.tv_usec +
           usage->ru_stime.tv_usec;
}

#define CHILD_MEMORY (8 << 20)

static void usage(void)
{
    struct rusage own;
    struct rusage child;
    struct rusage all;
    struct tms before;
    struct tms after;
    times(&before);
    pid_t pid = fork();
    if (pid == 0) {
        while (clock() < CLOCKS_PER_SEC / 20) {
        }
        char *block = malloc(CHILD_MEMORY);
        if (block) {
            memset(block, 1, CHILD_MEMORY);
        }
        _exit(0);
    }
    CHECK("jobs.wait4-none", wait4(getpid(), NULL, WNOHANG, &child) == -1 && errno == ECHILD);
    CHECK("jobs.wait4", wait4(pid, NULL, 0, &child) == pid && used(&child) >= 50000 - 2);
    CHECK("jobs.wait4-gone", wait4(pid, NULL, 0, &child) == -1 && errno == ECHILD);
    CHECK("jobs.rusage-children",
          getrusage(RUSAGE_CHILDREN, &all) == 0 && used(&all) >= used(&child));
    CHECK("jobs.wait4-memory", child.ru_maxrss >= CHILD_MEMORY / 1024);
    CHECK("jobs.rusage-children-memory", all.ru_maxrss >= child.ru_maxrss);
    CHECK("jobs.rusage-own-memory", getrusage(RUSAGE_SELF, &own) == 0 && own.ru_maxrss > 0 &&
                                        own.ru_maxrss < child.ru_maxrss);
    times(&after);
    CHECK("jobs.times-children",
          after.tms_cutime + after.tms_cstime >= before.tms_cutime + before.tms_cstime + 3);
}

static void attributes(void)
{
    char *argv[] = {(char *)test_program, "--child", "jobs:report", NULL};
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t actions;
    sigset_t set;
    pid_t pid = -1;
    pid_t group = -1;
    short flags = 0;
    int status = -1;
    int ends[2];
    char told[64] = "";
    char expected[64];
    signal(SIGUSR2, SIG_IGN);
    posix_spawnattr_init(&attr);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    posix_spawnattr_setsigdefault(&attr, &set);
    posix_spawnattr_setsigmask(&attr, &set);
    CHECK("jobs.spawn-setpgroup", posix_spawnattr_setpgroup(&attr, 0) == 0 &&
                                      posix_spawnattr_getpgroup(&attr, &group) == 0 && group == 0);
    CHECK("jobs.spawn-flags",
          posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK) == 0 &&
              posix_spawnattr_getflags(&attr, &flags) == 0 &&
              flags == (POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) &&
              posix_spawnattr_setflags(&attr, 0x4000) == EINVAL);
    posix_spawn_file_actions_init(&actions);
    CHECK("jobs.spawn-pipe",
          pipe2(ends, O_CLOEXEC) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 &&
              posix_spawn_file_actions_addchdir(&actions, "/tmp") == 0);
    mode_t mask = umask(031);
    errno = posix_spawn(&pid, test_program, &actions, &attr, argv, environ);
    umask(mask);
    close(ends[1]);
    ssize_t len = read(ends[0], told, sizeof(told) - 1);
    close(ends[0]);
    snprintf(expected, sizeof(expected), "group own session %d mask 31 default blocked /tmp\n",
             (int)getsid(0));

    CHECK("jobs.spawn-attributes", pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 &&
                                       len > 0 && strcmp(told, expected) == 0);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
    argv[2] = "jobs:leader";
    CHECK("jobs.spawn-setsid", posix_spawn(&pid, test_program, NULL, &attr, argv, environ) == 0 &&
                                   waitpid(pid, &status, 0) == pid && status == 0);
    posix_spawnattr_destroy(&attr);
    signal(SIGUSR2, SIG_DFL);
}

static bool copy_program(const char *to)
{
    static char buffer[65536];
    int in = open(test_program, O_RDONLY);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    ssize_t len;
    bool good = in >= 0 && out >= 0;
    while (good && (len = read(in, buffer, sizeof(buffer))) > 0) {
        good = write(out, buffer, (size_t)len) == len;
    }
    close(in);
    close(out);
    return good;
}

static void commands(void)
{
    char line[64] = "";
    int status;
    CHECK("jobs.system", WEXITSTATUS(system("exit 7")) == 7 && system("exit 0") == 0);
    status = system("kill");
    CHECK("jobs.system-signal", WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    signal(SIGINT, SIG_DFL);
    CHECK("jobs.system-signals-restored",
          system("interruptible") == 0 && signal(SIGINT, SIG_DFL) == SIG_DFL);
    jobs_cancelled();
    FILE *stream = popen("echo", "r");
    FILE *other = popen("cat", "w");
    CHECK("jobs.popen-read", stream && fgets(line, sizeof(line), stream) &&
                                 strcmp(line, "echoed\n") == 0 && WEXITSTATUS(pclose(stream)) == 3);
    CHECK("jobs.popen-write",
          other && fputs("seven bytes of input", other) >= 0 && WEXITSTATUS(pclose(other)) == 20);
    CHECK("jobs.popen-refused", !popen("echo", "x") && errno == EINVAL);
    CHECK("jobs.pclose-unknown", fails(pclose(stdout), ECHILD));
    char *argv[] = {"tool", "exit 9", NULL};
    int fd = open("/tmp/libc-jobs-tool", O_WRONLY | O_CREAT | O_TRUNC, 0700);
    CHECK("jobs.tool", write(fd, "no program", 10) == 10 && close(fd) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("PATH", "/tmp", 1);
        execvp("libc-jobs-tool", argv);
        _exit(1);
    }
    CHECK("jobs.execvp-shell", waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 11);
    unlink("/tmp/libc-jobs-tool");
}

static void shell(void)
{
    bool made = mkdir("/bin", 0755) == 0;
    if (access(SHELL, F_OK) == 0) {
        CHECK("jobs.system-shell", system(NULL) == 1);
        return; // a real one, which does not know our commands
    }
    CHECK("jobs.system-none", system(NULL) == 0 && WEXITSTATUS(system("exit 0")) == 127);
    CHECK("jobs.popen-none", !popen("echo", "r") && errno == ENOENT);
    if (CHECK("jobs.shell", copy_program(SHELL))) {
        CHECK("jobs.system-shell", system(NULL) == 1);
        commands();
    }
    unlink(SHELL);
    if (made) {
        rmdir("/bin");
    }
}

int shell_child(int argc, char **argv)
{
    if (argc != 4 || strcmp(argv[1], "-c") != 0) {
        return argc == 3 && strcmp(argv[2], "exit 9") == 0 ? 11 : 99; // a file of commands
    }
    const char *command = argv[3];
    if (strncmp(command, "exit ", 5) == 0) {
        return atoi(command + 5);
    } else if (strcmp(command, "wait") == 0) {
        pause();
    } else if (strcmp(command, "kill") == 0) {
        kill(getpid(), SIGTERM);
    } else if (strcmp(command, "interruptible") == 0) {
        return signal(SIGINT, SIG_DFL) == SIG_DFL ? 0 : 1;
    } else if (strcmp(command, "echo") == 0) {
        puts("echoed");
        return 3;
    } else if (strcmp(command, "cat") == 0) {
        int count = 0;
        while (getchar() != EOF) {
            count++;
        }
        return count;
    }
    return 98;
}

int jobs_child(const char *mode)
{
    struct sigaction action;
    sigset_t blocked;
    char directory[256];
    if (strcmp(mode, "jobs:leader") == 0) {
        return getsid(0) == getpid() && getpgrp() == getpid() ? 0 : 1;
    }
    if (strcmp(mode, "jobs:report") != 0) {
        return -1;
    }
    sigaction(SIGUSR2, NULL, &action);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    printf("group %s session %d mask %o %s %s %s\n", getpgrp() == getpid() ? "own" : "other",
           (int)getsid(0), (unsigned)umask(0), action.sa_handler == SIG_DFL ? "default" : "ignored",
           sigismember(&blocked, SIGUSR2) == 1 ? "blocked" : "open",
           getcwd(directory, sizeof(directory)));
    return 0;
}

void area_jobs(void)
{
    groups();
    session();
    stops();
    no_zombies();
    usage();
    attributes();
    shell();
}
