// SPDX-License-Identifier: MIT
// What fork() has to put right in the child, by the file that owns it.
#pragma once

#include <stdint.h>

#include "lock.h"

#define COCO_FORK_CHILD (-65536)

/// Locks that guard memory the child goes on with: nobody may be in the middle of a change.
extern struct coco_lock __coco_key_lock;
// Absent in programs without the functions that they belong to.
extern struct coco_lock __coco_sem_lock __attribute__((weak));
extern struct coco_lock __coco_locale_lock __attribute__((weak));
extern struct coco_lock __coco_syslog_lock __attribute__((weak));
extern struct coco_lock __coco_gettext_lock __attribute__((weak));
extern struct coco_lock __coco_random_lock __attribute__((weak));

/// What getpid() remembers; 0 for not yet.
extern int32_t __coco_pid;

/// Take the locks of stdio's streams, as far as they are free or soon become so: a thread may wait
/// in a read for ever. With the lock of the list of streams.
void __coco_streams_hold(void);

/// Release them. In the child those that could not be taken are free, too: their holders are gone.
/// What such a stream holds is then as its holder left it.
void __coco_streams_release(int in_child);

/// Run the handlers of pthread_atfork(): those before the fork, latest first; those after it in the
/// parent or in the child, earliest first. The list stays locked between the two calls.
void __coco_atfork_prepare(void);
void __coco_atfork_done(int in_child);
