// SPDX-License-Identifier: MIT
// Free numbers for descriptors, lowest first: a bit for each. Without a lock, as table.c.
#include "../private/fd_numbers.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "../private/fd.h"

#define WORD_BITS 64

_Static_assert(OPEN_MAX % WORD_BITS == 0, "whole words of numbers");

static uint64_t taken[OPEN_MAX / WORD_BITS]; // atomic
static int limit = OPEN_MAX;                 // numbers handed out are below it; atomic

void __coco_fd_set_limit(int most)
{
    __atomic_store_n(&limit, most < OPEN_MAX ? most : OPEN_MAX, __ATOMIC_RELAXED);
}

int __coco_fd_limit(void)
{
    return __atomic_load_n(&limit, __ATOMIC_RELAXED);
}

void __coco_fd_use_number(int fd)
{
    __atomic_fetch_or(&taken[fd / WORD_BITS], 1ull << (fd % WORD_BITS), __ATOMIC_SEQ_CST);
}

void __coco_fd_free_number(int fd)
{
    __atomic_fetch_and(&taken[fd / WORD_BITS], ~(1ull << (fd % WORD_BITS)), __ATOMIC_SEQ_CST);
}

int __coco_fd_room(void)
{
    int most = __coco_fd_limit();
    for (int word = 0; word * WORD_BITS < most; word++) {
        uint64_t used = __atomic_load_n(&taken[word], __ATOMIC_SEQ_CST);
        if (used != UINT64_MAX && word * WORD_BITS + __builtin_ctzll(~used) < most) {
            return 0;
        }
    }
    errno = EMFILE;
    return -1;
}

int __coco_fd_take_number(int lowest)
{
    int most = __coco_fd_limit();
    uint64_t below = (1ull << (lowest % WORD_BITS)) - 1; // in the first word
    for (int word = lowest / WORD_BITS; word * WORD_BITS < most; word++) {
        uint64_t used = __atomic_load_n(&taken[word], __ATOMIC_SEQ_CST);
        while ((used | below) != UINT64_MAX) {
            int bit = __builtin_ctzll(~(used | below));
            if (word * WORD_BITS + bit >= most) {
                return -1;
            }
            if (__atomic_compare_exchange_n(&taken[word], &used, used | 1ull << bit, 0,
                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
                return word * WORD_BITS + bit;
            }
        }
        below = 0;
    }
    return -1;
}
