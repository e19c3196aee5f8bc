// SPDX-License-Identifier: MIT
// Views: which part of the file tree a process sees, and what of it it may change.
//
// A view names nodes, not paths: what it shows keeps its access when directories above it are
// renamed, and what takes the place of a node that was removed is not shown. It never changes once
// it is in use. Views stand in each other: the access is the least that any of them gives.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

struct fs_view;
struct vfs_origin;

/// What a process may do with a node; each includes those before it.
enum view_access {
    VIEW_NONE,  /* it is not there */
    VIEW_PASS,  /* a directory on the way to what can be seen */
    VIEW_READ,  /* with all below it */
    VIEW_WRITE, /* with all below it */
};

/// A view that shows nothing, with room for `room` entries (0 to COCO_VIEW_MAX) and one reference.
/// ERR_NOMEM.
enum status view_create(uint32_t room, struct fs_view **out) __must_check;

/// Add what `path` leads to from `origin` by VFS_POSIX; there is room. ERR_NOTFOUND and the errors
/// of paths; ERR_ROFS: it is to be changed, and the view of `origin` does not allow that.
enum status view_add(struct fs_view *view, struct vfs_origin origin, const char *path,
                     bool write) __must_check;

/// Put `view`, which is not in use yet, into `outer`, which gets a reference; NULL for none.
void view_put_into(struct fs_view *view, struct fs_view *outer);

/// References; NULL does nothing. Not under the tree lock.
void view_get(struct fs_view *view);
void view_put(struct fs_view *view);

// --- upcalls, defined by the layer that knows processes ------------------------------------------

/// The view of the current process, NULL for none; no new reference.
struct fs_view *view_current(void);

/// The view of the current process kept it from something at `path` (of user mode, any characters):
/// from seeing what is there if `hidden`, otherwise from changing it. Any lock that can be held
/// over klog() may be held.
void view_note_refusal(const char *path, bool hidden);
