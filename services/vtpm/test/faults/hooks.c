// SPDX-License-Identifier: MIT
#include "faults.h"

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);
int __wrap_getentropy(void *buffer, size_t size);

static long counted, failing = -1;
static int all_fail, no_entropy, watching;
static unsigned found;
static unsigned char needles[2][NEEDLE];
static uint64_t random_state;

void faults_arm(long number, int all_after)
{
    counted = 0;
    failing = number;
    all_fail = all_after;
    random_state = 0x9e3779b97f4a7c15;
}

long faults_counted(void)
{
    return counted;
}

static int fails(void)
{
    long number = counted++;
    return failing >= 0 && (number == failing || (all_fail && number > failing));
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

unsigned faults_watch(const unsigned char *secret)
{
    unsigned before = found;
    found = 0;
    watching = secret != NULL;
    for (size_t i = 0; watching && i < NEEDLE; i++) {
        needles[0][i] = needles[1][NEEDLE - 1 - i] = secret[i];
    }
    if (watching) {
        // What looks must be able to see.
        unsigned char *copy = __real_malloc(NEEDLE);
        if (copy == NULL) {
            abort();
        }
        memcpy(copy, secret, NEEDLE);
        __wrap_free(copy);
        if (found != 1) {
            abort();
        }
        found = 0;
    }
    return before;
}

void __wrap_free(void *block)
{
    if (watching && block != NULL) {
        size_t size = malloc_usable_size(block);
        found += memmem(block, size, needles[0], NEEDLE) != NULL ||
                 memmem(block, size, needles[1], NEEDLE) != NULL;
    }
    __real_free(block);
}

void faults_no_entropy(int fail)
{
    no_entropy = fail;
}

/// Random numbers that are the same each time: a signature made again must be the same one.
int __wrap_getentropy(void *buffer, size_t size)
{
    unsigned char *bytes = buffer;
    if (no_entropy) {
        return -1;
    }
    for (size_t i = 0; i < size; i++) {
        random_state = random_state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (unsigned char)(random_state >> 56);
    }
    return 0;
}
