// SPDX-License-Identifier: MIT
// Names of shared memory objects and semaphores: files in one folder.
#pragma once

#include <limits.h>
#include <sys/types.h>

#define COCO_SHM_FOLDER "/dev/shm"
#define COCO_SHM_PATH_SIZE (sizeof(COCO_SHM_FOLDER) + NAME_MAX + 2)

/// The path for a POSIX name (a name without slashes but in front) with `prefix` before the name.
/// Returns 0, or -1 with errno: EINVAL, ENAMETOOLONG.
int __coco_shm_path(const char *name, const char *prefix, char path[COCO_SHM_PATH_SIZE]);

/// open() of such a path with close-on-exec mark; makes the folder if something is to be created.
int __coco_shm_open(const char *path, int flags, mode_t mode);
