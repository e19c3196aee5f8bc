// SPDX-License-Identifier: MIT
// Host link, receiving half: standard input. The reader parses frames out of the receiver's bytes.
#include "hostlink_internal.h"
#include "receive.h"
#include <abi/types.h>
#include <base/log.h>
#include <base/string.h>

#define RX_BUFFERS 4u

static struct receiver rx;

/// Where the reader stands. Guarded by the receiver's `reader`.
static struct {
    /* The header of the next frame, as far as it has come. */
    uint8_t header[sizeof(struct hostlink_header)];
    uint32_t header_len;
    uint32_t frame_rest;                  /* payload bytes of the current frame not read yet */
    uint8_t window[2 * sizeof(uint16_t)]; /* of the frame that is being read */
    uint32_t window_rest;                 /* bytes of it that have not come yet */
    bool resized;                         /* it is complete, and nobody was told */
    bool end_of_input;
    bool failed; /* the host broke the protocol */
} current;

enum status hostlink_rx_start(const struct virtio_device *device, uint32_t queue)
{
    memset(&current, 0, sizeof(current));
    return receive_init(&rx, device, queue, RX_BUFFERS);
}

void hostlink_rx_post(void)
{
    receive_post(&rx);
}

void hostlink_rx_wake(void)
{
    receive_wake(&rx);
}

/// The header of a frame is complete.
static enum status begin_frame(void)
{
    struct hostlink_header header;
    memcpy(&header, current.header, sizeof(header));
    current.header_len = 0;
    bool window = header.channel == HOSTLINK_WINDOW && header.length == sizeof(current.window);
    if (header.magic != HOSTLINK_MAGIC || (header.channel != HOSTLINK_STDIN && !window) ||
        header.flags != 0 || header.length > HOSTLINK_PAYLOAD_MAX) {
        klog(LOG_WARN, "host link: the host sent a malformed frame; standard input is closed");
        current.failed = true;
        return ERR_IO;
    }
    if (window) {
        current.window_rest = header.length;
        return OK;
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
        if (!receive_advance(&rx)) {
            return rx.queue.broken ? ERR_IO : ERR_AGAIN;
        }
        if (current.frame_rest > 0) {
            return OK;
        }
        if (current.window_rest > 0) {
            current.window[sizeof(current.window) - current.window_rest--] = receive_byte(&rx);
            current.resized = current.window_rest == 0;
            continue;
        }
        current.header[current.header_len++] = receive_byte(&rx);
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
        uint64_t rest = buffer.len - *done;
        uint32_t count;
        status = receive_copy(&rx, uaddr(buffer.addr.v + *done),
                              rest < current.frame_rest ? rest : current.frame_rest, &count);
        if (status != OK) {
            return status;
        }
        current.frame_rest -= count;
        *done += count;
    }
    return OK;
}

enum status hostlink_receive_unchecked(struct user_out buffer, bool wait, size_t *done)
{
    *done = 0;
    mutex_lock(&rx.reader);
    enum status status = take(buffer, done);
    while (status == ERR_AGAIN && *done == 0 && wait) {
        struct waiter waiter;
        status = receive_prepare(&rx, &waiter) ? receive_commit(&rx, &waiter) : OK;
        if (status == OK) {
            status = take(buffer, done);
        }
    }
    receive_end(&rx);
    return *done > 0 ? OK : status;
}

enum status hostlink_receive(struct user_out buffer, bool wait, size_t *done)
{
    *done = 0;
    return hostlink_present() ? hostlink_receive_unchecked(buffer, wait, done) : ERR_IO;
}

/// take() to kernel memory. Keys are slow: byte by byte.
static enum status take_bytes(uint8_t *bytes, size_t size, size_t *done)
{
    enum status status = OK;
    while (*done < size && (status = find_payload()) == OK && !current.end_of_input) {
        bytes[(*done)++] = receive_byte(&rx);
        current.frame_rest--;
    }
    return status;
}

enum status hostlink_receive_terminal(uint8_t *bytes, size_t size, struct hostlink_input *input)
{
    *input = (struct hostlink_input){.len = 0};
    mutex_lock(&rx.reader);
    enum status status = take_bytes(bytes, size, &input->len);
    while (status == ERR_AGAIN && input->len == 0 && !current.resized) {
        struct waiter waiter;
        status = receive_prepare(&rx, &waiter) ? receive_commit(&rx, &waiter) : OK;
        if (status == OK) {
            status = take_bytes(bytes, size, &input->len);
        }
    }
    if (current.resized) {
        current.resized = false;
        input->resized = true;
        memcpy(&input->rows, current.window, sizeof(input->rows));
        memcpy(&input->columns, current.window + sizeof(input->rows), sizeof(input->columns));
    }
    receive_end(&rx);
    return input->len > 0 || input->resized ? OK : status;
}

uint32_t hostlink_input_events(void)
{
    enum status status = ERR_AGAIN;
    if (!mutex_trylock(&rx.reader)) {
        return 0; /* who holds it wakes when it is done */
    }
    do {
        status = find_payload();
    } while (status == ERR_AGAIN && !receive_expect(&rx));
    mutex_unlock(&rx.reader);
    if (status == ERR_AGAIN) {
        return 0;
    }
    return COCO_EVENT_READ | (status == OK ? 0 : COCO_EVENT_ERROR);
}

struct wait_queue *hostlink_input_queue(void)
{
    return &rx.data;
}
