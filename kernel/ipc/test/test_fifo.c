// SPDX-License-Identifier: MIT
// FIFOs: opening, what the ends tell, and content that nobody reads.
#include "support.h"

#include <ipc/fifo.h>
#include <mm/fault_inject.h>

static struct vfs_node *make(void)
{
    struct vfs_node *node;

    support_start();
    support_block_result(ERR_INTR);
    UNIT_OK(fifo_create(0622, &node));
    return node;
}

static enum status open_end(struct vfs_node *node, unsigned access, struct object **out)
{
    struct special_opened opened = {0};
    enum status status = special_open(node, access, &opened);

    *out = opened.object;
    if (status == OK) {
        UNIT_EQUAL((opened.rights & COCO_RIGHT_READ) != 0, (access & SPECIAL_READ) != 0);
        UNIT_EQUAL((opened.rights & COCO_RIGHT_WRITE) != 0, (access & SPECIAL_WRITE) != 0);
        UNIT_EQUAL(object_status_flags(*out),
                   (access & SPECIAL_NONBLOCK) != 0 ? COCO_STATUS_NONBLOCK : 0);
    }
    return status;
}

UNIT_TEST(fifo_opens_when_both_sides_are_there)
{
    struct vfs_node *node = make();
    struct object *reader;
    struct object *writer;
    struct object *both;

    UNIT_EQUAL(open_end(node, SPECIAL_READ, &reader), ERR_INTR); // it would wait
    UNIT_EQUAL(open_end(node, SPECIAL_WRITE, &writer), ERR_INTR);
    UNIT_EQUAL(open_end(node, SPECIAL_WRITE | SPECIAL_NONBLOCK, &writer), ERR_NXIO);
    UNIT_OK(open_end(node, SPECIAL_READ | SPECIAL_NONBLOCK, &reader));
    UNIT_OK(open_end(node, SPECIAL_WRITE, &writer));
    object_put(reader);
    object_put(writer);
    UNIT_OK(open_end(node, SPECIAL_READ | SPECIAL_WRITE, &both));
    UNIT_OK(open_end(node, SPECIAL_READ, &reader));
    UNIT_OK(open_end(node, SPECIAL_WRITE | SPECIAL_NONBLOCK, &writer));
    object_put(both);
    object_put(reader);
    object_put(writer);
    vfs_node_put(node);
}

UNIT_TEST(fifo_hangs_up_after_a_writer_was_there)
{
    struct vfs_node *node = make();
    struct object *reader;
    struct object *writer;

    UNIT_OK(open_end(node, SPECIAL_READ | SPECIAL_NONBLOCK, &reader));
    UNIT_EQUAL(object_events(reader), 0);
    UNIT_OK(open_end(node, SPECIAL_WRITE | SPECIAL_NONBLOCK, &writer));
    UNIT_EQUAL(object_events(reader), 0);
    UNIT_EQUAL(object_events(writer), COCO_EVENT_WRITE);
    object_put(writer);
    UNIT_EQUAL(object_events(reader), COCO_EVENT_HANGUP);
    object_put(reader);
    vfs_node_put(node);
}

UNIT_TEST(fifo_forgets_what_nobody_read)
{
    struct vfs_node *node = make();
    struct object *both;
    struct coco_stat stat;
    size_t done;

    UNIT_OK(open_end(node, SPECIAL_READ | SPECIAL_WRITE | SPECIAL_NONBLOCK, &both));
    UNIT_OK(user_copy_out(user_memory(0), "abc", 3));
    UNIT_OK(object_write(both, (struct user_in){user_memory(0), 3}, &done));
    UNIT_OK(object_stat(both, &stat));
    UNIT_EQUAL(stat.type, COCO_TYPE_PIPE);
    UNIT_EQUAL(stat.size, 3);
    UNIT_EQUAL(stat.permissions, 0622);
    UNIT_EQUAL(stat.inode, node->inode);
    UNIT_CHECK(pipe_node(both) == node);
    object_put(both);
    vfs_stat(node, &stat);
    UNIT_EQUAL(stat.size, 0);
    UNIT_OK(open_end(node, SPECIAL_READ | SPECIAL_WRITE | SPECIAL_NONBLOCK, &both));
    UNIT_EQUAL(object_read(both, (struct user_out){user_memory(0), 3}, &done), ERR_AGAIN);
    object_put(both);
    vfs_node_put(node);
}

UNIT_TEST(fifo_without_memory)
{
    struct vfs_node *node = make();
    struct machine_usage before = machine_usage();
    struct special_opened opened;
    struct vfs_node *other;

    fault_inject_arm(0);
    UNIT_EQUAL(special_open(node, SPECIAL_READ | SPECIAL_WRITE, &opened), ERR_NOMEM);
    UNIT_CHECK(fault_inject_disarm());
    for (uint64_t n = 0; n < 2; n++) {
        fault_inject_arm(n);
        UNIT_EQUAL(fifo_create(0, &other), ERR_NOMEM);
        UNIT_CHECK(fault_inject_disarm());
    }
    machine_check_usage(before);
    vfs_node_put(node);
}
