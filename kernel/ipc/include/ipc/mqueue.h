// SPDX-License-Identifier: MIT
// Message queues: messages with priorities, under a name in the tree of files.
//
// A queue lives as long as its name or an open description (COCO_OBJECT_MQUEUE) does. All functions
// may sleep; those that wait are interrupted by signals (ERR_INTR) and by the end of the process
// (ERR_CANCELED). Objects passed in must be open queues that the caller holds.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>
#include <fs/special.h>
#include <mm/user_copy.h>
#include <object/object.h>

/// Make a queue for at most `messages` of at most `message_size` bytes, as a node without a name;
/// a new reference. ERR_INVAL: a limit is 0 or above COCO_MQUEUE_*_MAX; ERR_NOMEM.
enum status mqueue_create(uint32_t messages, uint32_t message_size, uint32_t permissions,
                          struct vfs_node **out) __must_check;

/// Open the queue of a node; a new reference. ERR_INVAL: the node is no queue; ERR_NOMEM.
enum status mqueue_open(struct vfs_node *node, struct object **out) __must_check;

/// What is sent, and how long to wait for room.
struct mqueue_message {
    struct user_in bytes;
    uint32_t priority; /* below COCO_MQUEUE_PRIORITIES */
    uint64_t deadline; /* monotonic ns */
    uint64_t process;  /* id of the sender */
};

/// Put a message behind those of the same or a higher priority. ERR_INVAL: priority; ERR_MSGSIZE;
/// ERR_AGAIN: full, and the description does not wait; ERR_TIMEDOUT; ERR_NOBUFS, ERR_NOMEM,
/// ERR_FAULT.
enum status mqueue_send(struct object *queue, const struct mqueue_message *message) __must_check;

/// Take the oldest message of the highest priority. `*len` gets its bytes. ERR_MSGSIZE: the buffer
/// is smaller than the queue's messages may be; ERR_AGAIN, ERR_TIMEDOUT; ERR_FAULT, ERR_NOMEM: the
/// message stays.
enum status mqueue_receive(struct object *queue, struct user_out buffer, uint64_t deadline,
                           uint32_t *len, uint32_t *priority) __must_check;

/// What a process wants to be told once, when a message comes to the empty queue and no thread
/// waits for it.
struct mqueue_request {
    uint32_t how;    /* COCO_MQUEUE_NOTIFY_*, but REMOVE */
    uint32_t signal; /* SIGNAL: checked */
    uint64_t value;
    struct object *process; /* of the caller (COCO_OBJECT_PROCESS) */
};

/// Register. With COCO_MQUEUE_NOTIFY_HANDLE, `*watch` gets a new reference to an object that has
/// ended (COCO_EVENT_ENDED) when the message came, and hangs up if the registration was removed;
/// otherwise NULL. ERR_BUSY: a process that lives is registered; ERR_NOMEM.
enum status mqueue_notify(struct object *queue, const struct mqueue_request *request,
                          struct object **watch) __must_check;

/// Remove what `process` registered, if it did.
void mqueue_notify_remove(struct object *queue, const struct object *process);

/// Limits and content now.
void mqueue_info(struct object *queue, struct coco_mqueue_info *out);

/// Upcall: send a signal to a process.
void mqueue_send_signal(struct object *process, const struct coco_signal_info *info);

/// Rows of the tables of objects and of special nodes.
extern const struct object_ops mqueue_object_ops;
extern const struct special_ops mqueue_special_ops;
