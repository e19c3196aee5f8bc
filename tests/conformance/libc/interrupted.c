// SPDX-License-Identifier: MIT
// What a signal handler may call (POSIX, XSH 2.4.3) it may call whatever it has interrupted. The
// processor's trap flag interrupts a function after each of its instructions, and the handler calls
// them all.
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "harness.h"

#define TRAP_FLAG 0x100u
#define PLACES 4096
#define FOLDER "/tmp/libc-interrupted"
#define SECONDS_MAX 300 /* of a function that never ends */

static volatile sig_atomic_t stepping;
static volatile sig_atomic_t wrong; // line of what did not do as it should
static volatile long steps;
static uint64_t places[PLACES]; // a table of the instructions that were interrupted
static int pipe_ends[2];
static timer_t timer;
static const struct itimerspec far = {.it_value = {1000, 0}};

static void must(bool holds, int line)
{
    if (!holds && !wrong) {
        wrong = line;
    }
}

#define MUST(condition) must((condition), __LINE__)

static void use_read(void)
{
    char byte = 1;
    MUST(write(pipe_ends[1], &byte, 1) == 1);
    MUST(read(pipe_ends[0], &byte, 1) == 1);
}

static void use_dup(void)
{
    int copy = dup(pipe_ends[0]);
    MUST(copy > pipe_ends[1] && fcntl(copy, F_SETFD, FD_CLOEXEC) == 0);
    MUST(fcntl(copy, F_GETFD) == FD_CLOEXEC);
    MUST(dup2(pipe_ends[1], copy) == copy && fcntl(copy, F_GETFD) == 0);
    MUST(close(copy) == 0);
}

static void use_open(void)
{
    int fd = open(FOLDER, O_RDONLY | O_DIRECTORY);
    MUST(fd >= 0 && close(fd) == 0);
}

static void use_pipe(void)
{
    int ends[2];
    MUST(pipe(ends) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0);
}

static void use_stat(void)
{
    struct stat found;
    MUST(stat("..", &found) == 0 && S_ISDIR(found.st_mode));
    MUST(fstat(pipe_ends[0], &found) == 0 && S_ISFIFO(found.st_mode));
}

static void use_directory(void)
{
    char path[64];
    MUST(chdir(FOLDER) == 0);
    MUST(getcwd(path, sizeof(path)) && strcmp(path, FOLDER) == 0);
}

static void use_timer(void)
{
    struct itimerspec found;
    MUST(timer_settime(timer, 0, &far, NULL) == 0);
    MUST(timer_gettime(timer, &found) == 0 && found.it_value.tv_sec > 0);
    MUST(timer_getoverrun(timer) == 0);
}

static void make_timer(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    timer_t other;
    MUST(timer_create(CLOCK_MONOTONIC, &event, &other) == 0 && timer_delete(other) == 0);
}

// Whether an instruction comes for the first time.
static bool is_new(uint64_t address)
{
    for (int i = 0; i < PLACES; i++) {
        uint64_t *place = &places[(address + (uint64_t)i) % PLACES];
        if (*place == address) {
            return false;
        }
        if (*place == 0) {
            *place = address;
            return true;
        }
    }
    return false;
}

// Not all that handlers may call: what has a state in the library.
static void handler(int signal, siginfo_t *info, void *context)
{
    mcontext_t *registers = &((ucontext_t *)context)->uc_mcontext;
    (void)signal;
    (void)info;
    if (!stepping) {
        registers->rflags &= ~(uint64_t)TRAP_FLAG;
        return;
    }
    registers->rflags |= TRAP_FLAG;
    if (!is_new(registers->rip)) {
        return; // loops are long
    }
    steps++;
    use_read();
    use_dup();
    use_open();
    use_pipe();
    use_stat();
    use_directory();
    use_timer();
}

static void step_through(void (*function)(void))
{
    function(); // what is done once only
    stepping = 1;
    raise(SIGTRAP);
    function();
    stepping = 0;
}

static void check(const char *name, void (*function)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        struct sigevent event = {.sigev_notify = SIGEV_NONE};
        MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0); // a child has none
        alarm(SECONDS_MAX);
        step_through(function);
        MUST(steps > 20);
        _exit(wrong > 255 ? 255 : wrong);
    }
    CHECK(name, child > 0 && waitpid(child, &status, 0) == child && status == 0);
    if (status != 0) {
        printf("# status %x\n", (unsigned)status);
    }
}

void area_interrupted(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before;
    char start[256];
    action.sa_sigaction = handler;
    mkdir(FOLDER, 0700);
    if (!CHECK("interrupted.prepare", getcwd(start, sizeof(start)) && pipe(pipe_ends) == 0 &&
                                          sigaction(SIGTRAP, &action, &before) == 0)) {
        return;
    }
    check("interrupted.read", use_read);
    check("interrupted.dup", use_dup);
    check("interrupted.open", use_open);
    check("interrupted.pipe", use_pipe);
    check("interrupted.stat", use_stat);
    check("interrupted.directory", use_directory);
    check("interrupted.timer", use_timer);
    check("interrupted.timer-made", make_timer);
    sigaction(SIGTRAP, &before, NULL);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    chdir(start);
    rmdir(FOLDER);
}
