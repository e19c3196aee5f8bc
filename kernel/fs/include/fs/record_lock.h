// SPDX-License-Identifier: MIT
// Advisory locks on ranges of bytes, and on files as a whole. They bind nobody but those who ask
// for them.
//
// A lock belongs to a process or to an open file (struct record_owner). One lock guards all
// records, a sleeping mutex that comes after all other sleeping locks.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <fs/vfs.h>
#include <object/record_owner.h>

struct object;

/// Locks on ranges and locks on whole files do not see each other.
enum record_space {
    RECORD_RANGE,
    RECORD_WHOLE,
};

struct record_request {
    enum record_space space;
    uint32_t kind;  /* COCO_LOCK_NONE, SHARED, EXCLUSIVE */
    uint64_t first; /* byte */
    uint64_t last;  /* byte, included */
};

/// Called once, before any other function.
void record_lock_init(void);

/// Let the owner hold `request->kind` on the range, whatever it held there before; neighbouring
/// ranges become one. A conflict with locks of others is ERR_AGAIN, or is waited for with `wait`,
/// as wait_commit_signals() does; an owner of a whole file gives up what it holds before it waits.
/// ERR_DEADLK: waiting processes wait for each other; ERR_NOLCK: the owner, or all together, have
/// as many locks as they can have; ERR_NOMEM; ERR_INTR, ERR_CANCELED. Sleeps.
enum status record_lock_set(struct vfs_node *node, struct record_owner *owner,
                            const struct record_request *request, bool wait) __must_check;

/// The lock with the lowest range that keeps the owner from having `*request`, which it replaces,
/// and the id of its owner; without one `kind` becomes COCO_LOCK_NONE.
void record_lock_find(struct vfs_node *node, const struct record_owner *owner,
                      struct record_request *request, uint64_t *id);

/// Release all ranges of a file that the owner holds.
void record_lock_release(struct vfs_node *node, struct record_owner *owner);

/// The node and the owner of an object of kind FILE or DIR; no new reference.
struct vfs_node *record_lock_node(struct object *object);
struct record_owner *record_lock_owner(struct object *object);

/// The node is going away: nobody holds locks on it.
void record_lock_free(struct vfs_node *node);
