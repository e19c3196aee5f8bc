// SPDX-License-Identifier: MIT
// What fork() has to put right in the child, by the file that owns it.
#pragma once

#include <stdint.h>

#include "lock.h"

#define COCO_FORK_CHILD (-65536)

/// Locks that guard memory the child goes on with: nobody may be in the middle of a change.
extern struct coco_lock __coco_fd_lock;
extern struct coco_lock __coco_cwd_lock;
extern struct coco_lock __coco_key_lock;
extern struct coco_lock __coco_sem_lock __attribute__((weak)); // absent without named semaphores

/// What getpid() remembers; 0 for not yet.
extern int32_t __coco_pid;

/// Run the handlers of pthread_atfork(): those before the fork, latest first; those after it in the
/// parent or in the child, earliest first. The list stays locked between the two calls.
void __coco_atfork_prepare(void);
void __coco_atfork_done(int in_child);
