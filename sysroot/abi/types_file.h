// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about locks on files.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* coco_file_lock.kind */
#define COCO_LOCK_NONE 0u /* release */
#define COCO_LOCK_SHARED 1u
#define COCO_LOCK_EXCLUSIVE 2u

/* coco_file_lock.owner */
#define COCO_LOCK_PROCESS 0u     /* the range, for the caller's process */
#define COCO_LOCK_DESCRIPTION 1u /* the range, for what the handle opens */
#define COCO_LOCK_WHOLE 2u       /* the file as such, for what the handle opens */

/* file_lock: wait until nobody is in the way */
#define COCO_FILE_LOCK_WAIT 0x1u
#define COCO_FILE_LOCK_MASK 0x1u

#define COCO_LOCK_MAX 1024u /* ranges that a process, or an open file, holds */

/// Argument of `file_lock` and `file_lock_query`.
struct coco_file_lock {
    uint64_t start;   /* first byte */
    uint64_t length;  /* bytes; 0: to the end, wherever that will be */
    uint32_t kind;    /* COCO_LOCK_NONE, SHARED, EXCLUSIVE */
    uint32_t owner;   /* COCO_LOCK_PROCESS, DESCRIPTION, WHOLE */
    uint64_t process; /* told: task id of who holds it, 0 for an open file; given: 0 */
};

COCO_STATIC_ASSERT(sizeof(struct coco_file_lock) == 32, "coco_file_lock has a fixed size");

#ifdef __cplusplus
}
#endif
