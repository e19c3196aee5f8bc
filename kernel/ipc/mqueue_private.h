// SPDX-License-Identifier: MIT
// Private: what the files of message queues share.
#pragma once

#include <base/list.h>
#include <ipc/mqueue.h>
#include <object/mutex.h>
#include <object/wait.h>

/// Open descriptions: of a queue, or of a registration (`registration` set).
struct mqueue_handle {
    struct object object;
    struct mqueue *queue;                     /* one reference */
    struct mqueue_registration *registration; /* one reference; NULL for a queue */
};

enum mqueue_registration_state {
    MQUEUE_ARMED,
    MQUEUE_FIRED,
    MQUEUE_REMOVED,
};

struct mqueue_registration {
    uint32_t refs;  /* atomic */
    uint32_t state; /* atomic: enum mqueue_registration_state */
    uint32_t how;
    uint32_t signal;
    uint64_t value;
    struct object *process;            /* one reference */
    const struct mqueue_handle *owner; /* through which it was made; for comparison only */
    struct wait_queue changed;
};

/// (a) stored atomically, under `lock`; looked at without.
struct mqueue {
    uint32_t refs; /* atomic */
    uint32_t message_max;
    uint32_t size_max; /* bytes of a message */
    uint64_t inode;
    struct mutex lock;
    struct list messages;               /* struct message, next one first */
    uint32_t count;                     /* (a) of them */
    uint32_t receivers;                 /* threads that wait for a message */
    struct mqueue_registration *notify; /* one reference; NULL for none */
    struct wait_queue changed;
};

static inline struct mqueue_handle *mqueue_handle_of(struct object *object)
{
    return container_of(object, struct mqueue_handle, object);
}

/// References to a queue. NULL is passed over by the second.
struct mqueue *mqueue_get(struct mqueue *queue);
void mqueue_put(struct mqueue *queue);

/// Free the messages of a queue nobody refers to any more.
void mqueue_free_messages(struct mqueue *queue);

/// A message came to the empty queue, which is locked: take the registration out, for
/// mqueue_registration_fire() without the lock. NULL for none.
struct mqueue_registration *mqueue_registration_take(struct mqueue *queue);

/// Tell who registered, and give the reference back. `sender`: id of the sending process.
void mqueue_registration_fire(struct mqueue_registration *registration, uint64_t sender);

/// Remove the registration that was made through `owner`, if there is one.
void mqueue_registration_drop(struct mqueue *queue, const struct mqueue_handle *owner);

/// Give a reference to a registration back. NULL is passed over.
void mqueue_registration_put(struct mqueue_registration *registration);

/// Make an open description; its references are handed over if this returns OK. ERR_NOMEM.
enum status mqueue_handle_create(struct mqueue *queue, struct mqueue_registration *registration,
                                 struct object **out) __must_check;
