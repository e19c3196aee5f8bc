// SPDX-License-Identifier: MIT
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

// What is refused leaves errno, and the block there was, alone.
static void refusals(void)
{
    volatile size_t beyond = (size_t)PTRDIFF_MAX + 1;
    char *block = malloc(16);
    strcpy(block, "kept");
    errno = 0;
    CHECK("malloc.realloc-too-big", realloc(block, beyond) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("malloc.realloc-more-than-memory",
          realloc(block, (size_t)1 << 44) == NULL && errno == ENOMEM && strcmp(block, "kept") == 0);
    errno = 0;
    CHECK("malloc.beyond-ptrdiff", malloc(beyond) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("malloc.calloc-beyond-ptrdiff", calloc(beyond, 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("malloc.aligned-beyond-ptrdiff", aligned_alloc(64, beyond) == NULL && errno == ENOMEM);
    void *unchanged = block;
    errno = 77;
    CHECK("malloc.posix_memalign-beyond",
          posix_memalign(&unchanged, 64, beyond) == ENOMEM && unchanged == block && errno == 77);
    errno = 77;
    free(block);
    CHECK("malloc.free-keeps-errno", errno == 77);
    char *large = malloc(8 << 20);
    errno = 77;
    free(large); // the end of the heap goes back to the system
    CHECK("malloc.free-large-keeps-errno", large != NULL && errno == 77);
    char *zero = malloc(0);
    char *other = malloc(0);
    CHECK("malloc.zero-is-unique", zero != NULL && other != NULL && zero != other);
    free(zero);
    free(other);
    CHECK("malloc.usable-size-of-null", malloc_usable_size(NULL) == 0);
}

static bool memory_for(size_t size)
{
    return (size_t)sysconf(_SC_AVPHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) > size;
}

/* Whether a block is as it was wanted, and zeros where it is looked at; it is written to and freed.
 */
static bool is_good_block(unsigned char *block, size_t alignment, size_t size)
{
    bool good = block && ((uintptr_t)block & (alignment - 1)) == 0 &&
                malloc_usable_size(block) >= size && block[0] == 0 && block[size - 1] == 0;
    if (good) {
        block[0] = 1;
        block[malloc_usable_size(block) - 1] = 2;
    }
    free(block);
    return good;
}

// The same with an alignment, by each of the functions, and sizes that are large with it only.
static void beyond_int_aligned(void)
{
    const size_t size = ((size_t)1 << 31) + 100;
    const size_t half = (size_t)1 << 30;
    if (!memory_for(2 * size)) {
        errno = 0;
        void *block = aligned_alloc(1 << 20, size);
        CHECK("malloc.aligned-beyond-2-gib", block || errno == ENOMEM);
        free(block);
        return;
    }
    bool good = true;
    for (size_t alignment = 8; alignment <= half; alignment *= 8) {
        good = good && is_good_block(aligned_alloc(alignment, size), alignment, size);
    }
    CHECK("malloc.aligned-beyond-2-gib", good);
    CHECK("malloc.aligned-near-2-gib",
          is_good_block(aligned_alloc(64, INT32_MAX), 64, INT32_MAX) &&
              is_good_block(aligned_alloc(64, INT32_MAX - 1000), 64, INT32_MAX - 1000));
    CHECK("malloc.aligned-to-1-gib", is_good_block(aligned_alloc(half, half), half, half) &&
                                         is_good_block(aligned_alloc(2 * half, 1), 2 * half, 1));
    void *block = NULL;
    CHECK("malloc.posix_memalign-beyond-2-gib",
          posix_memalign(&block, 4096, size) == 0 && is_good_block(block, 4096, size));
    CHECK("malloc.memalign-beyond-2-gib", is_good_block(memalign(32, size), 32, size) &&
                                              is_good_block(valloc(size), 4096, size) &&
                                              is_good_block(pvalloc(size), 4096, size));
    unsigned char *large = memalign(1 << 21, size);
    large[0] = 3;
    large[2999] = 4;
    large = realloc(large, 3000);
    CHECK("malloc.aligned-beyond-2-gib-shrinks", large && large[0] == 3 && large[2999] == 4);
    free(large);
}

// A block of more than 2 GiB: there, or refused where the machine has too little memory for it.
static void beyond_int(void)
{
    const size_t size = ((size_t)5 << 29) + 123; // 2.5 GiB
    const bool fits = memory_for(2 * size);
    errno = 0;
    unsigned char *block = calloc(1, size);
    if (!fits && !block) {
        CHECK("malloc.beyond-2-gib", errno == ENOMEM);
        return;
    }
    CHECK("malloc.beyond-2-gib",
          block && malloc_usable_size(block) >= size && block[0] == 0 && block[size - 1] == 0);
    if (block) {
        block[0] = 1;
        block[1000] = 2;
        block[size - 1] = 3;
        unsigned char *small = realloc(block, 2000);
        CHECK("malloc.beyond-2-gib-shrinks", small && small[0] == 1 && small[1000] == 2);
        unsigned char *again = malloc(size);
        CHECK("malloc.beyond-2-gib-again", again && again != small);
        free(again);
        free(small);
    }
}

// What is usable may be written to the end, for each size that is kept by the thread and beyond.
static void usable(void)
{
    enum { LARGEST = 1200 };
    bool good = true;
    char *blocks[LARGEST];
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < LARGEST; size++) {
            blocks[size] = malloc(size);
            size_t len = malloc_usable_size(blocks[size]);
            good = good && blocks[size] && len >= size && ((uintptr_t)blocks[size] & 15) == 0;
            memset(blocks[size], (int)size, len);
        }
        for (size_t size = 0; size < LARGEST; size++) {
            for (size_t at = 0; at < size; at++) {
                good = good && blocks[size][at] == (char)size;
            }
            free(blocks[size]);
        }
        char *zeros = calloc(1, 1000);
        good = good && zeros && zeros[0] == 0 && memcmp(zeros, zeros + 1, 999) == 0;
        free(zeros);
    }
    CHECK("malloc.usable-size", good);
}

static void *free_all(void *blocks)
{
    for (int i = 0; i < 1000; i++) {
        free(((void **)blocks)[i]);
    }
    return NULL;
}

// Blocks of one thread freed by another, again and again: nothing is lost.
static void across_threads(void)
{
    static void *blocks[1000];
    bool good = true;
    char *before = NULL;
    for (int round = 0; round < 50; round++) {
        pthread_t thread;
        for (int i = 0; i < 1000; i++) {
            blocks[i] = malloc((size_t)(i % 500));
            good = good && blocks[i];
        }
        good = good && pthread_create(&thread, NULL, free_all, blocks) == 0 &&
               pthread_join(thread, NULL) == 0;
        if (round == 2) {
            before = sbrk(0);
        }
    }
    CHECK("malloc.across-threads", good && (char *)sbrk(0) - before < 1 << 20);
}

// Misuse ends the process with a message, instead of going on.
static void misuse(void)
{
    static const struct {
        const char *mode;
        const char *name;
    } cases[] = {
        {"malloc-twice", "malloc.double-free"},
        {"malloc-twice-large", "malloc.double-free-large"},
        {"malloc-inside", "malloc.free-inside-a-block"},
        {"malloc-after-free", "malloc.write-after-free"},
        {"malloc-header", "malloc.overwritten-header"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char output[200];
        int status = test_child(cases[i].mode, output, sizeof(output));
        CHECK(cases[i].name, WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
                                 (strstr(output, "free: ") || strstr(output, "malloc: ")));
    }
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
    volatile size_t odd = 24; // volatile: the compiler would refuse it itself
    errno = 0;
    CHECK("malloc.aligned_alloc-bad", aligned_alloc(odd, 48) == NULL && errno == EINVAL);
    volatile size_t none = 0;
    errno = 0;
    CHECK("malloc.aligned_alloc-none", aligned_alloc(none, 48) == NULL && errno == EINVAL);
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
    refusals();
    beyond_int();
    beyond_int_aligned();
    usable();
    aligned();
    churn();
    across_threads();
    misuse();
}
