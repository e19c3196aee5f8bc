// SPDX-License-Identifier: MIT
// Host ports: the device with its control queues. Messages from the device are taken in by the
// interrupt handler; what needs memory happens once, at boot.
#include "port_internal.h"
#include <arch/timer.h>
#include <base/log.h>
#include <base/string.h>

#define CONTROL_BUFFERS 8u
#define PORT_OUT_BUFFERS 4u
/* One, so that bytes of two connections are told apart: QEMU sees the end of a TCP connection only
 * while there is room for more, that is when all that came over it was read. */
#define PORT_IN_BUFFERS 1u
#define CONFIG_PORT_COUNT 4u      /* offset of the number of ports */
#define NAMING_LIMIT_NS 100000000 /* for the device to name its ports */

static struct virtio_device device;
static bool up;
static struct host_port ports[HOST_PORT_MAX]; /* the device's port 0 is for consoles: id is n + 1 */
static unsigned port_count;

/* Guards `control_in` and what struct host_port says. Before a transmitter's lock. */
static struct spinlock lock = SPINLOCK_INIT;
static struct virtqueue control_in;
static struct transmitter control_out;
static struct wait_queue changed; /* the state of a port */

bool host_port_name_ok(const char *name, size_t len)
{
    if (len == 0 || len > HOST_PORT_NAME_MAX || name[0] == '.') {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.') {
            return false;
        }
    }
    return true;
}

struct host_port *port_device_port(unsigned n)
{
    return n < port_count ? &ports[n] : NULL;
}

static void send_control(uint32_t id, enum control_event event, bool value)
{
    if (!control_send(&control_out, id, event, value)) {
        klog(LOG_WARN, "host ports: the device does not take messages; one is lost");
    }
}

void port_device_tell_open(struct host_port *port, bool open)
{
    send_control(port->id, CONTROL_OPEN, open);
}

// --- messages of the device; lock held ---------------------------------------------------------

/// The first good name stays.
static void set_name(struct host_port *port, const char *name, size_t len)
{
    len = strnlen(name, len); /* some devices count the NUL in */
    if (port->name[0] == '\0' && port->added && host_port_name_ok(name, len)) {
        memcpy(port->name, name, len);
    }
}

/// `ended_now`: bit n: the end of a connection to port n is among the messages at hand. What has
/// come since the last look may then stand before that end or behind it; when another connection
/// has begun, it is taken for that one's.
static void set_connected(struct host_port *port, bool connected, uint32_t *ended_now)
{
    uint32_t bit = 1u << (port - ports);
    if (port->connected && !connected) {
        port->ended = true;
        port->end_first = false;
        port->end_index = port->rx.queue.used->index;
        *ended_now |= bit;
    } else if (connected && (*ended_now & bit) != 0) {
        port->end_first = true;
    }
    port->connected = connected;
}

static void handle_message(const struct control_message *message, const char *rest, size_t len,
                           uint32_t *ended_now)
{
    if (message->id == 0 || message->id > port_count) {
        return; /* a console, or more ports than are used */
    }
    struct host_port *port = &ports[message->id - 1];
    switch (message->event) {
    case CONTROL_ADD:
        port->added = true;
        send_control(port->id, CONTROL_READY, true);
        break;
    case CONTROL_NAME:
        set_name(port, rest, len);
        break;
    case CONTROL_OPEN:
        set_connected(port, message->value != 0, ended_now);
        break;
    case CONTROL_REMOVE:
        set_connected(port, false, ended_now);
        break;
    default:
        break; /* of no concern to byte streams */
    }
}

/// Takes in what has come, each buffer once at most: a device that never stops cannot keep us here.
static void take_messages(void)
{
    uint32_t ended_now = 0;
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint32_t n, len;
    for (unsigned i = 0; i < CONTROL_BUFFERS && virtqueue_take(&control_in, &n, &len); i++) {
        struct control_message message;
        char rest[HOST_PORT_NAME_MAX + 2]; /* one more than fits: then it is too long */
        if (len >= sizeof(message)) {
            /* Read once; the device may change it at any time. */
            const uint8_t *from = virtqueue_buffer(&control_in, n);
            size_t more = len - sizeof(message);
            more = more < sizeof(rest) ? more : sizeof(rest);
            memcpy(&message, from, sizeof(message));
            memcpy(rest, from + sizeof(message), more);
            handle_message(&message, rest, more, &ended_now);
        }
        if (control_in.broken) {
            break;
        }
        virtqueue_submit(&control_in, n, 0);
        virtqueue_notify(&control_in);
    }
    spin_unlock_irqrestore(&lock, flags);
}

void port_device_interrupt(void)
{
    if (!up || !virtio_acknowledge(&device)) {
        return;
    }
    take_messages();
    wait_wake(&changed, WAIT_ALL);
    for (unsigned n = 0; n < port_count; n++) {
        transmit_wake(&ports[n].tx);
        receive_wake(&ports[n].rx);
    }
}

// --- ends of connections -----------------------------------------------------------------------

static bool at_end(struct host_port *port, bool forget)
{
    const struct virtqueue *queue = &port->rx.queue;
    irqflags_t flags = spin_lock_irqsave(&lock);
    bool in_hand = receive_in_hand(&port->rx);
    uint16_t next = (uint16_t)(queue->next_used - (in_hand ? 1 : 0)); /* to be read */
    bool begun = in_hand && port->rx.at > 0;
    bool end =
        port->ended && !begun &&
        (port->end_first || next == port->end_index || (!in_hand && !virtqueue_pending(queue)));
    port->ended = port->ended && !(end && forget);
    spin_unlock_irqrestore(&lock, flags);
    return end;
}

void port_device_listen(void)
{
    take_messages();
}

bool port_device_connected(const struct host_port *port)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    bool connected = port->connected && !port->ended;
    spin_unlock_irqrestore(&lock, flags);
    return connected;
}

bool port_device_take_end(struct host_port *port)
{
    return at_end(port, true);
}

bool port_device_at_end(struct host_port *port)
{
    return at_end(port, false);
}

// --- set-up ------------------------------------------------------------------------------------

static enum status prepare_port(unsigned n)
{
    struct host_port *port = &ports[n];
    port->id = n + 1;
    uint32_t queue = console_rx_queue(port->id);
    enum status status = receive_init(&port->rx, &device, queue, PORT_IN_BUFFERS);
    return status == OK ? transmit_init(&port->tx, &device, queue + 1, PORT_OUT_BUFFERS) : status;
}

enum status port_device_prepare(const struct virtio_device *console)
{
    device = *console;
    memset(ports, 0, sizeof(ports));
    port_count = 0;
    wait_queue_init(&changed);
    enum status status = virtio_start(&device, 1u << VIRTIO_CONSOLE_MULTIPORT);
    uint32_t slots = virtio_config(&device, CONFIG_PORT_COUNT);
    uint32_t offered = slots > 0 ? slots - 1 : 0;
    uint32_t count = offered < HOST_PORT_MAX ? offered : HOST_PORT_MAX;
    if (status == OK) {
        status = virtqueue_init(&control_in, &device, CONTROL_IN_QUEUE, CONTROL_BUFFERS, true);
    }
    if (status == OK) {
        status = transmit_init(&control_out, &device, CONTROL_OUT_QUEUE, CONTROL_BUFFERS);
    }
    for (unsigned n = 0; status == OK && n < count; n++) {
        status = prepare_port(n);
    }
    if (status != OK) {
        virtio_fail(&device);
        return status;
    }
    port_count = count;
    return OK;
}

static void run_device(void)
{
    virtio_ready(&device);
    up = true;
    virtqueue_want_interrupt(&control_in, true);
    for (uint32_t n = 0; n < CONTROL_BUFFERS; n++) {
        virtqueue_submit(&control_in, n, 0);
    }
    virtqueue_notify(&control_in);
    for (unsigned n = 0; n < port_count; n++) {
        receive_post(&ports[n].rx);
    }
    send_control(CONTROL_NO_PORT, CONTROL_DEVICE_READY, true);
}

static bool all_named(void)
{
    for (unsigned n = 0; n < port_count; n++) {
        if (ports[n].name[0] == '\0') {
            return false;
        }
    }
    return true;
}

/// Waits until every port has a name, or for long enough.
static void wait_for_names(void)
{
    uint64_t limit = arch_time_ns() + NAMING_LIMIT_NS;
    for (;;) {
        struct waiter waiter;
        wait_prepare(&changed, &waiter);
        take_messages();
        if (all_named()) {
            (void)wait_cancel(&waiter);
            return;
        }
        /* A device that interrupts without end does not make the time longer. */
        if (wait_commit(&waiter, limit) != OK || arch_time_ns() > limit) {
            return;
        }
    }
}

enum status port_device_start(const struct virtio_device *console)
{
    enum status status = port_device_prepare(console);
    if (status != OK) {
        return status;
    }
    run_device();
    wait_for_names();
    for (unsigned n = 0; n < port_count; n++) {
        struct host_port *port = &ports[n];
        if (port->name[0] == '\0') {
            klog(LOG_WARN, "host port %u: no usable name; ignored", port->id);
            continue;
        }
        status = host_port_publish(port);
        if (status != OK) {
            klog(LOG_ERROR, "host port %s: no file: %s", port->name,
                 status == ERR_EXIST ? "the name is taken" : "no memory");
        }
    }
    return OK;
}
