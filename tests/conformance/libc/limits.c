// SPDX-License-Identifier: MIT
// Limits of resources, and programs that ask for everything: others go on, and what was taken comes
// back.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define MIB ((size_t)1 << 20)

static const int known[] = {RLIMIT_CPU,  RLIMIT_FSIZE, RLIMIT_DATA,   RLIMIT_STACK,
                            RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_AS};

// Run a function in a child: its exit status, or -1.
static int in_child(int (*function)(void))
{
    pid_t pid = fork();
    int status = -1;
    if (pid == 0) {
        _exit(function());
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : -1;
}

static bool set(int resource, rlim_t current, rlim_t maximum)
{
    const struct rlimit limit = {current, maximum};
    return setrlimit(resource, &limit) == 0;
}

static int change_limits(void)
{
    struct rlimit limit;
    if (!set(RLIMIT_NOFILE, 20, 30) || getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
        limit.rlim_cur != 20 || limit.rlim_max != 30 || sysconf(_SC_OPEN_MAX) != 20) {
        return 1;
    }
    if (set(RLIMIT_NOFILE, 30, 31) || errno != EPERM || set(RLIMIT_NOFILE, 31, 30) ||
        errno != EINVAL || !set(RLIMIT_NOFILE, 30, 30) || !set(RLIMIT_NOFILE, 10, 30)) {
        return 2;
    }
    int last = -1;
    for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;) {
        last = fd;
    }
    if (last != 9 || errno != EMFILE || dup2(0, 10) != -1 || errno != EBADF ||
        fcntl(0, F_DUPFD, 10) != -1 || errno != EINVAL || dup2(0, 9) != 9 ||
        fcntl(10, F_DUPFD, 10) != -1 || errno != EBADF) {
        return 3;
    }
    // A copy has the limits, too.
    pid_t pid = fork();
    if (pid == 0) {
        _exit(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 10 && dup(0) == -1 ? 0
                                                                                            : 1);
    }
    int status = -1;
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        return 4;
    }
    return set(RLIMIT_NOFILE, 0, 30) && dup(0) == -1 && errno == EMFILE && dup(20) == -1 &&
                   errno == EBADF
               ? 0
               : 5;
}

static int limit_memory(void)
{
    struct rlimit limit;
    if (!set(RLIMIT_AS, 32 * MIB, 64 * MIB) || getrlimit(RLIMIT_DATA, &limit) != 0 ||
        limit.rlim_cur != 32 * MIB) {
        return 1;
    }
    void *much = malloc(40 * MIB);
    if (much || errno != ENOMEM) {
        return 2;
    }
    if (!set(RLIMIT_AS, 64 * MIB, 64 * MIB)) {
        return 3;
    }
    much = malloc(40 * MIB);
    return much ? 0 : 4;
}

static volatile sig_atomic_t times_over;

static void time_is_over(int signal)
{
    (void)signal;
    times_over++;
}

// Of a copy of this process, that has used no time so far.
static int limit_time(void)
{
    struct rlimit limit;
    int status = 0;
    if (!set(RLIMIT_CPU, 100, 200) || getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_cur != 100 ||
        limit.rlim_max != 200 || set(RLIMIT_CPU, 10, 201) || errno != EPERM) {
        return 1;
    }
    signal(SIGXCPU, time_is_over);
    pid_t pid = fork();
    if (pid == 0) {
        if (!set(RLIMIT_CPU, 0, 1)) {
            _exit(1);
        }
        while (times_over == 0) {
        }
        signal(SIGXCPU, SIG_IGN);
        for (;;) {
        }
    }
    return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
                   times_over == 0
               ? 0
               : 2;
}

static void values(void)
{
    struct rlimit limit;
    bool ok = true;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        ok = ok && getrlimit(known[i], &limit) == 0 && limit.rlim_cur <= limit.rlim_max &&
             setrlimit(known[i], &limit) == 0;
    }
    CHECK("limits.get", ok);
    CHECK("limits.unknown", getrlimit(77, &limit) == -1 && errno == EINVAL &&
                                setrlimit(77, &limit) == -1 && errno == EINVAL);
    CHECK("limits.core", getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0);
    CHECK("limits.cpu", in_child(limit_time) == 0);
    CHECK("limits.nofile", in_child(change_limits) == 0);
    CHECK("limits.memory", in_child(limit_memory) == 0);
}

// What a neighbour does while others take what they get: it goes on.
static int neighbour(int ready)
{
    char byte;
    volatile unsigned long turns = 0;
    free(malloc(200000));
    (void)write(ready, "x", 1);
    for (int i = 0; i < 200; i++) {
        char *block = malloc(200000);
        if (!block) {
            return 1;
        }
        memset(block, i, 200000);
        turns += (unsigned char)block[199999];
        free(block);
        byte = (char)i;
        int fd = open("/tmp/libc-neighbour", O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || write(fd, &byte, 1) != 1) {
            return 2;
        }
        close(fd);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    unlink("/tmp/libc-neighbour");
    return 0;
}

// Run the function in a child beside a neighbour; both have to end well.
static bool beside_neighbour(int (*function)(void))
{
    int ready[2];
    char byte;
    int status = -1;
    if (pipe(ready) != 0) {
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        _exit(neighbour(ready[1]));
    }
    close(ready[1]);
    bool started = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    int result = in_child(function);
    bool well = waitpid(pid, &status, 0) == pid && status == 0;
    if (!started || result != 0 || !well) {
        printf("# started %d, result %d, neighbour %x\n", started, result, (unsigned)status);
    }
    return started && result == 0 && well;
}

// Takes all memory it gets, and touches a good part.
static int take_memory(void)
{
    size_t taken = 0;
    for (size_t size = 64 * MIB; size >= 65536; size /= 2) {
        char *memory;
        while ((memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                              0)) != MAP_FAILED) {
            for (size_t at = 0; at < size && taken < 100 * MIB; at += 4096, taken += 4096) {
                memory[at] = 1;
            }
        }
        if (errno != ENOMEM) {
            return 1;
        }
    }
    return taken >= 32 * MIB ? 0 : 2;
}

// Takes descriptors, pipes and mappings without end.
static int take_objects(void)
{
    int fds[2];
    while (pipe(fds) == 0) {
    }
    if (errno != EMFILE) {
        return 1;
    }
    for (int i = 0; i < 70000; i++) {
        // Of different protection, so that no two become one range.
        if (mmap(NULL, 4096, i % 2 ? PROT_NONE : PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
            MAP_FAILED) {
            return errno == ENOMEM ? 0 : 2;
        }
    }
    return 3;
}

static void *wait_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        pause();
    }
    return NULL;
}

static int take_threads(void)
{
    pthread_attr_t attr;
    pthread_t thread;
    int count = 0;
    int error;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 65536);
    while ((error = pthread_create(&thread, &attr, wait_for_ever, NULL)) == 0) {
        count++;
    }
    return error == EAGAIN && count > 100 ? 0 : 1; // exit() ends them all
}

static int take_few_threads(void)
{
    pthread_t thread;
    int count = 0;
    int error;
    if (!set(RLIMIT_NPROC, 8, 8)) {
        return 1;
    }
    while ((error = pthread_create(&thread, NULL, wait_for_ever, NULL)) == 0) {
        count++;
    }
    return error == EAGAIN && count == 7 ? 0 : 2; // and this one
}

// Each copy copies itself until no more are allowed; then the first one kills its descendants by
// letting go of them: a pipe that all of them read from ends.
static int bomb(void)
{
    int life[2];
    char byte;
    volatile int *count =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t first = getpid();
    if (!set(RLIMIT_NPROC, 40, 40) || count == MAP_FAILED || pipe(life) != 0) {
        return 1;
    }
    for (;;) {
        pid_t pid = fork();
        if (pid < 0) {
            break;
        }
        if (pid == 0) {
            close(life[1]);
            __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
        }
    }
    bool again = errno == EAGAIN;
    if (getpid() != first) {
        (void)read(life[0], &byte, 1); // returns when the first one has closed its end
        _exit(again ? 0 : 1);
    }
    if (!again || *count > 39) {
        return 2;
    }
    close(life[1]);
    while (wait(NULL) > 0) {
    }
    // There is room again once all are gone; those that others made are nobody's to wait for.
    for (int i = 0; i < 2000; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            _exit(0);
        }
        if (pid > 0) {
            return waitpid(pid, NULL, 0) == pid ? 0 : 3;
        }
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return 4;
}

// The same without a limit of its own: the machine's holds.
static int start_many(void)
{
    static pid_t pids[20000];
    int life[2];
    char byte;
    size_t count = 0;
    if (pipe(life) != 0) {
        return 1;
    }
    while (count < sizeof(pids) / sizeof(pids[0]) && (pids[count] = fork()) > 0) {
        count++;
    }
    int error = errno;
    if (count < sizeof(pids) / sizeof(pids[0]) && pids[count] == 0) {
        close(life[1]);
        (void)read(life[0], &byte, 1);
        _exit(0);
    }
    close(life[1]);
    for (size_t i = 0; i < count; i++) {
        waitpid(pids[i], NULL, 0);
    }
    // A copy of this program is some 2 MiB.
    return (error == EAGAIN || error == ENOMEM) && count > 30 ? 0 : 2;
}

static void takers(void)
{
    CHECK("limits.nproc-threads", in_child(take_few_threads) == 0);
    CHECK("limits.fork-bomb", beside_neighbour(bomb));
    CHECK("limits.many-processes", beside_neighbour(start_many));
    CHECK("limits.many-threads", beside_neighbour(take_threads));
    CHECK("limits.all-memory", beside_neighbour(take_memory));
    CHECK("limits.all-objects", beside_neighbour(take_objects));
    char *much = malloc(64 * MIB);
    CHECK("limits.all-comes-back", much != NULL);
    free(much);
}

void area_limits(void)
{
    values();
    takers();
}
