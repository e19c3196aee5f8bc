// SPDX-License-Identifier: MIT
// Four threads in the library at once: allocation, stdio, errno, descriptors, big numbers of
// printf.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define THREADS 4
#define LINES 500
#define NAME "/tmp/libc-stress"

static bool run_threads(void *(*function)(void *))
{
    pthread_t threads[THREADS];
    bool good = true;
    for (uintptr_t i = 0; i < THREADS; i++) {
        good = good && pthread_create(&threads[i], NULL, function, (void *)i) == 0;
    }
    for (int i = 0; i < THREADS; i++) {
        void *result = NULL;
        good = good && pthread_join(threads[i], &result) == 0 && result;
    }
    return good;
}

static void *allocate(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument + 1;
    unsigned char *blocks[32] = {0};
    size_t sizes[32] = {0};
    bool good = true;
    for (int i = 0; i < 4000; i++) {
        int at = rand_r(&seed) % 32;
        if (blocks[at]) {
            good = good && blocks[at][0] == at && blocks[at][sizes[at] - 1] == at;
            free(blocks[at]);
        }
        sizes[at] = 1 + (size_t)rand_r(&seed) % 2000;
        blocks[at] = malloc(sizes[at]);
        if (!blocks[at]) {
            return NULL;
        }
        memset(blocks[at], at, sizes[at]);
    }
    for (int i = 0; i < 32; i++) {
        free(blocks[i]);
    }
    return (void *)(uintptr_t)good;
}

static void *format(void *argument)
{
    int number = (int)(uintptr_t)argument;
    bool good = true;
    for (int i = 0; i < 100; i++) {
        char text[64];
        char expected[] = "_ 0.1 1e+4000";
        errno = number + 1;
        expected[0] = (char)('0' + number);
        snprintf(text, sizeof(text), "%d %.1Lf %Lg", number, 0.1L, 1e4000L);
        good = good && strcmp(text, expected) == 0 && strtod("2.5", NULL) == 2.5 &&
               errno == number + 1;
        char list[] = "a b c";
        good = good && strcmp(strtok(list, " "), "a") == 0 && strcmp(strtok(NULL, " "), "b") == 0;
    }
    return (void *)(uintptr_t)good;
}

static FILE *shared;

static void *write_lines(void *argument)
{
    bool good = true;
    for (int i = 0; i < LINES; i++) {
        good =
            good && fprintf(shared, "thread %d line %03d end\n", (int)(uintptr_t)argument, i) == 22;
    }
    return (void *)(uintptr_t)good;
}

// Every line whole, each thread's in its own order.
static bool lines_whole(void)
{
    int next[THREADS] = {0};
    int count = 0;
    char line[64];
    rewind(shared);
    while (fgets(line, sizeof(line), shared)) {
        int thread = -1;
        int number = -1;
        char end[4] = "";
        if (sscanf(line, "thread %d line %d %3s", &thread, &number, end) != 3 ||
            strcmp(end, "end") != 0 || thread < 0 || thread >= THREADS ||
            number != next[thread]++) {
            return false;
        }
        count++;
    }
    return count == THREADS * LINES;
}

static void *use_files(void *argument)
{
    char name[64];
    char text[32];
    bool good = true;
    snprintf(name, sizeof(name), NAME "-%d", (int)(uintptr_t)argument);
    for (int i = 0; i < 100; i++) {
        FILE *file = fopen(name, "w+");
        good = good && file && fprintf(file, "%d", i) > 0 && fflush(file) == 0;
        rewind(file);
        good = good && fgets(text, sizeof(text), file) && atoi(text) == i && fclose(file) == 0;
        errno = 0;
        good = good && open("/tmp/none", O_RDONLY) == -1 && errno == ENOENT;
    }
    unlink(name);
    return (void *)(uintptr_t)good;
}

void area_stress(void)
{
    CHECK("stress.malloc", run_threads(allocate));
    CHECK("stress.printf-errno-strtok", run_threads(format));
    shared = fopen(NAME, "w+");
    CHECK("stress.one-stream",
          shared && run_threads(write_lines) && fflush(shared) == 0 && lines_whole());
    fclose(shared);
    unlink(NAME);
    CHECK("stress.own-files", run_threads(use_files));
    // Threads that formatted numbers leave nothing behind: the end of the heap does not move any
    // more.
    char *before = sbrk(0);
    bool good = true;
    for (int i = 0; i < 5; i++) {
        good = good && run_threads(format);
    }
    CHECK("stress.no-leak", good && (char *)sbrk(0) - before <= 64 * 1024);
}
