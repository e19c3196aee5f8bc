// SPDX-License-Identifier: MIT
#include "rawmeasure.h"

#include <harness/print.h>
#include <harness/thread.h>

#include <stddef.h>

#define BATCHES 9

uint64_t measure_ticks(void)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static void sort(uint64_t *values)
{
    for (size_t i = 1; i < BATCHES; i++) {
        for (size_t j = i; j > 0 && values[j] < values[j - 1]; j--) {
            uint64_t larger = values[j - 1];
            values[j - 1] = values[j];
            values[j] = larger;
        }
    }
}

static int64_t batch(const struct operation *operation, uint64_t count, uint64_t *spent,
                     uint64_t *nanoseconds)
{
    int64_t result = operation->set_up != NULL ? operation->set_up(count) : 0;
    if (result < 0) {
        return result;
    }
    uint64_t start_ns = deadline_after(0);
    uint64_t start = measure_ticks();
    result = operation->run(count);
    *spent = measure_ticks() - start;
    *nanoseconds = deadline_after(0) - start_ns;
    if (operation->clean_up != NULL) {
        int64_t cleaned = operation->clean_up(count);
        result = result < 0 ? result : cleaned;
    }
    return result;
}

/* Tenths, as print() knows no floating point. */
static void print_tenths(uint64_t total, uint64_t count)
{
    uint64_t tenths = total * 10 / count;
    print(" %lu.%lu", tenths / 10, tenths % 10);
}

bool measure_operation(const struct operation *operation)
{
    uint64_t spent[BATCHES];
    uint64_t nanoseconds[BATCHES];
    uint64_t warm_up = operation->count / 8 + 1;
    int64_t result = batch(operation, warm_up, &spent[0], &nanoseconds[0]);
    for (size_t i = 0; i < BATCHES && result >= 0; i++) {
        result = batch(operation, operation->count, &spent[i], &nanoseconds[i]);
    }
    if (result < 0) {
        print("E %s failed with %ld\n", operation->name, result);
        return false;
    }
    sort(spent);
    sort(nanoseconds);
    print("R %s %lu", operation->name, operation->count);
    print_tenths(spent[0], operation->count);
    print_tenths(spent[BATCHES / 2], operation->count);
    print_tenths(spent[BATCHES - 1], operation->count);
    print_tenths(nanoseconds[BATCHES / 2], operation->count);
    print("\n");
    return true;
}
