// SPDX-License-Identifier: MIT
// Host link, receiving half: standard input.
//
// The device fills buffers; the reader parses frames out of them in order. A buffer goes back to
// the device only when it was read to its end, so a process that does not read holds the host back.
// `reader` (a sleeping mutex) guards all state here but the wait queue; readers take turns.
#include "hostlink_internal.h"
#include <abi/types.h>
#include <base/log.h>
#include <base/string.h>
#include <object/mutex.h>
#include <object/wait.h>

#define RX_QUEUE 0u
#define RX_BUFFERS 4u

static struct mutex reader;
static struct wait_queue rx_data;
static struct virtqueue rx;

/// Where the reader stands.
static struct {
    /* The buffer being read: bytes [at, len). */
    bool held;
    uint32_t buffer;
    uint32_t at;
    uint32_t len;
    /* The header of the next frame, as far as it has come. */
    uint8_t header[sizeof(struct hostlink_header)];
    uint32_t header_len;
    uint32_t frame_rest; /* payload bytes of the current frame not read yet */
    bool end_of_input;
    bool failed; /* the host broke the protocol */
} current;

enum status hostlink_rx_start(const struct virtio_device *device)
{
    memset(&current, 0, sizeof(current));
    mutex_init(&reader);
    wait_queue_init(&rx_data);
    return virtqueue_init(&rx, device, RX_QUEUE, RX_BUFFERS, true);
}

void hostlink_rx_post(void)
{
    for (uint32_t n = 0; n < RX_BUFFERS; n++) {
        virtqueue_submit(&rx, n, 0);
    }
    virtqueue_notify(&rx);
}

void hostlink_rx_wake(void)
{
    wait_wake(&rx_data, WAIT_ALL);
}

/// Gives the finished buffer back to the device, then takes the next one that has bytes. False:
/// nothing there now.
static bool advance(void)
{
    while (!current.held || current.at == current.len) {
        if (current.held) {
            current.held = false;
            virtqueue_submit(&rx, current.buffer, 0);
            virtqueue_notify(&rx);
        }
        if (!virtqueue_take(&rx, &current.buffer, &current.len)) {
            return false;
        }
        current.held = true;
        current.at = 0;
    }
    return true;
}

/// The header of a frame is complete.
static enum status begin_frame(void)
{
    struct hostlink_header header;
    memcpy(&header, current.header, sizeof(header));
    current.header_len = 0;
    if (header.magic != HOSTLINK_MAGIC || header.channel != HOSTLINK_STDIN || header.flags != 0 ||
        header.length > HOSTLINK_PAYLOAD_MAX) {
        klog(LOG_WARN, "host link: the host sent a malformed frame; standard input is closed");
        current.failed = true;
        return ERR_IO;
    }
    current.frame_rest = header.length;
    current.end_of_input = header.length == 0;
    return OK;
}

/// Goes on to the next byte of payload, or to the end of input, as far as bytes are there. A header
/// may be cut over several buffers. ERR_AGAIN: not there yet; ERR_IO.
static enum status find_payload(void)
{
    enum status status = current.failed ? ERR_IO : OK;
    while (status == OK && !current.end_of_input) {
        if (!advance()) {
            return rx.broken ? ERR_IO : ERR_AGAIN;
        }
        if (current.frame_rest > 0) {
            return OK;
        }
        current.header[current.header_len++] = virtqueue_buffer(&rx, current.buffer)[current.at++];
        if (current.header_len == sizeof(current.header)) {
            status = begin_frame();
        }
    }
    return status;
}

/// Copies what is there. ERR_AGAIN: that was nothing.
static enum status take(struct user_out buffer, size_t *done)
{
    while (*done < buffer.len) {
        enum status status = find_payload();
        if (status != OK || current.end_of_input) {
            return status;
        }
        uint64_t chunk = buffer.len - *done;
        chunk = chunk < current.frame_rest ? chunk : current.frame_rest;
        chunk = chunk < current.len - current.at ? chunk : current.len - current.at;
        status = user_copy_out(uaddr(buffer.addr.v + *done),
                               virtqueue_buffer(&rx, current.buffer) + current.at, chunk);
        if (status != OK) {
            return status;
        }
        current.at += (uint32_t)chunk;
        current.frame_rest -= (uint32_t)chunk;
        *done += chunk;
    }
    return OK;
}

/// Asks for an interrupt when something comes. False: something has come already.
static bool expect_interrupt(void)
{
    virtqueue_want_interrupt(&rx, true);
    return !virtqueue_pending(&rx);
}

/// Waits until something has come. The mutex is free meanwhile: who waits for the host must not
/// keep others, who may have to end, from waiting too.
static enum status wait_for_input(void)
{
    struct waiter waiter;
    wait_prepare(&rx_data, &waiter);
    if (!expect_interrupt()) {
        (void)wait_cancel(&waiter);
        return OK;
    }
    mutex_unlock(&reader);
    enum status status = wait_commit_signals(&waiter, WAIT_FOREVER);
    mutex_lock(&reader);
    return status;
}

enum status hostlink_receive_unchecked(struct user_out buffer, bool wait, size_t *done)
{
    *done = 0;
    mutex_lock(&reader);
    enum status status = take(buffer, done);
    while (status == ERR_AGAIN && *done == 0 && wait) {
        status = wait_for_input();
        if (status == OK) {
            status = take(buffer, done);
        }
    }
    mutex_unlock(&reader);
    hostlink_rx_wake(); /* for those who looked while the mutex was held */
    return *done > 0 ? OK : status;
}

enum status hostlink_receive(struct user_out buffer, bool wait, size_t *done)
{
    *done = 0;
    return hostlink_present() ? hostlink_receive_unchecked(buffer, wait, done) : ERR_IO;
}

uint32_t hostlink_input_events(void)
{
    enum status status = ERR_AGAIN;
    if (!mutex_trylock(&reader)) {
        return 0; /* who holds it wakes when it is done */
    }
    do {
        status = find_payload();
    } while (status == ERR_AGAIN && !expect_interrupt());
    mutex_unlock(&reader);
    if (status == ERR_AGAIN) {
        return 0;
    }
    return COCO_EVENT_READ | (status == OK ? 0 : COCO_EVENT_ERROR);
}

struct wait_queue *hostlink_input_queue(void)
{
    return &rx_data;
}
