// SPDX-License-Identifier: MIT
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCHES 9

uint64_t measure_ticks(void)
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
    if (operation->set_up != NULL && operation->set_up(count) != 0) {
        return -1;
    }
    uint64_t start_ns = now_ns();
    uint64_t start = measure_ticks();
    int result = operation->run(count);
    int error = errno;
    *spent = measure_ticks() - start;
    *nanoseconds = now_ns() - start_ns;
    if (operation->clean_up != NULL && operation->clean_up(count) != 0) {
        return -1;
    }
    errno = error;
    return result;
}

/* Returns 0 unless the operation failed. */
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

int measure_all(const struct operation *operations)
{
    for (; operations->name != NULL; operations++) {
        if (measure(operations) != 0) {
            return -1;
        }
    }
    return 0;
}
