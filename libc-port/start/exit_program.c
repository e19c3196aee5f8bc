// SPDX-License-Identifier: MIT
// exit(). newlib's end of stdio closes the streams, under threads that use them, and waits for one
// that is in a read; this one only flushes them, and sets the position of files back to what was
// read.
#include <reent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/lock.h>
#include <unistd.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/thread_atexit.h"

/* Nanoseconds that exit() waits in all for streams that other threads hold: they may be in the
 * middle of a change, or in a call that lasts for ever. What is read has nothing to lose. */
#define PATIENCE_WRITERS COCO_SECOND
#define PATIENCE_READERS (COCO_SECOND / 1000)
#define INTERVAL (COCO_SECOND / 10000)

// newlib's: run what atexit() and constructors registered.
void __call_exitprocs(int code, void *module);
// newlib's, in no header: streams are opened, and their locks closed, under this one.
void __sfp_lock_acquire(void);
void __sfp_lock_release(void);

static bool is_open(const FILE *stream)
{
    return stream->_flags != 0 && stream->_flags != 1 && stream->_file != -1; // 1: being opened
}

// Wait for a stream that is held. A process that may not look at a clock, or sleep, does not wait.
// @return whether there is time for another try; *begin is when the first wait began, 0 before
static bool wait_for(bool writes, uint64_t *begin)
{
    int64_t answer = coco_clock_get(COCO_CLOCK_MONOTONIC); // too late to map the clock page
    uint64_t now = (uint64_t)answer;
    if (*begin == 0) {
        *begin = now;
    }
    if (coco_is_error(answer) || now - *begin >= (writes ? PATIENCE_WRITERS : PATIENCE_READERS)) {
        return false;
    }
    int64_t slept = coco_sleep_until(now + INTERVAL);
    return slept == 0 || slept == COCO_EINTR;
}

// Take a stream's lock; false if it is closed, too. Tried again and again, because the lock may be
// gone after its holder.
static bool hold(FILE *stream, uint64_t *begin)
{
    for (;;) {
        __sfp_lock_acquire();
        bool open = is_open(stream);
        bool held = open && __lock_try_acquire_recursive(stream->_lock);
        bool writes = stream->_flags & __SWR;
        __sfp_lock_release();
        if (held || !open) {
            return held;
        }
        if (!wait_for(writes, begin)) {
            return false;
        }
    }
}

static void flush_streams(void)
{
    uint64_t begin = 0;
    // Without a lock: what is added comes at the end, and nothing is taken away.
    for (struct _glue *glue = &__sglue; glue; glue = glue->_next) {
        for (int i = 0; i < glue->_niobs; i++) {
            FILE *stream = &glue->_iobs[i];
            if (is_open(stream) && hold(stream, &begin)) {
                (void)_fflush_r(_REENT, stream); // there is no one left to tell
                __lock_release_recursive(stream->_lock);
            }
        }
    }
}

void exit(int code)
{
    __coco_thread_dtors_run(); // before those of static objects
    __call_exitprocs(code, NULL);
    if (__stdio_exit_handler) { // somebody has used a stream
        flush_streams();
    }
    _exit(code);
}
