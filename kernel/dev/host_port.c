// SPDX-License-Identifier: MIT
// Host ports: the file of a port, and the stream that opening it makes.
#include "port_internal.h"
#include <abi/types.h>
#include <dev/stream.h>
#include <fs/fs.h>
#include <fs/special.h>

#define PORT_PERMISSIONS 0600u

// --- reading -----------------------------------------------------------------------------------

/// Finds the next byte. ERR_AGAIN: not there yet; ERR_IO. `reader` is held.
static enum status find_byte(struct host_port *port)
{
    if (!receive_in_hand(&port->rx)) {
        if (port_device_at_end(port)) {
            return ERR_AGAIN; /* what comes after the end belongs to the next connection */
        }
        if (!receive_advance(&port->rx)) {
            return port->rx.queue.broken ? ERR_IO : ERR_AGAIN;
        }
        port_device_listen();
    }
    return port_device_at_end(port) ? ERR_AGAIN : OK;
}

/// Copies what is there. ERR_AGAIN: that was nothing.
static enum status take(struct host_port *port, struct user_out buffer, size_t *done)
{
    while (*done < buffer.len) {
        uint32_t count;
        enum status status = find_byte(port);
        if (status == OK) {
            status =
                receive_copy(&port->rx, uaddr(buffer.addr.v + *done), buffer.len - *done, &count);
        }
        if (status != OK) {
            return status;
        }
        *done += count;
    }
    return OK;
}

/// Waits for bytes, or for the end of the connection.
static enum status wait_for_bytes(struct host_port *port)
{
    struct waiter waiter;
    if (!receive_prepare(&port->rx, &waiter)) {
        return OK;
    }
    if (port_device_at_end(port)) {
        (void)wait_cancel(&waiter);
        return OK;
    }
    return receive_commit(&port->rx, &waiter);
}

static enum status port_read(void *state, struct user_out buffer, bool wait, size_t *done)
{
    struct host_port *port = state;
    *done = 0;
    mutex_lock(&port->rx.reader);
    enum status status = take(port, buffer, done);
    while (status == ERR_AGAIN && *done == 0) {
        if (port_device_take_end(port)) {
            status = OK;
            break;
        }
        status = wait ? wait_for_bytes(port) : ERR_AGAIN;
        if (status != OK) {
            break;
        }
        status = take(port, buffer, done);
    }
    receive_end(&port->rx);
    return *done > 0 ? OK : status;
}

// --- writing -----------------------------------------------------------------------------------

/// Takes a buffer to send from; waits for one if it may.
static enum status acquire(struct host_port *port, bool wait, uint32_t *n)
{
    for (;;) {
        struct waiter waiter;
        enum status status = transmit_take(&port->tx, n, &waiter);
        if (status != ERR_AGAIN) {
            return status;
        }
        if (!wait || !port_device_connected(port)) {
            (void)wait_cancel(&waiter);
            return port_device_connected(port) ? ERR_AGAIN : ERR_PIPE;
        }
        status = wait_commit_signals(&waiter, WAIT_FOREVER);
        if (status != OK) {
            return status;
        }
    }
}

static enum status send_chunk(struct host_port *port, uaddr_t from, uint32_t len, bool wait)
{
    uint32_t n;
    enum status status = acquire(port, wait, &n);
    if (status != OK) {
        return status;
    }
    status = user_copy_in(transmit_buffer(&port->tx, n), from, len);
    if (status == OK && !port_device_connected(port)) {
        status = ERR_PIPE;
    }
    if (status != OK) {
        transmit_release(&port->tx, n);
        return status;
    }
    return transmit_submit(&port->tx, n, len);
}

static enum status port_write(void *state, struct user_in buffer, bool wait, size_t *done)
{
    struct host_port *port = state;
    enum status status = port_device_connected(port) ? OK : ERR_PIPE;
    *done = 0;
    while (status == OK && *done < buffer.len) {
        uint64_t rest = buffer.len - *done;
        uint32_t chunk = rest < PAGE_SIZE ? (uint32_t)rest : PAGE_SIZE;
        status = send_chunk(port, uaddr(buffer.addr.v + *done), chunk, wait);
        *done += status == OK ? chunk : 0;
    }
    return *done > 0 ? OK : status;
}

// --- events ------------------------------------------------------------------------------------

static uint32_t read_events(struct host_port *port)
{
    enum status status;
    if (!mutex_trylock(&port->rx.reader)) {
        return 0; /* who holds it wakes when it is done */
    }
    bool end;
    do {
        status = find_byte(port);
        end = status == ERR_AGAIN && port_device_at_end(port);
    } while (status == ERR_AGAIN && !end && !receive_expect(&port->rx));
    mutex_unlock(&port->rx.reader);
    if (status == ERR_AGAIN && !end) {
        return 0;
    }
    return COCO_EVENT_READ | (status == ERR_IO ? COCO_EVENT_ERROR : 0);
}

/// Not ready to be written while nobody is connected, so that who waits for the next connection
/// does not spin.
static uint32_t port_events(void *state)
{
    struct host_port *port = state;
    bool room = port_device_connected(port) && transmit_has_room(&port->tx);
    return read_events(port) | (room ? COCO_EVENT_WRITE : 0);
}

static struct wait_queue *port_event_queue(void *state)
{
    struct host_port *port = state;
    return &port->rx.data;
}

static void port_stat(void *state, struct coco_stat *out)
{
    struct host_port *port = state;
    vfs_stat(port->node, out);
}

// --- opening and closing -----------------------------------------------------------------------

static void port_close(void *state)
{
    struct host_port *port = state;
    port_device_tell_open(port, false);
    __atomic_store_n(&port->opened, 0, __ATOMIC_RELEASE);
}

static const struct stream_source port_source = {
    .read = port_read,
    .write = port_write,
    .events = port_events,
    .event_queue = port_event_queue,
    .stat = port_stat,
    .close = port_close,
};

/// Lets go what came for an earlier program. Each buffer is given back at most once here, so a host
/// that sends without end does not keep us.
static void discard_input(struct host_port *port)
{
    mutex_lock(&port->rx.reader);
    for (uint32_t i = 0; i <= port->rx.queue.buffer_count && receive_advance(&port->rx); i++) {
        port->rx.at = port->rx.len;
    }
    (void)port_device_take_end(port);
    mutex_unlock(&port->rx.reader);
}

static uint32_t rights_of(unsigned access)
{
    return (COCO_OBJECT_STREAM_RIGHTS & ~(COCO_RIGHT_READ | COCO_RIGHT_WRITE)) |
           ((access & SPECIAL_READ) != 0 ? COCO_RIGHT_READ : 0) |
           ((access & SPECIAL_WRITE) != 0 ? COCO_RIGHT_WRITE : 0);
}

static enum status port_open(struct vfs_node *node, void *state, unsigned access,
                             struct special_opened *out)
{
    struct host_port *port = state;
    (void)node;
    if (__atomic_exchange_n(&port->opened, 1, __ATOMIC_ACQUIRE) != 0) {
        return ERR_BUSY;
    }
    enum status status = stream_create_on(&port_source, port, &out->object);
    if (status != OK) {
        __atomic_store_n(&port->opened, 0, __ATOMIC_RELEASE);
        return status;
    }
    if ((access & SPECIAL_NONBLOCK) != 0) {
        object_change_status_flags(out->object, 0, COCO_STATUS_NONBLOCK);
    }
    discard_input(port);
    port_device_tell_open(port, true);
    out->rights = rights_of(access);
    return OK;
}

/// Ports stay: their nodes are never removed.
static void port_destroy(void *state)
{
    (void)state;
}

const struct special_ops host_port_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .open = port_open,
    .destroy = port_destroy,
};

enum status host_port_publish(struct host_port *port)
{
    struct vfs_node *node;
    enum status status = special_create(SPECIAL_HOST_PORT, port, PORT_PERMISSIONS, &node);
    if (status != OK) {
        return status;
    }
    port->node = node;
    status = fs_add_port(port->name, node);
    if (status != OK) {
        port->node = NULL;
        vfs_node_put(node);
    }
    return status;
}
