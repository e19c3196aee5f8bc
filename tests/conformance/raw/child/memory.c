// SPDX-License-Identifier: MIT
// Children that have memory, and tell how much.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/raw.h>

#define PAGE 4096ull
#define BLOCK (64 * PAGE)

/* Answers what it gets when it asks how much memory process `argument 0` has. */
BEHAVIOUR(memory_of)
{
    struct coco_memory_usage usage;
    int64_t result = coco_process_memory(argument_number(0), &usage);
    return answer(&result, sizeof(result));
}

/* Answers how much memory it has. */
BEHAVIOUR(memory_report)
{
    struct coco_memory_usage usage;
    return coco_process_memory(0, &usage) == 0 ? answer(&usage, sizeof(usage)) : 1;
}

/* Takes all that it gets, which the most there was tells of, and which is not above 2 MiB. */
BEHAVIOUR(memory_fill)
{
    struct coco_memory_usage usage;
    uint64_t sum = 0;
    while (RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, BLOCK,
               COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS) > 0) {
        sum += BLOCK;
    }
    if (coco_process_memory(0, &usage) != 0) {
        return 1;
    }
    return sum > 0 && usage.promised >= sum && usage.promised_most >= usage.promised &&
                   usage.promised_most <= 2u << 20 && usage.promised_most + 2 * BLOCK > 2u << 20
               ? 0
               : 2;
}
