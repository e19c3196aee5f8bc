// SPDX-License-Identifier: MIT
// Host ports against a device that is honest, and one that is not.
#include "../port_internal.h"
#include "fake_device.h"
#include "machine.h"
#include "unit.h"
#include <abi/types.h>
#include <base/string.h>
#include <dev/stream.h>
#include <fs/fs.h>
#include <fs/special.h>

#define CONTROL_IN 2u
#define CONTROL_OUT 3u
#define RX(id) (2 * ((id) + 1))
#define TX(id) (2 * ((id) + 1) + 1)

enum { READY_DEVICE = 0, ADD = 1, REMOVE = 2, READY = 3, OPEN = 6, NAME = 7 };

struct message {
    uint32_t id;
    uint16_t event;
    uint16_t value;
    char name[64];
};

static struct virtio_device device;
static char published[HOST_PORT_MAX][HOST_PORT_NAME_MAX + 1];
static unsigned published_count;
static struct vfs_node nodes[HOST_PORT_MAX];
static uint8_t got[10000];

// --- upcalls -----------------------------------------------------------------------------------

enum status special_create(enum special_kind kind, void *state, uint32_t permissions,
                           struct vfs_node **out)
{
    UNIT_CHECK(kind == SPECIAL_HOST_PORT && state != NULL && permissions == 0600);
    *out = &nodes[published_count];
    return OK;
}

enum status fs_add_port(const char *name, struct vfs_node *node)
{
    UNIT_CHECK(node == &nodes[published_count]);
    for (unsigned i = 0; i < published_count; i++) {
        if (strcmp(published[i], name) == 0) {
            return ERR_EXIST;
        }
    }
    strlcpy(published[published_count++], name, sizeof(published[0]));
    return OK;
}

void vfs_node_put(struct vfs_node *node)
{
    UNIT_CHECK(node == &nodes[published_count]);
}

void vfs_stat(struct vfs_node *node, struct coco_stat *out)
{
    (void)node;
    out->type = COCO_TYPE_DEVICE;
}

// --- the host ----------------------------------------------------------------------------------

static const char *const *host_names; /* by id - 1; NULL: none */
static unsigned device_readies;
static bool guest_open[HOST_PORT_MAX + 1];

static void tell(uint32_t id, uint16_t event, uint16_t value, const char *name)
{
    struct message message = {.id = id, .event = event, .value = value};
    uint32_t len = name == NULL ? 0 : (uint32_t)strlen(name);
    UNIT_CHECK(len <= sizeof(message.name));
    memcpy(message.name, name == NULL ? "" : name, len);
    fake_deliver_to(CONTROL_IN, &message, 8 + len, PAGE_SIZE);
}

static void interrupt(void)
{
    fake_raise();
    port_device_interrupt();
}

/* As QEMU does: ports after DEVICE_READY, their names after each READY. */
static void host_answers(void)
{
    uint8_t page[PAGE_SIZE];
    uint32_t len;
    while ((len = fake_take_from(CONTROL_OUT, page)) > 0) {
        struct message message = {0};
        UNIT_CHECK(len == 8);
        memcpy(&message, page, 8);
        if (message.event == READY_DEVICE) {
            device_readies++;
            for (uint32_t id = 1; host_names[id - 1] != NULL; id++) {
                tell(id, ADD, 1, NULL);
            }
        } else if (message.event == READY) {
            tell(message.id, NAME, 1, host_names[message.id - 1]);
        } else if (message.event == OPEN) {
            guest_open[message.id] = message.value != 0;
        }
    }
    interrupt();
}

static enum status start(uint32_t slots, const char *const *names)
{
    machine_start();
    fake_reset(&device);
    fake_set_port_slots(slots);
    host_names = names;
    device_readies = published_count = 0;
    memset(guest_open, 0, sizeof(guest_open));
    fake_on_wait = host_answers;
    return port_device_start(&device);
}

/* The same with a device that does not name all its ports before the time is over. */
static void start_late(uint32_t slots, const char *const *names)
{
    machine_start();
    fake_reset(&device);
    fake_set_port_slots(slots);
    host_names = names;
    published_count = 0;
    fake_on_wait = host_answers; /* which interrupts without end, too */
    UNIT_OK(port_device_start(&device));
}

static struct object *open_port(struct host_port *port, unsigned access)
{
    struct special_opened opened;
    UNIT_OK(host_port_special_ops.open(NULL, port, access, &opened));
    host_answers();
    return opened.object;
}

/* One port, opened, and somebody connected to it. */
static struct object *connected(void)
{
    static const char *const names[] = {"one", NULL};
    UNIT_OK(start(2, names));
    struct object *stream =
        open_port(port_device_port(0), SPECIAL_READ | SPECIAL_WRITE | SPECIAL_NONBLOCK);
    tell(1, OPEN, 1, NULL);
    interrupt();
    return stream;
}

static enum status receive(struct object *stream, size_t max, size_t *done)
{
    return object_read(stream, (struct user_out){uaddr((uint64_t)(uintptr_t)got), max}, done);
}

static enum status send(struct object *stream, const void *bytes, size_t len, size_t *done)
{
    return object_write(stream, (struct user_in){uaddr((uint64_t)(uintptr_t)bytes), len}, done);
}

// --- set-up ------------------------------------------------------------------------------------

UNIT_TEST(host_port_names)
{
    static const char *const good[] = {"a", "vtpm-command", "A.b_9",
                                       "0123456789012345678901234567890"};
    static const char *const bad[] = {
        "",    ".",   "..",       ".a",  "a/b",
        "a b", "a\n", "\xc3\xa4", "a,b", "01234567890123456789012345678901"};
    for (unsigned i = 0; i < ARRAY_SIZE(good); i++) {
        UNIT_CHECK(host_port_name_ok(good[i], strlen(good[i])));
    }
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        UNIT_CHECK(!host_port_name_ok(bad[i], strlen(bad[i])));
    }
}

UNIT_TEST(host_ports_get_their_names)
{
    static const char *const names[] = {"one", "two", NULL};
    UNIT_OK(start(3, names));
    UNIT_CHECK(device_readies == 1);
    UNIT_CHECK(published_count == 2);
    UNIT_CHECK(strcmp(published[0], "one") == 0 && strcmp(published[1], "two") == 0);
    UNIT_CHECK(port_device_port(2) == NULL);
}

UNIT_TEST(host_ports_with_bad_names_are_left_out)
{
    static const char *const names[] = {"../etc", "good", "good", NULL};
    start_late(100, names); /* more slots than are used, too */
    UNIT_CHECK(published_count == 1);
    UNIT_CHECK(strcmp(published[0], "good") == 0);
    UNIT_CHECK(port_device_port(HOST_PORT_MAX - 1) != NULL);
    UNIT_CHECK(port_device_port(HOST_PORT_MAX) == NULL);
}

UNIT_TEST(host_ports_of_a_silent_device)
{
    static const char *const names[] = {NULL};
    start_late(3, names);
    UNIT_CHECK(published_count == 0);
}

UNIT_TEST(host_ports_ignore_nonsense)
{
    struct object *stream = connected();
    struct host_port *port = port_device_port(0);
    tell(0, OPEN, 1, NULL);
    tell(2, ADD, 1, NULL);
    tell(UINT32_MAX, NAME, 1, "x");
    tell(1, NAME, 1, "other");
    tell(1, 999, 1, NULL);
    fake_deliver_to(CONTROL_IN, "short", 5, PAGE_SIZE);
    interrupt();
    UNIT_CHECK(strcmp(port->name, "one") == 0);
    UNIT_CHECK(port_device_connected(port));
    UNIT_CHECK(published_count == 1);
    object_put(stream);
}

// --- streams -----------------------------------------------------------------------------------

UNIT_TEST(host_port_is_opened_once)
{
    struct object *stream = connected();
    struct special_opened opened;
    UNIT_CHECK(guest_open[1]);
    UNIT_CHECK(host_port_special_ops.open(NULL, port_device_port(0), SPECIAL_READ, &opened) ==
               ERR_BUSY);
    object_put(stream);
    host_answers();
    UNIT_CHECK(!guest_open[1]);
    object_put(open_port(port_device_port(0), SPECIAL_READ));
}

UNIT_TEST(host_port_end_of_a_connection_is_told_once)
{
    struct object *stream = connected();
    size_t done;
    UNIT_CHECK(receive(stream, 10, &done) == ERR_AGAIN);
    fake_deliver_to(RX(1), "abc", 3, PAGE_SIZE);
    tell(1, OPEN, 0, NULL);
    interrupt();
    UNIT_CHECK(object_events(stream) == COCO_EVENT_READ);
    UNIT_OK(receive(stream, 2, &done));
    UNIT_CHECK(done == 2 && memcmp(got, "ab", 2) == 0);
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 1 && got[0] == 'c');
    tell(1, OPEN, 1, NULL);
    interrupt();
    UNIT_CHECK(send(stream, "x", 1, &done) == ERR_PIPE); /* it has not been told */
    UNIT_CHECK(object_events(stream) == COCO_EVENT_READ);
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 0);
    UNIT_CHECK(receive(stream, 100, &done) == ERR_AGAIN);
    UNIT_CHECK(object_events(stream) == COCO_EVENT_WRITE);
    UNIT_OK(send(stream, "x", 1, &done));
    object_put(stream);
}

UNIT_TEST(host_port_tells_connections_apart_that_follow_at_once)
{
    struct object *stream = connected();
    size_t done;
    UNIT_CHECK(receive(stream, 10, &done) == ERR_AGAIN);
    tell(1, OPEN, 0, NULL);
    tell(1, OPEN, 1, NULL);
    fake_deliver_to(RX(1), "next", 4, PAGE_SIZE);
    /* No interrupt yet: the reader comes first. */
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 0);
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 4 && memcmp(got, "next", 4) == 0);
    UNIT_CHECK(receive(stream, 100, &done) == ERR_AGAIN);
    object_put(stream);
}

UNIT_TEST(host_port_end_comes_behind_what_was_begun)
{
    struct object *stream = connected();
    size_t done;
    fake_deliver_to(RX(1), "abc", 3, PAGE_SIZE);
    interrupt();
    UNIT_OK(receive(stream, 1, &done));
    tell(1, OPEN, 0, NULL);
    tell(1, OPEN, 1, NULL);
    interrupt();
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 2 && memcmp(got, "bc", 2) == 0);
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 0);
    object_put(stream);
}

UNIT_TEST(host_port_that_is_removed_ends)
{
    struct object *stream = connected();
    size_t done;
    tell(1, REMOVE, 1, NULL);
    interrupt();
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 0);
    UNIT_CHECK(send(stream, "x", 1, &done) == ERR_PIPE);
    object_put(stream);
}

UNIT_TEST(host_port_wrong_end_does_not_hold_back)
{
    struct object *stream = connected();
    size_t done;
    fake_set_used_index(RX(1), 0);
    struct host_port *port = port_device_port(0);
    tell(1, OPEN, 0, NULL);
    interrupt();
    port->end_index = 4711; /* what a device might claim */
    UNIT_OK(receive(stream, 100, &done));
    UNIT_CHECK(done == 0);
    object_put(stream);
}

UNIT_TEST(host_port_sends)
{
    static uint8_t pattern[10000];
    struct object *stream = connected();
    uint8_t page[PAGE_SIZE];
    size_t done, total = 0;
    uint32_t len;
    for (size_t i = 0; i < sizeof(pattern); i++) {
        pattern[i] = (uint8_t)(i * 7 + i / 251);
    }
    UNIT_CHECK(object_events(stream) == COCO_EVENT_WRITE);
    UNIT_OK(send(stream, pattern, sizeof(pattern), &done));
    UNIT_CHECK(done == sizeof(pattern));
    while ((len = fake_take_from(TX(1), page)) > 0) {
        UNIT_CHECK(memcmp(page, pattern + total, len) == 0);
        total += len;
    }
    UNIT_CHECK(total == sizeof(pattern));
    UNIT_CHECK(send(stream, NULL, 1, &done) == ERR_FAULT);
    object_put(stream);
}

UNIT_TEST(host_port_nobody_takes_what_is_sent)
{
    struct object *stream = connected();
    size_t done;
    for (unsigned i = 0; i < 4; i++) {
        UNIT_OK(send(stream, "x", 1, &done));
    }
    UNIT_CHECK(send(stream, "x", 1, &done) == ERR_AGAIN);
    UNIT_CHECK(object_events(stream) == 0);
    tell(1, OPEN, 0, NULL);
    interrupt();
    UNIT_CHECK(send(stream, "x", 1, &done) == ERR_PIPE);
    object_put(stream);
}

UNIT_TEST(host_port_forgets_what_came_before_it_was_opened)
{
    struct object *stream = connected();
    size_t done;
    fake_deliver_to(RX(1), "old", 3, PAGE_SIZE);
    tell(1, OPEN, 0, NULL);
    interrupt();
    object_put(stream);
    stream = open_port(port_device_port(0), SPECIAL_READ | SPECIAL_NONBLOCK);
    UNIT_CHECK(receive(stream, 100, &done) == ERR_AGAIN);
    UNIT_CHECK(fake_available(RX(1)) == 1);
    object_put(stream);
}

UNIT_TEST(host_port_of_a_broken_device)
{
    struct object *stream = connected();
    size_t done;
    fake_use(RX(1), 77, 1);
    UNIT_CHECK((object_events(stream) & COCO_EVENT_ERROR) != 0);
    UNIT_CHECK(receive(stream, 100, &done) == ERR_IO);
    object_put(stream);
}
