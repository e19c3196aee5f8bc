// SPDX-License-Identifier: MIT
// Answers of the child program to its parent.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

#define REPORT_HANDLES 8u

/* Where parent and child both map a page. */
#define SHARED_ADDRESS 0x10000000ll

struct report_handles {
    uint64_t count;
    int64_t info[REPORT_HANDLES];
    uint64_t role[REPORT_HANDLES];
};

struct report_block {
    struct coco_start_block block;
    uint64_t block_address;
    uint64_t start_address; /* of a function */
    uint64_t data_address;
    uint64_t stack_address;
};

/* Calls that are made when there is no memory left, in the order in which they are tried. */
enum exhausted_call {
    EXHAUSTED_WRITE,
    EXHAUSTED_PWRITE,
    EXHAUSTED_EXEC,
    EXHAUSTED_SPAWN,
    EXHAUSTED_PROCESS_EXEC,
    EXHAUSTED_THREAD,
    EXHAUSTED_DUPLICATE,
    EXHAUSTED_MMAP,
    EXHAUSTED_MRESIZE,
    EXHAUSTED_PROTECT,
    EXHAUSTED_OPENDIR,
    EXHAUSTED_OPEN,
    EXHAUSTED_FILE_OPEN,
    EXHAUSTED_MKDIR,
    EXHAUSTED_FILE_MKDIR,
    EXHAUSTED_LOCK,
    EXHAUSTED_ALLOCATE,
    EXHAUSTED_RENAME,
    EXHAUSTED_RESIZE,
    REPORT_EXHAUSTED
};

struct report_exhausted {
    int64_t last[REPORT_EXHAUSTED]; /* the first error of each call, or its last value */
};
