// SPDX-License-Identifier: MIT
// Mappings and the heap.
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LIVE 256u /* blocks that a mix holds */
#define THREADS 4u

static char *map_page(void)
{
    return mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int map_touch_unmap(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char *page = map_page();
        if (page == MAP_FAILED) {
            return -1;
        }
        *(volatile char *)page = 1;
        if (munmap(page, PAGE) != 0) {
            return -1;
        }
    }
    return 0;
}

static int protect(unsigned count)
{
    char *page = map_page();
    if (page == MAP_FAILED) {
        return -1;
    }
    *(volatile char *)page = 1;
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        result = mprotect(page, PAGE, PROT_READ);
        result = result == 0 ? mprotect(page, PAGE, PROT_READ | PROT_WRITE) : result;
    }
    return munmap(page, PAGE) != 0 ? -1 : result;
}

static int pairs(unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++) {
        char *volatile block = malloc(size);
        if (!block) {
            return -1;
        }
        *(volatile char *)block = 1;
        free(block);
    }
    return 0;
}

static int malloc_small(unsigned count)
{
    return pairs(count, 64);
}

static int malloc_large(unsigned count)
{
    return pairs(count, 64 * 1024);
}

static int malloc_huge(unsigned count)
{
    return pairs(count, 1024 * 1024);
}

/// A working set of LIVE blocks of random sizes below `largest`, each step replacing one.
static int mix(unsigned count, unsigned largest, uint32_t seed)
{
    char *blocks[LIVE] = {NULL};
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned slot = seed >> 24;
        free(blocks[slot]);
        blocks[slot] = malloc((seed >> 4) % largest + 1);
        if (blocks[slot]) {
            *(volatile char *)blocks[slot] = 1;
        } else {
            result = -1;
        }
    }
    for (unsigned i = 0; i < LIVE; i++) {
        free(blocks[i]);
    }
    return result;
}

static int malloc_mix_small(unsigned count)
{
    return mix(count, 512, 1);
}

static int malloc_mix_wide(unsigned count)
{
    return mix(count, 32 * 1024, 1);
}

static void *mix_thread(void *count)
{
    return (void *)(intptr_t)mix((unsigned)(uintptr_t)count, 512, 7);
}

static int malloc_threads(unsigned count)
{
    pthread_t threads[THREADS];
    intptr_t failed = 0;
    unsigned started = 0;
    for (; started < THREADS && failed == 0; started++) {
        errno = pthread_create(&threads[started], NULL, mix_thread,
                               (void *)(uintptr_t)(count / THREADS));
        failed = errno ? -1 : 0;
    }
    for (unsigned i = 0; i < started; i++) {
        void *result;
        pthread_join(threads[i], &result);
        failed |= (intptr_t)result;
    }
    return failed ? -1 : 0;
}

const struct operation memory_operations[] = {
    {"mmap_touch_munmap", 500, NULL, map_touch_unmap, NULL},
    {"mprotect_pair", 500, NULL, protect, NULL},
    {"malloc_small", 4000, NULL, malloc_small, NULL},
    {"malloc_mix_small", 20000, NULL, malloc_mix_small, NULL},
    {"malloc_mix_wide", 20000, NULL, malloc_mix_wide, NULL},
    {"malloc_large", 1000, NULL, malloc_large, NULL},
    {"malloc_huge", 500, NULL, malloc_huge, NULL},
    {"malloc_threads", 80000, NULL, malloc_threads, NULL},
    {0},
};
