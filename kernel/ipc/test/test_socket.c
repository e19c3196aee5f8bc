// SPDX-License-Identifier: MIT
// Sockets: against models, at their limits, without memory, and with handles on their way.
#include "support.h"

#include <mm/fault_inject.h>
#include <string.h>

#include "../endpoint.h"

#define INPUT 0u /* offsets in user memory */
#define OUTPUT (USER_LEN / 2)

static struct object *ends[2];

static void make(uint32_t type)
{
    support_start();
    UNIT_OK(socket_pair(type, 7, ends));
    object_change_status_flags(ends[0], 0, COCO_STATUS_NONBLOCK);
    object_change_status_flags(ends[1], 0, COCO_STATUS_NONBLOCK);
}

static void drop(void)
{
    object_put(ends[0]);
    object_put(ends[1]);
    ends[0] = NULL;
    ends[1] = NULL;
}

static int64_t put(unsigned end, const void *bytes, size_t len)
{
    size_t done = 0;

    UNIT_OK(user_copy_out(user_memory(INPUT), bytes, len));
    enum status status = object_write(ends[end], (struct user_in){user_memory(INPUT), len}, &done);
    return status == OK ? (int64_t)done : status;
}

static int64_t take(unsigned end, void *bytes, size_t len)
{
    size_t done = 0;
    enum status status = object_read(ends[end], (struct user_out){user_memory(OUTPUT), len}, &done);

    if (status != OK) {
        return status;
    }
    UNIT_OK(user_copy_in(bytes, user_memory(OUTPUT), done));
    return (int64_t)done;
}

static uint8_t sample(uint64_t position)
{
    return (uint8_t)(position * 7 + position / 251);
}

UNIT_TEST(stream_keeps_order)
{
    static uint8_t bytes[USER_LEN / 2];
    uint64_t written = 0;
    uint64_t taken = 0;

    support_start();
    struct machine_usage before = machine_usage();
    make(COCO_SOCKET_STREAM);
    for (unsigned round = 0; round < 4000; round++) {
        bool small = unit_random_below(3) != 0;
        size_t len = 1 + unit_random_below(small ? 300 : sizeof(bytes));
        if (unit_random_below(2) == 0) {
            for (size_t i = 0; i < len; i++) {
                bytes[i] = sample(written + i);
            }
            int64_t done = put(0, bytes, len);
            UNIT_CHECK(done == ERR_AGAIN || (done > 0 && done <= (int64_t)len));
            written += done > 0 ? (uint64_t)done : 0;
        } else {
            int64_t done = take(1, bytes, len);
            uint64_t there = written - taken;
            UNIT_EQUAL(done, there == 0    ? (int64_t)ERR_AGAIN
                             : len < there ? (int64_t)len
                                           : (int64_t)there);
            for (int64_t i = 0; i < done; i++) {
                UNIT_EQUAL(bytes[i], sample(taken + (uint64_t)i));
            }
            taken += done > 0 ? (uint64_t)done : 0;
        }
        UNIT_CHECK(written - taken <= COCO_SOCKET_BUFFER);
    }
    drop();
    machine_check_usage(before);
}

UNIT_TEST(packets_keep_boundaries)
{
    static uint8_t bytes[USER_LEN / 2];
    static size_t lengths[4096];
    uint64_t sent = 0;
    uint64_t received = 0;

    support_start();
    struct machine_usage before = machine_usage();
    make(COCO_SOCKET_DATAGRAM);
    for (unsigned round = 0; round < 3000; round++) {
        size_t len = 1 + unit_random_below(unit_random_below(3) == 0 ? 60000 : 3000);
        if (unit_random_below(2) == 0) {
            memset(bytes, (int)sent, len);
            int64_t done = put(0, bytes, len);
            UNIT_CHECK(done == ERR_AGAIN || done == (int64_t)len);
            if (done > 0) {
                lengths[sent++ % 4096] = len;
            }
        } else {
            int64_t done = take(1, bytes, sizeof(bytes));
            if (received == sent) {
                UNIT_EQUAL(done, ERR_AGAIN);
                continue;
            }
            UNIT_EQUAL(done, (int64_t)lengths[received % 4096]);
            UNIT_EQUAL(bytes[0], (uint8_t)received);
            UNIT_EQUAL(bytes[done - 1], (uint8_t)received);
            received++;
        }
    }
    drop();
    machine_check_usage(before);
}

UNIT_TEST(socket_interrupted_and_partial)
{
    static uint8_t bytes[USER_LEN / 2];

    make(COCO_SOCKET_STREAM);
    object_change_status_flags(ends[0], COCO_STATUS_NONBLOCK, 0);
    object_change_status_flags(ends[1], COCO_STATUS_NONBLOCK, 0);
    support_block_result(ERR_INTR);
    UNIT_EQUAL(take(1, bytes, 1), ERR_INTR);
    UNIT_CHECK(put(0, bytes, sizeof(bytes)) == (int64_t)sizeof(bytes));
    int64_t done = put(0, bytes, sizeof(bytes));
    UNIT_CHECK(done > 0 && done < (int64_t)sizeof(bytes)); // what went is told
    support_block_result(ERR_TIMEDOUT);
    UNIT_OK(socket_option_set(ends[0], COCO_SOCKET_OPTION_SEND_TIMEOUT, 1000));
    UNIT_EQUAL(put(0, bytes, sizeof(bytes)), ERR_AGAIN);
    drop();
}

/// Send `count` handles on `object` with one byte. On a failure they are given back.
static enum status send_objects(unsigned end, struct object *object, uint32_t count)
{
    const struct coco_buffer part = {user_memory(INPUT).v, 1};
    struct socket_message message = {.vector = {.parts = &part, .count = 1, .left = 1}};
    size_t done;

    UNIT_OK(socket_handles_create(count, &message.handles));
    for (uint32_t i = 0; i < count; i++) {
        UNIT_CHECK(object_get(object));
        object_handle_added(object);
        message.handles->entries[i] = (struct socket_handle){object, COCO_RIGHT_TRANSFER};
        message.handles->count++;
    }
    enum status status = socket_send(ends[end], &message, &done);
    UNIT_CHECK((message.handles == NULL) == (status == OK));
    socket_handles_free(message.handles);
    return status;
}

UNIT_TEST(handles_go_with_their_socket)
{
    support_start();
    struct machine_usage before = machine_usage();
    uint64_t objects = object_count();
    struct object *other;
    make(COCO_SOCKET_SEQPACKET);
    UNIT_OK(socket_create(COCO_SOCKET_STREAM, 7, &other));
    UNIT_OK(send_objects(0, other, 200));
    UNIT_EQUAL(send_objects(0, ends[1], 1), ERR_TOOMANYREFS);
    UNIT_OK(send_objects(1, other, 1));
    object_put(other); // lives in the packets only
    UNIT_EQUAL(object_count(), objects + 3);
    drop();
    UNIT_EQUAL(object_count(), objects);
    machine_check_usage(before);
}

/// All ways of sending the ends of three pairs through each other, at random, then everything is
/// dropped: nothing may be left, whatever was allowed.
UNIT_TEST(no_rings)
{
    support_start();
    struct machine_usage before = machine_usage();
    for (unsigned round = 0; round < 300; round++) {
        struct object *pairs[3][2];
        for (unsigned i = 0; i < 3; i++) {
            UNIT_OK(socket_pair(COCO_SOCKET_STREAM, 7, pairs[i]));
        }
        for (unsigned step = 0; step < 12; step++) {
            memcpy(ends, pairs[unit_random_below(3)], sizeof(ends));
            struct object *sent = pairs[unit_random_below(3)][unit_random_below(2)];
            enum status status = send_objects((unsigned)unit_random_below(2), sent, 1);
            UNIT_CHECK(status == OK || status == ERR_TOOMANYREFS);
        }
        for (unsigned i = 0; i < 6; i++) {
            object_put(pairs[i / 2][i % 2]);
        }
        machine_check_usage(before);
    }
}

static int64_t exchange_large(void)
{
    static uint8_t bytes[9000];
    int64_t sent = put(0, bytes, sizeof(bytes));

    return sent < 0 ? sent : take(1, bytes, sizeof(bytes));
}

/* A socket that does not listen may be connecting itself, and hold its lock for as long as this one
 * holds its own. */
UNIT_TEST(connecting_waits_for_no_lock_of_others)
{
    support_start();
    for (unsigned i = 0; i < 2; i++) {
        UNIT_OK(socket_create(COCO_SOCKET_STREAM, 7, &ends[i]));
    }
    struct endpoint *target = endpoint_of(ends[1]);
    mutex_lock(&target->lock);
    UNIT_EQUAL(socket_connect(ends[0], target, 7), ERR_CONNREFUSED);
    mutex_unlock(&target->lock);
    UNIT_EQUAL(socket_connect(ends[0], endpoint_of(ends[0]), 7), ERR_CONNREFUSED);
    drop();
}

UNIT_TEST(socket_survives_lack_of_memory)
{
    support_start();
    make(COCO_SOCKET_STREAM);
    struct machine_usage before = machine_usage();
    bool failed = true;
    for (uint64_t n = 0; failed; n++) {
        fault_inject_arm(n);
        int64_t result = exchange_large();
        failed = fault_inject_disarm();
        UNIT_EQUAL(result, failed ? (int64_t)ERR_NOMEM : 9000);
        machine_check_usage(before);
    }
    drop();
}
