// SPDX-License-Identifier: MIT
// Descriptors. A descriptor names an open file description; several can share one (dup). The table
// is static: OPEN_MAX descriptors, no allocation. All functions are thread-safe, and may be called
// in a signal handler whatever it has interrupted.
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coconut/types.h>

#define COCO_FD_FLAGS_UNKNOWN (-1)

/// What dup() shares. A description lives until its last descriptor is closed and the last call
/// that uses it has returned.
struct file_description {
    uint32_t refs;
    coco_handle_t handle; /* COCO_HANDLE_NONE: empty input */
    int flags;            /* O_ACCMODE, O_SYNC as opened; or COCO_FD_FLAGS_UNKNOWN: inherited */
};

// Marks of a descriptor: FD_CLOEXEC and FD_CLOFORK.

/// Give a handle the lowest free descriptor. On success the table owns the handle; on failure the
/// caller keeps it.
/// @return the descriptor, or -1 with errno EMFILE
int __coco_fd_install(coco_handle_t handle, int flags, int marks);

/// A descriptor in the making: number and description are there before the call that a full table
/// must not let happen.
struct fd_place {
    int fd;
    struct file_description *description;
};

/// Whether there is room for a descriptor; for a call that may wait, and until then takes none: a
/// signal handler may leave it by siglongjmp(), and nobody would give the number back.
/// @return 0, or -1 with errno EMFILE
int __coco_fd_room(void);

/// Take the lowest free descriptor; it is not open yet. Pair with one of the next two.
/// @return 0, or -1 with errno EMFILE
int __coco_fd_reserve(struct fd_place *place);

/// Open it for a handle, as __coco_fd_install() does.
/// @return the descriptor; or -1 with errno EMFILE: dup2() has used the number, and no other is
/// free
int __coco_fd_fill(struct fd_place *place, coco_handle_t handle, int flags, int marks);

/// Do without it. Leaves errno alone.
void __coco_fd_give_back(struct fd_place *place);

/// Give both handles of a result of pipe_create or socket_pair descriptors; takes the handles
/// whatever happens.
/// @return 0 with the descriptors in `out`, or -1 with errno EMFILE
int __coco_fd_install_two(int64_t handles, const int flags[2], int marks, int out[2]);

/// Give a handle this descriptor, which must be free; for start-up only.
void __coco_fd_install_at(int fd, coco_handle_t handle, int flags);

/// The number that descriptors to be handed out stay below, at most OPEN_MAX. Open ones above it
/// stay open.
void __coco_fd_set_limit(int most);
int __coco_fd_limit(void);

/// Take over the limit that the process was started with.
void __coco_fd_inherit_limit(void);

/// Look a descriptor up and hold its description. Pair with __coco_fd_put().
/// @return NULL with errno EBADF for a descriptor that is not open
struct file_description *__coco_fd_get(int fd);

/// The same for a call with an offset in the file.
/// @return NULL with errno EINVAL for an offset below 0, EBADF
static inline struct file_description *__coco_fd_get_at(int fd, int64_t offset)
{
    if (offset < 0) {
        errno = EINVAL;
        return NULL;
    }
    return __coco_fd_get(fd);
}

/// Let go of a description; the last one closes the handle. Leaves errno alone.
void __coco_fd_put(struct file_description *description);

/// The description that stands for the current directory: none, NULL, until it is set.
/// __coco_fd_put() lets go of it.
struct file_description *__coco_fd_hold_cwd(void);

/// Make a handle the current directory; on success the table owns it.
/// @return 0, or -1 with errno EMFILE
int __coco_fd_set_cwd(coco_handle_t handle);

/// Free a descriptor. @return 0, or -1 with errno EBADF
int __coco_fd_close(int fd);

/// Free a descriptor that the program knows nothing of: its locks on the file stay.
void __coco_fd_drop(int fd);

/// Make another descriptor for the same description.
/// @param lowest  the lowest descriptor to hand out, 0..OPEN_MAX-1
/// @return the descriptor, or -1 with errno EBADF or EMFILE
int __coco_fd_duplicate(int fd, int lowest, int marks);

/// Make `to` a descriptor for the description of `from`, closing what it was; equal ones stay.
/// @return to, or -1 with errno EBADF
int __coco_fd_replace(int from, int to, int marks);

/// Read or set the marks. @return the marks or 0, or -1 with errno EBADF
int __coco_fd_marks(int fd);
int __coco_fd_set_marks(int fd, int marks);

/// The marks that flags of open() and its relatives stand for.
int __coco_fd_marks_of(int flags);

/// In the child of fork(), which has one thread: close what has FD_CLOFORK.
void __coco_fd_after_fork(void);

/// The same, before that, where the caller is in no call that holds a description: let go of what
/// calls of threads that are not here have held, which would keep it open for ever.
void __coco_fd_recount(void);

/// One descriptor that a child inherits.
struct fd_entry {
    int fd;
    coco_handle_t handle;
    bool shared; /* a descriptor that is not inherited names the description, too */
};

/// List the open descriptors that have a handle and none of `marks`, in rising order. The caller
/// holds each description: release with __coco_fd_put() on held[i].
/// @return the number of entries, or -1 with errno EMFILE if there are more than `max`
int __coco_fd_inheritable(int marks, struct fd_entry *entries, struct file_description **held,
                          int max);

/// Access mode and status flags; asks the kernel once for an inherited descriptor.
/// @return O_* flags, or -1 with errno
int __coco_fd_flags(struct file_description *description);

/// Whether a description, which the caller holds, is of a directory.
bool __coco_fd_is_directory(const struct file_description *description);

/// Fill the table from the handles of the start block; without a standard output, 1 and 2 get the
/// log.
void __coco_fd_start(const struct coco_start_handle *handles, uint32_t count);
