// SPDX-License-Identifier: MIT
// Host link, sending half and set-up. A frame goes straight from user memory into a buffer of the
// transmitter.
#include "console_control.h"
#include "hostlink_internal.h"
#include "transmit.h"
#include <arch/timer.h>
#include <base/string.h>

#define LINK_PORT 1u /* port 0 is for consoles, which drop what the host does not take in time */
#define CONTROL_BUFFERS 3u /* for the messages that open the port */
#define FRAME_DATA_MAX (PAGE_SIZE - (uint32_t)sizeof(struct hostlink_header))
#define LOG_WAIT_NS 100000000ull

static struct virtio_device device;
static bool up;
static struct transmitter tx;

bool hostlink_present(void)
{
    return up;
}

/// Opens the link's port. What the device says of its ports is of no concern: it gets no buffers
/// for that.
static enum status open_port(struct transmitter *control)
{
    bool sent = control_send(control, CONTROL_NO_PORT, CONTROL_DEVICE_READY, true) &&
                control_send(control, LINK_PORT, CONTROL_READY, true) &&
                control_send(control, LINK_PORT, CONTROL_OPEN, true);
    return sent ? OK : ERR_IO;
}

enum status hostlink_start(const struct virtio_device *console)
{
    static struct transmitter control;
    device = *console;
    bool several = virtio_offers(&device, VIRTIO_CONSOLE_MULTIPORT);
    uint32_t queue = several ? console_rx_queue(LINK_PORT) : 0;
    enum status status = virtio_start(&device, several ? 1u << VIRTIO_CONSOLE_MULTIPORT : 0);
    if (status == OK) {
        status = hostlink_rx_start(&device, queue);
    }
    if (status == OK) {
        status = transmit_init(&tx, &device, queue + 1, VIRTQUEUE_SIZE);
    }
    if (status == OK && several) {
        status = transmit_init(&control, &device, CONTROL_OUT_QUEUE, CONTROL_BUFFERS);
    }
    if (status == OK) {
        virtio_ready(&device);
        status = several ? open_port(&control) : OK;
    }
    if (status != OK) {
        virtio_fail(&device);
        return status;
    }
    hostlink_rx_post();
    up = true;
    return OK;
}

void hostlink_interrupt(void)
{
    if (!up || !virtio_acknowledge(&device)) {
        return;
    }
    transmit_wake(&tx);
    hostlink_rx_wake();
}

/// Puts the header in front of the `len` bytes in buffer `n` and sends it.
static enum status submit(uint32_t n, unsigned channel, uint32_t len)
{
    const struct hostlink_header header = {
        .magic = HOSTLINK_MAGIC, .channel = (uint8_t)channel, .length = len};
    memcpy(transmit_buffer(&tx, n), &header, sizeof(header));
    return transmit_submit(&tx, n, (uint32_t)sizeof(header) + len);
}

/// Takes a free buffer, waits for one if need be.
static enum status acquire(uint32_t *n)
{
    struct waiter waiter;
    enum status status;
    while ((status = transmit_take(&tx, n, &waiter)) == ERR_AGAIN) {
        status = wait_commit(&waiter, WAIT_FOREVER);
        if (status != OK) {
            break;
        }
    }
    return status;
}

static enum status send_chunk(unsigned channel, uaddr_t from, uint32_t len)
{
    uint32_t n;
    enum status status = acquire(&n);
    if (status != OK) {
        return status;
    }
    status = user_copy_in(transmit_buffer(&tx, n) + sizeof(struct hostlink_header), from, len);
    if (status != OK) {
        transmit_release(&tx, n);
        return status;
    }
    return submit(n, channel, len);
}

enum status hostlink_send(unsigned channel, struct user_in buffer, size_t *done)
{
    enum status status = up ? OK : ERR_IO;
    *done = 0;
    while (status == OK && *done < buffer.len) {
        uint64_t rest = buffer.len - *done;
        uint32_t chunk = rest < FRAME_DATA_MAX ? (uint32_t)rest : FRAME_DATA_MAX;
        status = send_chunk(channel, uaddr(buffer.addr.v + *done), chunk);
        *done += status == OK ? chunk : 0;
    }
    return *done > 0 ? OK : status;
}

enum status hostlink_send_bytes(unsigned channel, const uint8_t *bytes, size_t len)
{
    enum status status = up ? OK : ERR_IO;
    while (status == OK && len > 0) {
        uint32_t chunk = len < FRAME_DATA_MAX ? (uint32_t)len : FRAME_DATA_MAX;
        uint32_t n;
        status = acquire(&n);
        if (status == OK) {
            memcpy(transmit_buffer(&tx, n) + sizeof(struct hostlink_header), bytes, chunk);
            status = submit(n, channel, chunk);
        }
        bytes += chunk;
        len -= chunk;
    }
    return status;
}

void hostlink_log(const char *text, size_t len)
{
    if (!up || spin_is_held(&tx.lock)) {
        return; /* the line is about this link, or comes from inside it */
    }
    uint32_t chunk = len < FRAME_DATA_MAX ? (uint32_t)len : FRAME_DATA_MAX;
    uint64_t limit = arch_time_ns() + LOG_WAIT_NS;
    uint32_t n;
    while (!transmit_take_now(&tx, &n)) {
        if (tx.queue.broken || arch_time_ns() > limit) {
            return;
        }
        arch_spin_wait();
    }
    memcpy(transmit_buffer(&tx, n) + sizeof(struct hostlink_header), text, chunk);
    (void)submit(n, HOSTLINK_LOG, chunk); /* a line that is lost is lost */
}

void hostlink_drain(void)
{
    if (up) {
        transmit_drain(&tx);
    }
}
