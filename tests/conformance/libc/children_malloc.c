// SPDX-License-Identifier: MIT
// Children that misuse malloc. Each should be ended by it; one that comes to its end returns 0.
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void free_twice(size_t size)
{
    char *volatile block = malloc(size);
    char *volatile behind = malloc(size); // so that the first does not become the end of the heap
    free(block);
    free(block);
    free(behind);
}

int run_malloc_twice(void)
{
    free_twice(40);
    return 0;
}

int run_malloc_twice_large(void)
{
    free_twice(100000);
    return 0;
}

int run_malloc_inside(void)
{
    char *volatile block = calloc(1, 1000);
    free(block + 64);
    return 0;
}

int run_malloc_after_free(void)
{
    char *volatile block = malloc(40);
    free(block);
    memset(block, 'x', 40);
    char *volatile again = malloc(40);
    return again == NULL;
}

int run_malloc_header(void)
{
    char *volatile block = malloc(40);
    memset(block, 'x', 64); // over the end, into the next block's header
    char *volatile next = block + 48;
    free(next);
    return 0;
}
