// SPDX-License-Identifier: MIT
// Calls on message queues, once with each of their allocations failing.
#include "caller.h"
#include "shortage.h"

#include <mm/fault_inject.h>

#define FLAGS (COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_WRITE | COCO_MQUEUE_OPEN_CREATE)
#define MESSAGE_LEN 5000u /* in pages, not behind a header */

static int64_t queue;
static uint64_t fresh;

static int64_t open_queue(void)
{
    return CALL(COCO_SYS_MQUEUE_OPEN, caller_string("/q"), FLAGS, 0600, 2, MESSAGE_LEN);
}

static void remove_queue(int64_t handle)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
    UNIT_OK(CALL(COCO_SYS_FILE_UNLINK, caller_string("/q"), 0));
}

static int64_t send_message(void)
{
    return CALL(COCO_SYS_MQUEUE_SEND, queue, CALLER_DATA, MESSAGE_LEN, 1, 0);
}

static void take_message(int64_t result)
{
    UNIT_OK(result);
    UNIT_EQUAL(CALL(COCO_SYS_MQUEUE_RECEIVE, queue, CALLER_DATA, MESSAGE_LEN, 0),
               1ll << 32 | MESSAGE_LEN);
}

/// Into memory whose pages have to be made.
static int64_t receive_message(void)
{
    fresh = caller_fresh(2 * PAGE_SIZE);
    int64_t result = CALL(COCO_SYS_MQUEUE_RECEIVE, queue, fresh, MESSAGE_LEN, 0);

    if (result < 0) {
        caller_drop(fresh, 2 * PAGE_SIZE);
    }
    return result;
}

static void send_again(int64_t result)
{
    UNIT_EQUAL(result, 1ll << 32 | MESSAGE_LEN);
    caller_drop(fresh, 2 * PAGE_SIZE);
    UNIT_OK(send_message());
}

static int64_t notify_by_handle(void)
{
    return CALL(COCO_SYS_MQUEUE_NOTIFY, queue, COCO_MQUEUE_NOTIFY_HANDLE, 0, 0);
}

static void remove_notification(int64_t watch)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, watch));
    UNIT_OK(CALL(COCO_SYS_MQUEUE_NOTIFY, queue, COCO_MQUEUE_NOTIFY_REMOVE, 0, 0));
}

UNIT_TEST(queues_survive_lack_of_memory)
{
    RULE("mqueue_open.ENOMEM");
    RULE("mqueue_send.ENOMEM");
    RULE("mqueue_notify.ENOMEM");
    caller_start();
    inject(open_queue, remove_queue);
    queue = open_queue();
    inject(send_message, take_message);
    inject(notify_by_handle, remove_notification);
    remove_queue(queue);
}

UNIT_TEST(receiving_survives_lack_of_memory)
{
    RULE("mqueue_receive.ENOMEM");
    caller_start();
    queue = open_queue();
    UNIT_OK(send_message());
    int64_t warm = receive_message(); // page tables stay
    send_again(warm);
    fresh = caller_fresh(2 * PAGE_SIZE);
    fault_inject_arm(0);
    int64_t result = CALL(COCO_SYS_MQUEUE_RECEIVE, queue, fresh, MESSAGE_LEN, 0);
    UNIT_CHECK(fault_inject_disarm());
    UNIT_EQUAL(result, COCO_ENOMEM);
    result = CALL(COCO_SYS_MQUEUE_RECEIVE, queue, fresh, MESSAGE_LEN, 0); // it stayed
    UNIT_EQUAL(result, 1ll << 32 | MESSAGE_LEN);
    caller_drop(fresh, 2 * PAGE_SIZE);
    remove_queue(queue);
}
