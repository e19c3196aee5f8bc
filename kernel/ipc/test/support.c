// SPDX-License-Identifier: MIT
#include "support.h"

#include <fs/fs.h>
#include <ipc/fifo.h>
#include <object/wait.h>

static enum status block_result = ERR_CANCELED;

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_PIPE] = &pipe_object_ops,
    [COCO_OBJECT_SOCKET] = &socket_object_ops,
    [COCO_OBJECT_MQUEUE] = &mqueue_object_ops,
};

static void no_state(void *state)
{
    UNIT_CHECK(state == NULL);
}

static const struct special_ops device_test_ops = {
    .type = COCO_TYPE_DEVICE,
    .destroy = no_state,
};

const struct special_ops *const special_ops[SPECIAL_KIND_COUNT] = {
    [SPECIAL_FIFO] = &fifo_special_ops,     [SPECIAL_CONSOLE] = &device_test_ops,
    [SPECIAL_TTY] = &device_test_ops,       [SPECIAL_SOCKET] = &socket_special_ops,
    [SPECIAL_MQUEUE] = &mqueue_special_ops, [SPECIAL_PTMX] = &device_test_ops,
};

void support_set_quota(struct quota *quota)
{
    aspace_set_quota(aspace_current(), quota);
}

void backing_cut_mappings(struct backing *backing, uint64_t first)
{
    (void)backing;
    (void)first;
    panic("unexpected upcall"); /* nothing is mapped from a file here */
}

void sched_check(void)
{
}

struct thread *sched_current(void)
{
    static char only_thread;

    return (struct thread *)(void *)&only_thread;
}

void mqueue_send_signal(struct object *process, const struct coco_signal_info *info)
{
    (void)process; // tests here register without signals
    (void)info;
}

void support_block_result(enum status status)
{
    block_result = status;
}

enum status sched_block(uint64_t deadline, enum wait_mode mode)
{
    UNIT_CHECK(mode == WAIT_SIGNALS);
    UNIT_CHECK(deadline != 0);
    return block_result;
}

void sched_wake(struct thread *thread)
{
    (void)thread;
}

void support_start(void)
{
    if (user_memory_start(USER_LEN)) {
        fs_init();
    }
}
