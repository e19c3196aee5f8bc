// SPDX-License-Identifier: MIT
// Message queues against a model.
#include "support.h"

#include <string.h>

#define INPUT 0u /* offsets in user memory */
#define OUTPUT (USER_LEN / 2)
#define MESSAGES 20u
#define SIZE 6000u
#define PRIORITIES 4u

/// What the model knows of a message: its length tells messages apart.
struct expected {
    uint32_t priority;
    uint32_t len;
};

static struct object *queue;
static struct expected model[MESSAGES];
static uint32_t count;

static enum status send(uint32_t len, uint32_t priority)
{
    const struct mqueue_message message = {
        .bytes = {user_memory(INPUT), len}, .priority = priority, .deadline = 0, .process = 1};

    return mqueue_send(queue, &message);
}

/// The model's next message: the first of the highest priority.
static uint32_t next(void)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < count; i++) {
        best = model[i].priority > model[best].priority ? i : best;
    }
    return best;
}

static void receive(void)
{
    uint32_t len = 0;
    uint32_t priority = 0;
    enum status status =
        mqueue_receive(queue, (struct user_out){user_memory(OUTPUT), SIZE}, 0, &len, &priority);

    if (count == 0) {
        UNIT_EQUAL(status, ERR_AGAIN);
        return;
    }
    uint32_t index = next();
    UNIT_OK(status);
    UNIT_EQUAL(len, model[index].len);
    UNIT_EQUAL(priority, model[index].priority);
    count--;
    memmove(&model[index], &model[index + 1], (count - index) * sizeof(model[0]));
}

UNIT_TEST(queue_keeps_order)
{
    struct vfs_node *node;

    support_start();
    UNIT_OK(mqueue_create(MESSAGES, SIZE, 0600, &node));
    UNIT_OK(mqueue_open(node, &queue));
    vfs_node_put(node);
    object_change_status_flags(queue, 0, COCO_STATUS_NONBLOCK);
    for (unsigned round = 0; round < 5000; round++) {
        if (unit_random_below(2) == 0) {
            const struct expected sent = {(uint32_t)unit_random_below(PRIORITIES),
                                          (uint32_t)unit_random_below(SIZE + 1)};
            enum status status = send(sent.len, sent.priority);
            UNIT_EQUAL(status, count == MESSAGES ? ERR_AGAIN : OK);
            if (status == OK) {
                model[count++] = sent;
            }
        } else {
            receive();
        }
    }
    object_put(queue);
}

UNIT_TEST(queue_limits)
{
    struct vfs_node *node;

    support_start();
    UNIT_EQUAL(mqueue_create(0, 1, 0, &node), ERR_INVAL);
    UNIT_EQUAL(mqueue_create(1, COCO_MQUEUE_SIZE_MAX + 1, 0, &node), ERR_INVAL);
    struct machine_usage before = machine_usage();
    UNIT_OK(mqueue_create(1, 100, 0600, &node));
    UNIT_OK(mqueue_open(node, &queue));
    UNIT_EQUAL(send(101, 0), ERR_MSGSIZE);
    UNIT_EQUAL(send(1, COCO_MQUEUE_PRIORITIES), ERR_INVAL);
    UNIT_OK(send(100, 1));
    object_put(queue);
    vfs_node_put(node); // with the message in it
    machine_check_usage(before);
}
