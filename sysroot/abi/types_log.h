// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about the log.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COCO_LOG_TEXT_MAX 256u      /* bytes of text in a record */
#define COCO_LOG_WRITE_MAX 1024u    /* bytes that `log_write` takes */
#define COCO_LOG_LABEL_MAX 32       /* bytes of a label, its NUL included */
#define COCO_LOG_PRIORITY_MAX 1023u /* severity 0-7 as in syslog(3), and facility * 8 */
#define COCO_LOG_END UINT64_MAX     /* for `log_seek`: behind the newest record */

/* coco_log_record.flags */
#define COCO_LOG_KERNEL 0x1u  /* the kernel wrote it, about `process` if that is not 0 */
#define COCO_LOG_DROPPED 0x2u /* the kernel tells how many records of a writer it left out */
#define COCO_LOG_CRASH 0x4u   /* part of the report on how `process` ended */

/// What a log of `log_create` is.
struct coco_log_options {
    uint32_t size;     /* of this structure */
    uint32_t rate;     /* records in a second that it takes for long; 0: any number */
    uint32_t burst;    /* records that it takes at once beyond that */
    uint32_t reserved; /* 0 */
    char label[32];
};

/// A record, as `log_read` stores it; `text_len` bytes of text follow, then zeros up to a multiple
/// of 8.
struct coco_log_record {
    uint64_t sequence; /* counted from 0 since boot */
    uint64_t time;     /* of COCO_CLOCK_MONOTONIC, ns */
    uint64_t process;  /* id of who wrote it; 0: the kernel */
    uint32_t lost;     /* records before it that the ring no longer held */
    uint32_t priority; /* severity, 0 (emergency) to 7 (debug), and facility * 8 */
    uint32_t flags;    /* COCO_LOG_KERNEL, DROPPED, CRASH */
    uint32_t text_len;
    char label[32]; /* of the log that it was written to; "": the kernel's */
};

/// The largest record with its text.
#define COCO_LOG_RECORD_MAX (sizeof(struct coco_log_record) + COCO_LOG_TEXT_MAX)

COCO_STATIC_ASSERT(sizeof(struct coco_log_options) == 48, "coco_log_options has a fixed size");
COCO_STATIC_ASSERT(sizeof(struct coco_log_record) == 72, "coco_log_record has a fixed size");

#ifdef __cplusplus
}
#endif
