// SPDX-License-Identifier: MIT
// Private: a terminal, and what is open of it.
#pragma once

#include <object/mutex.h>
#include <object/wait.h>
#include <tty/terminal.h>

#include "line.h"

/// `lock` guards what is not marked. What is marked (a) is stored atomically under it, (s) under
/// the lock of sessions, and looked at without.
struct terminal {
    uint32_t refs; /* atomic */
    uint32_t kind; /* COCO_TERMINAL_CONSOLE or PSEUDO; never changes */
    uint32_t number;
    struct mutex lock;
    struct wait_queue changed; /* woken after each change that somebody may wait for */
    struct line line;
    struct coco_window window;
    bool unlocked;          /* may be opened */
    bool sending;           /* bytes that left `line` are on their way to the host */
    uint32_t epoch;         /* (a) hang-ups so far */
    uint32_t opens;         /* (a) files of the terminal, not of the master, since the hang-up */
    bool was_opened;        /* (a) since it was made, or opened again after that */
    bool gone;              /* (a) the master is not there any more */
    uint32_t events;        /* (a) COCO_EVENT_* of the terminal */
    uint32_t master_events; /* (a) of the master */
    uint64_t session;       /* (s) 0 for none */
    uint64_t foreground;    /* (s) */
};

/// An open terminal, or an open master.
struct terminal_file {
    struct object object;
    struct terminal *terminal; /* a reference */
    struct vfs_node *node;     /* a reference; NULL for none */
    uint32_t epoch;            /* of the terminal when it was opened */
    bool master;
};

static inline struct terminal_file *terminal_file_of(struct object *object)
{
    return container_of(object, struct terminal_file, object);
}

/* Numbers of devices, for coco_stat; /dev/pts/n has n more. */
#define DEVICE_CONSOLE 0x100u
#define DEVICE_TTY 0x101u
#define DEVICE_MASTER 0x102u
#define DEVICE_PSEUDO 0x200u

#define TERMINAL_RIGHTS (COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT | COCO_RIGHT_MANAGE)

/// A terminal with one reference. ERR_NOMEM.
__must_check enum status terminal_create(uint32_t kind, uint32_t number, struct terminal **out);
void terminal_hold(struct terminal *terminal);
void terminal_put(struct terminal *terminal);

/// Opens it: a new object with a reference to `node`, which may be NULL. ERR_NOMEM; ERR_IO: the
/// master is gone, or has not unlocked it.
__must_check enum status terminal_open(struct terminal *terminal, struct vfs_node *node,
                                       unsigned access, struct special_opened *out);
__must_check enum status terminal_open_master(struct terminal *terminal, struct vfs_node *node,
                                              unsigned access, struct special_opened *out);

/// The number of the device.
uint32_t terminal_device(const struct terminal *terminal);

/// With the lock: computes the events anew. After it, without the lock: wakes who waits.
void terminal_note(struct terminal *terminal);
static inline void terminal_wake(struct terminal *terminal)
{
    wait_wake(&terminal->changed, WAIT_ALL);
}

/// Gives the lock back after a change, and wakes.
void terminal_changed(struct terminal *terminal);

/// Whether the file was hung up. A wait looks at it with the lock.
bool terminal_is_dead(const struct terminal_file *file);

/// Whether calls of this file wait.
static inline bool terminal_waits(const struct terminal_file *file)
{
    return (object_status_flags(&file->object) & COCO_STATUS_NONBLOCK) == 0;
}

/// Waits for a change; called with the lock, which is given back. `deadline` in monotonic ns.
/// ERR_TIMEDOUT, ERR_INTR, ERR_CANCELED.
__must_check enum status terminal_wait(struct terminal *terminal, uint64_t deadline);

/// Types bytes of kernel memory at a terminal, waiting for room; not interruptible.
void terminal_feed(struct terminal *terminal, const uint8_t *bytes, size_t len);

/// The operations of the two sides.
__must_check enum status terminal_read(struct terminal_file *file, struct user_out buffer,
                                       size_t *done);
__must_check enum status terminal_write(struct terminal_file *file, struct user_in buffer,
                                        size_t *done);
__must_check enum status master_read(struct terminal_file *file, struct user_out buffer,
                                     size_t *done);
__must_check enum status master_write(struct terminal_file *file, struct user_in buffer,
                                      size_t *done);

// --- sessions (session.c) ------------------------------------------------------------------------

/// Whether the current process may do what takes `signal` in the background, on its controlling
/// terminal; see job_check().
__must_check enum status session_check(const struct terminal *terminal, uint32_t signal);

/// Makes the terminal that of the current process's session, if that is possible without asking.
void session_take(struct terminal *terminal);

/// The controlling terminal of the current process, with a reference; NULL for none.
struct terminal *session_terminal(void);

/// Enters a terminal into the table and takes it out. ERR_AGAIN: the table is full.
__must_check enum status session_add(struct terminal *terminal);
void session_remove(struct terminal *terminal);

/// Hangs the terminal up: all open files are dead, no session has it. `leader`: its leader is told,
/// too.
void session_hang_up(struct terminal *terminal, bool leader);

/// Sends the signals of the set to the group in the foreground.
void session_signal(const struct terminal *terminal, uint64_t signals);

/// Takes the name of a pseudo terminal away.
void pseudo_forget(const struct terminal *terminal);

/// Sets the window, and tells the group in the foreground if it is another one.
void terminal_resize(struct terminal *terminal, const struct coco_window *window);
