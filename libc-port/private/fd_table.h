// SPDX-License-Identifier: MIT
// The descriptor table itself, for the files of fd/; table.c says how it is used.
#pragma once

#include <limits.h>

#include "fd.h"

#define CWD_SLOT OPEN_MAX /* of the current directory, which has no descriptor */
#define SLOTS (OPEN_MAX + 1)
#define IN_PASSING 64 /* descriptions without a slot: just closed, or not open yet */
#define DESCRIPTIONS (SLOTS + IN_PASSING)
#define BUSY (1u << 31) /* in place of a description's count */

/* A slot: number of the description plus 1, and from bit 16 on the marks. 0: free. */
#define SLOT_NUMBER 0xFFFFu
#define SLOT_MARKS 16

_Static_assert(DESCRIPTIONS < SLOT_NUMBER, "a slot holds a description's number in 16 bits");

extern uint32_t __coco_fd_slots[SLOTS]; // atomic
extern uint32_t __coco_fd_changes;      // of slots; atomic
extern struct file_description __coco_fd_descriptions[DESCRIPTIONS];

static inline uint32_t __coco_fd_slot(int fd)
{
    return __atomic_load_n(&__coco_fd_slots[fd], __ATOMIC_SEQ_CST);
}

static inline struct file_description *__coco_fd_named_by(uint32_t slot)
{
    return (slot & SLOT_NUMBER) == 0 ? NULL : &__coco_fd_descriptions[(slot & SLOT_NUMBER) - 1];
}
