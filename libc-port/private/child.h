// SPDX-License-Identifier: MIT
// Child processes that have not been waited for. Thread-safe.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <coconut/types.h>

/// Remember a child. The table owns the handle on success.
/// @return 0, or -1 with errno ENOMEM
int __coco_child_add(pid_t pid, coco_handle_t handle);

/// The same in two steps, so that nothing can fail once the child runs. The record comes from
/// malloc; reserving sets errno. @return NULL if there is no memory
void *__coco_child_reserve(void);
void __coco_child_commit(void *record, pid_t pid, coco_handle_t handle);
void __coco_child_cancel(void *record);

/// In a process that fork() made: forget the parent's children and close their handles.
void __coco_child_forget(void);

/// Handle of a child. @return the handle, or COCO_HANDLE_NONE if there is no such child
coco_handle_t __coco_child_find(pid_t pid);

/// The child at a position of the table, oldest first. @return its pid, or 0 behind the last
pid_t __coco_child_at(unsigned index, coco_handle_t *handle);

/// Forget a child and close its handle.
/// @return 1 if it was there, 0 if another thread was faster
int __coco_child_remove(pid_t pid);

/// How wait() reports an end. @return the status word for WIFEXITED and the like
int __coco_wait_status(const struct coco_exit_status *status);
