// SPDX-License-Identifier: MIT
// Threads by their ids. A pthread_t is a number that no other thread of the process has had: the
// place in a table and how often the place was given away. So the id of a thread that is gone, or
// any other number, is told from a thread's without touching what it might have pointed to.
//
// A thread is in the table from before it starts until nobody may use its id any more: it was
// joined, or it has ended and is detached. Its control block is there as long.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "lock.h"

struct __pthread;

/// Guards the table, and each control block's `state` and `joined`. Nothing is waited for under it.
extern struct coco_lock __coco_thread_lock;

/// Give a thread an id, `number` of its control block.
/// @return 0, or EAGAIN: the table is full, or there is no memory for it
int __coco_thread_register(struct __pthread *thread);

/// Take a thread out of the table: its id is nobody's from now on. With __coco_thread_lock.
void __coco_thread_forget(struct __pthread *thread);

/// Find a thread and keep it from going away. Between this and __coco_thread_release() the caller
/// is not cancelled asynchronously and waits for nothing.
/// @return its control block, with __coco_thread_lock held; or NULL, without
struct __pthread *__coco_thread_hold(pthread_t id);

/// Take and give back __coco_thread_lock for the calling thread's own sake, in the same way.
void __coco_thread_acquire(void);
void __coco_thread_release(void);

/// The kernel's number of a thread, without a lock: for signal handlers, too. Waits until a thread
/// that was just made has begun. @return 0 if there is no such thread
uint64_t __coco_thread_kernel_id(pthread_t id);

/// Say that the calling thread has the kernel's number `id`.
void __coco_thread_set_kernel_id(uint64_t id);

/// In the child of a fork, which has __coco_thread_lock: the calling thread is the only one.
void __coco_thread_alone(void);
