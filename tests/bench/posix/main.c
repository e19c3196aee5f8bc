// SPDX-License-Identifier: MIT
// What POSIX functions cost a C program. Prints lines
//   R <operation> <n> <min> <median> <max> <nanoseconds>   ticks, and median nanoseconds, of one
//   S <operation>                                          the system does not have it
//   E <operation> <text>                                   it failed
// Under instruction counting a tick of the time-stamp counter is an instruction.
#include "bench.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCHES 9

const char *program_path;

static uint64_t ticks(void)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static int batch(const struct operation *operation, unsigned count, uint64_t *spent,
                 uint64_t *nanoseconds)
{
    if (operation->set_up && operation->set_up(count) != 0) {
        return -1;
    }
    uint64_t start_ns = now_ns();
    uint64_t start = ticks();
    int result = operation->run(count);
    int error = errno;
    *spent = ticks() - start;
    *nanoseconds = now_ns() - start_ns;
    if (operation->clean_up && operation->clean_up(count) != 0) {
        return -1;
    }
    errno = error;
    return result;
}

/// @return 0 unless the operation failed
static int measure(const struct operation *operation)
{
    uint64_t spent[BATCHES];
    uint64_t nanoseconds[BATCHES];
    double count = operation->count;
    int result = batch(operation, operation->count / 8 + 1, &spent[0], &nanoseconds[0]);
    for (int i = 0; i < BATCHES && result == 0; i++) {
        result = batch(operation, operation->count, &spent[i], &nanoseconds[i]);
    }
    if (result != 0 && errno == ENOSYS) {
        printf("S %s\n", operation->name);
        return 0;
    }
    if (result != 0) {
        printf("E %s %s\n", operation->name, strerror(errno));
        return -1;
    }
    qsort(spent, BATCHES, sizeof(spent[0]), compare);
    qsort(nanoseconds, BATCHES, sizeof(nanoseconds[0]), compare);
    printf("R %s %u %.1f %.1f %.1f %.1f\n", operation->name, operation->count,
           (double)spent[0] / count, (double)spent[BATCHES / 2] / count,
           (double)spent[BATCHES - 1] / count, (double)nanoseconds[BATCHES / 2] / count);
    return 0;
}

static int measure_all(const struct operation *operations)
{
    for (; operations->name; operations++) {
        if (measure(operations) != 0) {
            return -1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    program_path = argv[0];
    if (argc == 2 && strcmp(argv[1], "echo") == 0) {
        return echo_bytes();
    }
    int good = platform_prepare() == 0;
    printf("\n"); // behind what the firmware left on the line
    good = good && measure_all(file_operations) == 0 && measure_all(memory_operations) == 0 &&
           measure_all(thread_operations) == 0 && measure_all(process_operations) == 0;
    fflush(stdout);
    platform_end(good);
}
