// SPDX-License-Identifier: MIT
// Paths. The kernel knows absolute paths only and no "." or ".."; this library joins and normalises
// them lexically, which is exact because there are no symbolic links. Thread-safe.
#pragma once

#include <stdbool.h>

#include <coconut/types.h>

/// Join and normalise. Pure.
/// @param base       absolute, normalised; used if path is relative
/// @param path       what the program gave
/// @param out        result, COCO_PATH_MAX bytes: absolute, no empty, "." or ".." component, no
///                   trailing slash but for "/" itself
/// @param directory  set if the path can only name a directory (trailing slash, "." or "..")
/// @return 0, ENOENT (empty path) or ENAMETOOLONG
int __coco_path_join(const char *base, const char *path, char *out, bool *directory);

/// Absolute form of a program's path, relative to the current directory or to dirfd (AT_FDCWD: the
/// current directory).
/// @return 0, or -1 with errno ENOENT, ENAMETOOLONG, EBADF, ENOTDIR or EFAULT (path is NULL)
int __coco_path_at(int dirfd, const char *path, char *out, bool *directory);

/// The same relative to the current directory, refusing what is said to be a directory but is not.
/// @return 0, or -1 with errno
int __coco_path(const char *path, char *out);

/// Make an absolute, normalised path the current directory; not checked.
void __coco_cwd_set(const char *path);

/// Copy the current directory, at most COCO_PATH_MAX bytes.
void __coco_cwd_get(char *out);

/// The descriptor that an absolute, normalised path stands for: /dev/stdin, /dev/stdout,
/// /dev/stderr and /dev/fd/N. Whether it is open is not checked.
/// @return a number >= 0, or -1 if the path is another one
int __coco_path_descriptor(const char *absolute);
