// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about channels, memory objects, events, waiting and
// batches.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Messages over channels */
#define COCO_CHANNEL_MESSAGE_MAX 4096u /* bytes of payload */
#define COCO_CHANNEL_HANDLES_MAX 4u    /* handles that travel with one message */

/* coco_channel_message.kind */
#define COCO_CHANNEL_CALL 0u   /* the sender waits for a reply */
#define COCO_CHANNEL_SEND 1u   /* nobody waits */
#define COCO_CHANNEL_CLOSED 2u /* the last handle to the connection was closed; no payload */

/* channel_connect */
#define COCO_CONNECT_NOTIFY_CLOSE 0x1u /* a message CLOSED tells the end of the connection */
#define COCO_CONNECT_MASK 0x1u

/// What a receiver's buffer starts with; the payload follows.
struct coco_channel_message {
    uint64_t badge;        /* of the connection the message came through */
    uint32_t length;       /* bytes of payload */
    uint16_t kind;         /* COCO_CHANNEL_* */
    uint16_t handle_count; /* entries of `handles` in use */
    uint32_t handles[4];   /* new handles; COCO_HANDLE_NONE: no room for it, or not in use */
};

/* coco_transfer.flags */
#define COCO_TRANSFER_MOVE 0x1u /* the sender's handle is closed when the message was taken */
#define COCO_TRANSFER_MASK 0x1u

/// A handle to send along.
struct coco_transfer {
    coco_handle_t handle; /* must carry TRANSFER */
    uint32_t rights;      /* subset of its rights, or COCO_RIGHTS_SAME */
    uint32_t flags;       /* COCO_TRANSFER_* */
    uint32_t reserved;    /* 0 */
};

/// A message with all there is to say: `channel_exchange`, `channel_answer`.
struct coco_exchange {
    uint32_t size;               /* sizeof(struct coco_exchange) */
    uint32_t kind;               /* COCO_CHANNEL_CALL or SEND; for an answer 0 */
    uint64_t deadline;           /* as in `process_wait`; for an answer 0 */
    uint64_t payload;            /* address of the bytes to send */
    uint64_t reply;              /* address for the bytes of the reply */
    uint32_t length;             /* bytes to send */
    uint32_t reply_capacity;     /* bytes at `reply` */
    uint32_t handle_count;       /* entries of `handles` to send */
    uint32_t reply_handle_count; /* written by the call */
    struct coco_transfer handles[4];
    uint32_t reply_handles[4]; /* written by the call, as in coco_channel_message */
};

/* memory objects */
#define COCO_MEMORY_MAX 0x1000000000ull /* bytes of one */
#define COCO_MEMORY_SEAL_WRITE 0x1u     /* nobody can store to it */
#define COCO_MEMORY_SEAL_RESIZE 0x2u    /* its length stays */
#define COCO_MEMORY_SEAL_SEAL 0x4u      /* no seal can be added */
#define COCO_MEMORY_SEAL_MASK 0x7u

/* events */
#define COCO_EVENT_BITS 0x7fffffffffffffffull /* those that an event has */
#define COCO_EVENT_WAIT_KEEP 0x1u             /* what was waited for stays set */
#define COCO_EVENT_WAIT_MASK 0x1u

/* pressure_open: about what; how short memory is */
#define COCO_PRESSURE_MACHINE 0u
#define COCO_PRESSURE_OWN 1u
#define COCO_PRESSURE_NONE 0u
#define COCO_PRESSURE_SOME 1u
#define COCO_PRESSURE_HIGH 2u

/// One object of `object_poll`.
struct coco_poll {
    coco_handle_t handle; /* COCO_HANDLE_NONE: passed over */
    uint32_t wanted;      /* COCO_EVENT_READ, WRITE, ENDED */
    uint32_t returned;    /* written by the call: COCO_EVENT_* that hold */
    uint32_t reserved;    /* 0 */
};

/* batch */
#define COCO_BATCH_MAX 1024u /* calls in one */
#define COCO_BATCH_STOP 0x1u /* make none behind the first that gives an error */
#define COCO_BATCH_MASK 0x1u

/// One call of `batch`.
struct coco_batch_call {
    uint64_t number;       /* COCO_SYS_* */
    uint64_t arguments[5]; /* as in RDI, RSI, R8, R9, R10 */
    uint64_t user_data;    /* goes to the result as it is */
    uint64_t reserved;     /* 0 */
};

/// What came of it.
struct coco_batch_result {
    int64_t result; /* a value, or an error */
    uint64_t user_data;
};

/// State of a memory object.
struct coco_memory_info {
    uint64_t length;   /* bytes, whole pages */
    uint64_t resident; /* bytes of pages that were touched */
    uint32_t seals;    /* COCO_MEMORY_SEAL_* */
    uint32_t mappings; /* ranges of all processes that show it */
};

COCO_STATIC_ASSERT(sizeof(((struct coco_channel_message *)0)->handles) / 4 ==
                       COCO_CHANNEL_HANDLES_MAX,
                   "coco_channel_message has room for all handles");
COCO_STATIC_ASSERT(sizeof(struct coco_poll) == 16, "coco_poll has a fixed size");
COCO_STATIC_ASSERT(sizeof(struct coco_batch_call) == 64, "coco_batch_call has a fixed size");
COCO_STATIC_ASSERT(sizeof(struct coco_batch_result) == 16, "coco_batch_result has a fixed size");
COCO_STATIC_ASSERT(sizeof(struct coco_memory_info) == 24, "coco_memory_info has a fixed size");

#ifdef __cplusplus
}
#endif
