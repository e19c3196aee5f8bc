// SPDX-License-Identifier: MIT
// Host link, receiving half: standard input.
//
// The device fills buffers; the reader parses frames out of them in order. A buffer goes back to
// the device only when it was read to its end, so a process that does not read holds the host back.
// `reader` (a sleeping mutex) guards all state here but the wait queue; readers take turns.
#include "hostlink_internal.h"
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

/// Makes sure that there are unread bytes, waits for them.
static enum status wait_for_bytes(void)
{
    while (!advance()) {
        if (rx.broken) {
            return ERR_IO;
        }
        struct waiter waiter;
        wait_prepare(&rx_data, &waiter);
        virtqueue_want_interrupt(&rx, true);
        if (virtqueue_pending(&rx)) {
            wait_cancel(&waiter);
            continue;
        }
        enum status status = wait_commit(&waiter, WAIT_FOREVER);
        if (status != OK) {
            return status;
        }
    }
    return OK;
}

/// Reads the header of the next frame. It may be cut over several buffers; what was read of it is
/// kept when the wait is cut short.
static enum status next_frame(void)
{
    while (current.header_len < sizeof(current.header)) {
        enum status status = wait_for_bytes();
        if (status != OK) {
            return status;
        }
        current.header[current.header_len++] = virtqueue_buffer(&rx, current.buffer)[current.at++];
    }
    current.header_len = 0;
    struct hostlink_header header;
    memcpy(&header, current.header, sizeof(header));
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

static enum status receive_locked(struct user_out buffer, size_t *done)
{
    while (*done < buffer.len && !current.end_of_input) {
        /* Having something, do not wait for more. */
        if (*done > 0 && !advance()) {
            break;
        }
        enum status status = current.frame_rest == 0 ? next_frame() : wait_for_bytes();
        if (status != OK) {
            return status;
        }
        if (current.frame_rest == 0 || !advance()) {
            continue;
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

enum status hostlink_receive_unchecked(struct user_out buffer, size_t *done)
{
    *done = 0;
    mutex_lock(&reader);
    enum status status = current.failed ? ERR_IO : receive_locked(buffer, done);
    mutex_unlock(&reader);
    return *done > 0 ? OK : status;
}

enum status hostlink_receive(struct user_out buffer, size_t *done)
{
    *done = 0;
    return hostlink_present() ? hostlink_receive_unchecked(buffer, done) : ERR_IO;
}
