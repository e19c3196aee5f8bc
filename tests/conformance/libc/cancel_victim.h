// SPDX-License-Identifier: MIT
// What the tests of cancellation share: a thread that is to be cancelled.
#pragma once

#include <pthread.h>
#include <semaphore.h>

/// A thread under test: says that it has begun, and does what `body` does.
struct victim {
    void (*body)(struct victim *);
    pthread_t thread;
    volatile int begun;
    volatile int came_back; /* the call under test returned */
    volatile int cleaned;
    int fds[2];
    sem_t sem;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
};

/// The thread's function; its argument is the struct victim.
void *run_victim(void *argument);

/// Bodies: one waits in sleep(), one in read() of fds[0].
void body_sleep(struct victim *victim);
void body_read(struct victim *victim);

/// The part about what a cancellation does besides ending the thread; area_cancel() calls it.
void cancel_effects(void);
