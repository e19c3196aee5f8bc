// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define PAGE 4096

static int data = 5;
static int *shared; // a page that parent and children share

// Run a function in a child: its exit status, or -1.
static int in_child(int (*function)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        _exit(function());
    }
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : -1;
}

static int change_memory(void)
{
    char *block = malloc(100000);
    bool ok = data == 5 && block != NULL;
    data = 6;
    shared[0] = 1;
    free(block);
    return ok ? 7 : 1;
}

static int tell_ids(void)
{
    shared[0] = getpid();
    shared[1] = getppid();
    return 0;
}

static int see_no_children(void)
{
    return wait(NULL) == -1 && errno == ECHILD ? 3 : 1;
}

static int keep_rounding(void)
{
    return fegetround() == FE_UPWARD ? 4 : 1;
}

static void basics(void)
{
    shared[0] = 0;
    CHECK("fork.memory", in_child(change_memory) == 7 && data == 5 && shared[0] == 1);
    int pid = in_child(tell_ids) == 0 ? shared[0] : 0;
    CHECK("fork.pids", pid > 0 && pid != getpid() && shared[1] == getpid());
    CHECK("fork.no-grandchildren", in_child(see_no_children) == 3);
    fesetround(FE_UPWARD);
    CHECK("fork.floating-environment", in_child(keep_rounding) == 4);
    fesetround(FE_TONEAREST);
}

static void descriptors(void)
{
    char text[8] = "";
    int fd = open("/tmp/libc-fork", O_RDWR | O_CREAT | O_TRUNC, 0600);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(write(fd, "child", 5) == 5 && close(fd) == 0 ? 0 : 1);
    }
    int status = -1;
    CHECK("fork.descriptors", waitpid(pid, &status, 0) == pid && status == 0 &&
                                  lseek(fd, 0, SEEK_CUR) == 5 && pread(fd, text, 5, 0) == 5 &&
                                  strcmp(text, "child") == 0);
    close(fd);
    unlink("/tmp/libc-fork");
}

static char order[16];

// Handlers stay, so later forks come by, too.
static void note(char mark)
{
    size_t len = strlen(order);
    if (len < sizeof(order) - 1) {
        order[len] = mark;
    }
}

static void prepare_1(void)
{
    note('p');
}

static void prepare_2(void)
{
    note('P');
}

static void parent_1(void)
{
    note('m');
}

static void parent_2(void)
{
    note('M');
}

static void child_1(void)
{
    note('c');
}

static void child_2(void)
{
    note('C');
}

static int see_child_order(void)
{
    return strcmp(order, "PpcC") == 0 ? 5 : 1;
}

static void handlers(void)
{
    bool set = pthread_atfork(prepare_1, parent_1, child_1) == 0 &&
               pthread_atfork(prepare_2, parent_2, child_2) == 0 &&
               pthread_atfork(NULL, NULL, NULL) == 0;
    CHECK("fork.atfork-child", set && in_child(see_child_order) == 5);
    CHECK("fork.atfork-parent", strcmp(order, "PpmM") == 0);
}

static void waiting(void)
{
    pid_t pids[5];
    int seen = 0;
    int hold[2];
    char byte;
    pipe(hold);
    for (int i = 0; i < 5; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            close(hold[1]);
            (void)read(hold[0], &byte, 1); // until the parent has looked
            usleep((useconds_t)(5 - i) * 20000);
            _exit(10 + i);
        }
    }
    CHECK("fork.wnohang", waitpid(pids[0], NULL, WNOHANG) == 0);
    close(hold[0]);
    close(hold[1]);
    for (int i = 0; i < 5; i++) {
        int status = 0;
        pid_t pid = wait(&status);
        for (int k = 0; k < 5; k++) {
            if (pid == pids[k] && WIFEXITED(status) && WEXITSTATUS(status) == 10 + k) {
                seen |= 1 << k;
            }
        }
    }
    CHECK("fork.wait-any", seen == 31 && wait(NULL) == -1 && errno == ECHILD);
    siginfo_t info;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(77);
    }
    CHECK("fork.waitid-nowait", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0 &&
                                    info.si_pid == pid && info.si_status == 77 &&
                                    info.si_code == CLD_EXITED && info.si_signo == SIGCHLD);
    CHECK("fork.waitid", waitid(P_ALL, 0, &info, WEXITED) == 0 && info.si_pid == pid);
    CHECK("fork.waitid-none", waitid(P_ALL, 0, &info, WEXITED) == -1 && errno == ECHILD);
    CHECK("fork.waitid-options", waitid(P_ALL, 0, &info, WNOHANG) == -1 && errno == EINVAL);
}

static volatile bool stop;

static void *churn(void *unused)
{
    while (!stop) {
        free(malloc(64));
        char name[16];
        snprintf(name, sizeof(name), "%d", data);
    }
    return unused;
}

static int use_library(void)
{
    char text[16];
    void *block = malloc(300);
    int fd = open("/tmp", O_RDONLY);
    bool ok =
        block != NULL && fd >= 0 && close(fd) == 0 && snprintf(text, sizeof(text), "%d", 42) == 2;
    free(block);
    return ok ? 6 : 1;
}

static void with_threads(void)
{
    pthread_t threads[2];
    int good = 0;
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, churn, NULL);
    }
    for (int i = 0; i < 20; i++) {
        good += in_child(use_library) == 6;
    }
    stop = true;
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK("fork.with-threads", good == 20);
}

void area_fork(void)
{
    shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!CHECK("fork.shared-memory", shared != MAP_FAILED)) {
        return;
    }
    basics();
    descriptors();
    handlers();
    waiting();
    with_threads();
    munmap(shared, PAGE);
}
