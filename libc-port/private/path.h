// SPDX-License-Identifier: MIT
// Paths. The kernel walks them, from a directory handle where they are relative; this library only
// finds the handle. Thread-safe.
#pragma once

#include <stdbool.h>

#include <coconut/types.h>

struct file_description;

/// A program's path as the kernel takes it; held from __coco_place() to __coco_place_done().
struct coco_place {
    coco_handle_t dir;                    /* COCO_HANDLE_NONE: the root */
    const char *path;                     /* the program's */
    struct file_description *description; /* what keeps `dir`, or NULL */
};

/// Find where a path starts: at the root, at the directory descriptor `dirfd`, or with AT_FDCWD at
/// the current directory.
/// @return 0, or -1 with errno EBADF, ENOTDIR, ENOENT (the current directory was removed before
/// this program started) or EFAULT (path is NULL)
int __coco_place(int dirfd, const char *path, struct coco_place *out);

/// Let go of what keeps the directory. Leaves errno alone.
void __coco_place_done(struct coco_place *place);

/// The descriptor that a path, which the kernel did not find, stands for: /dev/stdin, /dev/stdout,
/// /dev/stderr and /dev/fd/N. Whether it is open is not checked.
/// @return a number >= 0, or -1 if the path is another one
int __coco_place_descriptor(const struct coco_place *place);

/// The same for an absolute path without "." and "..". Pure.
int __coco_path_descriptor(const char *absolute);

/// Set errno by the result of a kernel call that takes a place; as __coco_ret(), but a `dir` that
/// is no directory is ENOTDIR.
long __coco_place_ret(int64_t result);

/// Join and normalise. Pure. Takes ".." away lexically: not for paths that the kernel is to walk.
/// @param base       absolute, normalised; used if path is relative
/// @param path       what the program gave
/// @param out        result, COCO_PATH_MAX bytes: absolute, no empty, "." or ".." component, no
///                   trailing slash but for "/" itself
/// @param directory  set if the path can only name a directory (trailing slash, "." or "..")
/// @return 0, ENOENT (empty path) or ENAMETOOLONG
int __coco_path_join(const char *base, const char *path, char *out, bool *directory);

/// Put an absolute base in front of a relative path, and leave both as they are. Pure.
/// @param out  COCO_PATH_MAX bytes
/// @return 0, ENOENT (empty path or base) or ENAMETOOLONG
int __coco_path_append(const char *base, const char *path, char *out);

/// Absolute form of a path relative to the current directory, for calls that take no directory.
/// @return 0, or -1 with errno
int __coco_path(const char *path, char *out);

/// Path of an open directory. @param out  COCO_PATH_MAX bytes
/// @return 0, or -1 with errno ENOENT (removed), ENOTDIR and others
int __coco_directory_path(coco_handle_t dir, char *out);

/// Make an absolute path the current directory, at start; if it cannot be opened, the process has
/// none, as after its removal.
void __coco_cwd_set(const char *path);

/// Path of the current directory, COCO_PATH_MAX bytes; "" if it was removed.
void __coco_cwd_get(char *out);
