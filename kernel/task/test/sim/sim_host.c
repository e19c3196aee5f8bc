// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim_host.h"

#define GUARD_SIZE 4096u

struct start {
    void (*function)(void *);
    void *argument;
};

uint64_t host_time_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void host_pause(void)
{
    sched_yield();
}

void host_doze(void)
{
    const struct timespec moment = {.tv_nsec = 10000};

    nanosleep(&moment, NULL);
}

static void *thread_main(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    start.function(start.argument);
    return NULL;
}

void host_thread_start(void (*function)(void *), void *argument)
{
    struct start *start = malloc(sizeof(*start));
    pthread_t thread;

    *start = (struct start){function, argument};
    if (pthread_create(&thread, NULL, thread_main, start) != 0) {
        abort();
    }
    pthread_detach(thread);
}

bool host_child_run(void (*function)(void), unsigned seconds)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        alarm(seconds);
        function();
        abort();
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return false;
    }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "ended by signal %d%s\n", WTERMSIG(status),
                WTERMSIG(status) == SIGALRM ? " (time limit)" : "");
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void *host_stack_alloc(uint64_t size)
{
    /* Large enough to cut out an aligned piece with a page below. */
    uint8_t *range =
        mmap(NULL, 3 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t bottom;

    if (range == MAP_FAILED) {
        abort();
    }
    bottom = ((uintptr_t)range + GUARD_SIZE + size - 1) & ~(uintptr_t)(size - 1);
    /* What is left on both sides goes back, so that freeing the piece frees all of it. */
    munmap(range, bottom - GUARD_SIZE - (uintptr_t)range);
    munmap((void *)(bottom + size), (uintptr_t)range + 3 * size - (bottom + size));
    mprotect((void *)(bottom - GUARD_SIZE), GUARD_SIZE, PROT_NONE);
    return (void *)bottom;
}

void host_stack_free(void *bottom, uint64_t size)
{
    munmap((uint8_t *)bottom - GUARD_SIZE, size + GUARD_SIZE);
}
