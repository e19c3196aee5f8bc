// SPDX-License-Identifier: MIT
// Descriptors. A descriptor names an open file description; several can share one (dup). The table
// is static: OPEN_MAX descriptors, no allocation. All functions are thread-safe.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coconut/types.h>

#define COCO_FD_FLAGS_UNKNOWN (-1)
#define COCO_FD_SHORT_PATH 48 /* bytes, NUL included */

/// What dup() shares. A description lives until its last descriptor is closed and the last call
/// that uses it has returned.
struct file_description {
    uint32_t refs;
    coco_handle_t handle; /* COCO_HANDLE_NONE: empty input */
    int flags;            /* O_ACCMODE, O_SYNC as opened; or COCO_FD_FLAGS_UNKNOWN: inherited */
    char *path;           /* absolute, of what may be a directory; otherwise NULL */
    char short_path[COCO_FD_SHORT_PATH]; /* `path` points to it if it fits, otherwise to the heap */
};

/// Give a handle the lowest free descriptor at or above `lowest`. On success the table owns the
/// handle; on failure the caller keeps it.
/// @param path  absolute path to remember, copied; or NULL
/// @return the descriptor, or -1 with errno EMFILE or ENOMEM
int __coco_fd_install(coco_handle_t handle, int flags, const char *path, bool cloexec, int lowest);

/// Give both handles of a result of pipe_create or socket_pair descriptors; takes the handles
/// whatever happens.
/// @return 0 with the descriptors in `out`, or -1 with errno EMFILE
int __coco_fd_install_two(int64_t handles, const int flags[2], bool cloexec, int out[2]);

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

/// Let go of a description; the last one closes the handle. Leaves errno alone.
void __coco_fd_put(struct file_description *description);

/// Free a descriptor. @return 0, or -1 with errno EBADF
int __coco_fd_close(int fd);

/// Make another descriptor for the same description.
/// @param lowest  the lowest descriptor to hand out, 0..OPEN_MAX-1
/// @return the descriptor, or -1 with errno EBADF, EINVAL or EMFILE
int __coco_fd_duplicate(int fd, int lowest, bool cloexec);

/// Make `to` a descriptor for the description of `from`, closing what it was; equal ones stay.
/// @return to, or -1 with errno EBADF
int __coco_fd_replace(int from, int to, bool cloexec);

/// Read or set the close-on-exec mark. @return the mark or 0, or -1 with errno EBADF
int __coco_fd_cloexec(int fd);
int __coco_fd_set_cloexec(int fd, bool cloexec);

/// One descriptor that a child inherits.
struct fd_entry {
    int fd;
    coco_handle_t handle;
};

/// List the open descriptors without close-on-exec mark that have a handle, in rising order. The
/// caller holds each description: release with __coco_fd_put() on held[i].
/// @return the number of entries, or -1 with errno EMFILE if there are more than `max`
int __coco_fd_inheritable(struct fd_entry *entries, struct file_description **held, int max);

/// Access mode and status flags; asks the kernel once for an inherited descriptor.
/// @return O_* flags, or -1 with errno
int __coco_fd_flags(struct file_description *description);

/// Whether a description, which the caller holds, is of a directory.
bool __coco_fd_is_directory(const struct file_description *description);

/// Fill the table from the handles of the start block; without a standard output, 1 and 2 get the
/// log.
void __coco_fd_start(const struct coco_start_handle *handles, uint32_t count);
