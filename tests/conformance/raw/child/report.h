// SPDX-License-Identifier: MIT
// Answers of the child program to its parent.
#pragma once

#include <coconut/types.h>

#include <stdint.h>

#define REPORT_HANDLES 8u

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
