// SPDX-License-Identifier: MIT
// Special nodes: names in the tree for things that other layers own, such as FIFOs.
//
// A kind of special node has a number here and a row in `special_ops`, an upcall table that the
// layer above all kinds defines in read-only memory. The node owns `state`, a pointer of the kind's
// own, from special_create() until `destroy`. To add a kind: its number, its row, and a call that
// makes its state, wraps it by special_create() and names it by vfs_add_node().
//
// Names, modes, times, links, removing and renaming are the tree's: a special node is no different
// there. It has no content; vfs_read() and the like refuse it.
#pragma once

#include <fs/vfs.h>
#include <object/object.h>

enum special_kind {
    SPECIAL_FIFO,      /* ipc/fifo.h */
    SPECIAL_SOCKET,    /* ipc/socket.h */
    SPECIAL_MQUEUE,    /* ipc/mqueue.h */
    SPECIAL_CONSOLE,   /* tty/terminal.h, as the next ones: /dev/console */
    SPECIAL_TTY,       /* /dev/tty */
    SPECIAL_PTMX,      /* /dev/ptmx */
    SPECIAL_PSEUDO,    /* /dev/pts/n */
    SPECIAL_HOST_PORT, /* dev/host_port.h */
    SPECIAL_KIND_COUNT,
};

/// How special_open() is to open, as bits.
#define SPECIAL_READ 0x1u
#define SPECIAL_WRITE 0x2u
#define SPECIAL_NONBLOCK 0x4u   /* do not wait; the object gets COCO_STATUS_NONBLOCK */
#define SPECIAL_NO_CONTROL 0x8u /* a terminal does not become the controlling one */

/// What opening made.
struct special_opened {
    struct object *object; /* a new reference */
    uint32_t rights;       /* of the handle */
};

/// Operations of a kind. They are called without any lock held and may sleep.
struct special_ops {
    uint8_t type; /* COCO_TYPE_* that `file_stat` and `readdir` tell */
    /// Make the object that a handle will name; `access` are SPECIAL_* bits. The object may keep
    /// `node` by a reference of its own. May wait as wait_commit_signals() does, for as long as
    /// somebody outside wants. Optional: without it opening is ERR_NXIO.
    enum status (*open)(struct vfs_node *node, void *state, unsigned access,
                        struct special_opened *out);
    /// Bytes that `file_stat` tells; must not sleep. Optional: 0.
    uint64_t (*size)(void *state);
    /// Number of a device that `file_stat` tells; must not sleep. Optional: 0.
    uint32_t (*device)(void *state);
    /// The last reference to the node is gone: free `state`. Required.
    void (*destroy)(void *state);
};

/// Upcall: the kinds, by number.
extern const struct special_ops *const special_ops[SPECIAL_KIND_COUNT];

/// Make a node of `kind` without a name, with one reference; it owns `state` from then on. What it
/// takes is charged to the budget for names. ERR_NOMEM: `state` remains the caller's.
enum status special_create(enum special_kind kind, void *state, uint32_t permissions,
                           struct vfs_node **out) __must_check;

static inline bool vfs_is_special(const struct vfs_node *node)
{
    return node->type == VFS_NODE_SPECIAL;
}

/// The state of a node of `kind`; NULL if the node is of another kind. Valid as long as the node.
void *special_state(struct vfs_node *node, enum special_kind kind);

/// Open a special node. The errors of the kind; ERR_NXIO: it cannot be opened; ERR_INTR,
/// ERR_CANCELED: while waiting.
enum status special_open(struct vfs_node *node, unsigned access,
                         struct special_opened *out) __must_check;
