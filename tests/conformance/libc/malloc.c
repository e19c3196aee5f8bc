// SPDX-License-Identifier: MIT
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

static void basic(void)
{
    char *a = malloc(1);
    CHECK("malloc.small", a != NULL && ((uintptr_t)a & 15) == 0);
    free(a);
    free(NULL);
    int *zeros = calloc(1000, sizeof(int));
    bool all_zero = zeros != NULL;
    for (int i = 0; i < 1000; i++) {
        all_zero = all_zero && zeros[i] == 0;
    }
    CHECK("malloc.calloc-zero", all_zero);
    free(zeros);
    char *grown = malloc(10);
    memcpy(grown, "0123456789", 10);
    grown = realloc(grown, 5 << 20);
    CHECK("malloc.realloc-keeps", grown && memcmp(grown, "0123456789", 10) == 0);
    grown = realloc(grown, 5);
    CHECK("malloc.realloc-shrinks", grown && memcmp(grown, "01234", 5) == 0);
    free(grown);
}

static void failures(void)
{
    volatile size_t huge = SIZE_MAX / 2; // volatile: the compiler knows that such a call fails
    errno = 0;
    CHECK("malloc.too-big", malloc(huge) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("malloc.calloc-overflow", calloc(huge, 4) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("malloc.reallocarray-overflow", reallocarray(NULL, huge, 4) == NULL && errno == ENOMEM);
    // More than the machine has: refused, and the heap goes on working.
    errno = 0;
    CHECK("malloc.more-than-memory", malloc((size_t)1 << 44) == NULL && errno == ENOMEM);
    char *after = malloc(100000);
    CHECK("malloc.works-after-failure", after != NULL);
    free(after);
}

static void aligned(void)
{
    bool good = true;
    for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
        void *memory = NULL;
        good = good && posix_memalign(&memory, alignment, 100) == 0 &&
               ((uintptr_t)memory & (alignment - 1)) == 0;
        memset(memory, 1, 100);
        free(memory);
    }
    CHECK("malloc.posix_memalign", good);
    void *unchanged = &good;
    CHECK("malloc.posix_memalign-bad", posix_memalign(&unchanged, 24, 100) == EINVAL &&
                                           posix_memalign(&unchanged, 4, 100) == EINVAL &&
                                           unchanged == &good);
    char *block = aligned_alloc(256, 512);
    CHECK("malloc.aligned_alloc",
          block && ((uintptr_t)block & 255) == 0 && malloc_usable_size(block) >= 512);
    free(block);
}

// Blocks of many sizes, filled with their number, freed in another order: none may touch another.
static void churn(void)
{
    enum { COUNT = 400 };
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    bool intact = true;
    srand(11);
    for (int round = 0; round < 20000; round++) {
        int i = rand() % COUNT;
        for (size_t at = 0; blocks[i] && at < sizes[i]; at += 61) {
            intact = intact && blocks[i][at] == (unsigned char)i;
        }
        free(blocks[i]);
        sizes[i] = (size_t)(rand() % (round % 50 == 0 ? 100000 : 600));
        blocks[i] = malloc(sizes[i]);
        intact = intact && blocks[i];
        memset(blocks[i], i, sizes[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        free(blocks[i]);
    }
    CHECK("malloc.churn", intact);
    // What was freed is used again: the same work does not move the end of the heap.
    char *before = sbrk(0);
    for (int round = 0; round < 200; round++) {
        char *block = malloc(1 << 20);
        memset(block, round, 1 << 20);
        free(block);
    }
    CHECK("malloc.reuses", (char *)sbrk(0) - before <= 4 << 20);
}

void area_malloc(void)
{
    basic();
    failures();
    aligned();
    churn();
}
