// SPDX-License-Identifier: MIT
// What posix_spawn()'s opaque objects hold.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fd.h"

enum spawn_action_kind { SPAWN_OPEN, SPAWN_DUP2, SPAWN_CLOSE, SPAWN_CHDIR, SPAWN_FCHDIR };

struct spawn_action {
    struct spawn_action *next;
    enum spawn_action_kind kind;
    int fd;      /* open, close, fchdir: the descriptor; dup2: the source */
    int target;  /* dup2 */
    int flags;   /* open */
    mode_t mode; /* open */
    char path[]; /* open, chdir */
};

struct __posix_spawn_file_actions {
    struct spawn_action *first;
    struct spawn_action **end;
};

struct __posix_spawnattr {
    short flags;
    sigset_t defaults;
    sigset_t mask;
    pid_t group;
};

/// The descriptors of a child in the making.
struct spawn_fds {
    struct fd_entry entry[COCO_SPAWN_HANDLES_MAX];
    int count;
};

/// Let `fd` name a handle, in place of what it named. Pure. @return false if the child has no room
bool __coco_spawn_fd_set(struct spawn_fds *fds, int fd, coco_handle_t handle);

/// Close a descriptor of the child. Pure. @return false if it was not open
bool __coco_spawn_fd_close(struct spawn_fds *fds, int fd);

/// Handle of a descriptor of the child. Pure. @return COCO_HANDLE_NONE if it is not open
coco_handle_t __coco_spawn_fd_find(const struct spawn_fds *fds, int fd);

/// The kernel's list for the child's descriptors. Pure. @param out  room for fds->count entries
void __coco_spawn_handles(const struct spawn_fds *fds, struct coco_spawn_handle *out);

/// Lay strings one behind the other, each with its NUL, as the kernel takes them. Pure.
/// @param strings  NULL-terminated; NULL means none
/// @param out      room for `size` bytes; NULL only counts
/// @param count    number of strings
/// @return bytes, or SIZE_MAX if they exceed `size`
size_t __coco_spawn_pack(char *const strings[], char *out, size_t size, uint32_t *count);
