// SPDX-License-Identifier: MIT
// Pipes, against a model, at their limits, and without memory.
#include "support.h"

#include <mm/fault_inject.h>
#include <mm/page.h>
#include <object/poll.h>
#include <string.h>

#define INPUT 0u /* offsets in user memory */
#define OUTPUT (USER_LEN / 2)

static struct object *reader;
static struct object *writer;

static void make(uint8_t flags)
{
    struct pipe *pipe;

    support_start();
    UNIT_OK(pipe_create(&pipe));
    UNIT_OK(pipe_open_end(pipe, PIPE_END_READ, &reader));
    UNIT_OK(pipe_open_end(pipe, PIPE_END_WRITE, &writer));
    pipe_put(pipe);
    object_change_status_flags(reader, 0, flags);
    object_change_status_flags(writer, 0, flags);
}

static void drop(void)
{
    object_put(reader);
    object_put(writer);
    reader = NULL;
    writer = NULL;
}

static int64_t put(const void *bytes, size_t len)
{
    size_t done = 0;

    UNIT_OK(user_copy_out(user_memory(INPUT), bytes, len));
    enum status status = object_write(writer, (struct user_in){user_memory(INPUT), len}, &done);
    return status == OK ? (int64_t)done : status;
}

static int64_t take(void *bytes, size_t len)
{
    size_t done = 0;
    enum status status = object_read(reader, (struct user_out){user_memory(OUTPUT), len}, &done);

    if (status != OK) {
        return status;
    }
    UNIT_OK(user_copy_in(bytes, user_memory(OUTPUT), done));
    return (int64_t)done;
}

/* What is in a pipe counts for who filled it, and for nobody once it is closed. */
UNIT_TEST(pipe_counts_for_its_writer)
{
    static uint8_t bytes[2 * PAGE_SIZE];
    struct quota *quota;
    uint64_t machine;

    make(COCO_STATUS_NONBLOCK);
    machine = quota_used(&quota_root, QUOTA_MEMORY);
    UNIT_OK(quota_create(&quota_root, &quota));
    support_set_quota(quota);
    uint64_t own = quota_used(quota, QUOTA_MEMORY);
    UNIT_EQUAL(put(bytes, sizeof(bytes)), sizeof(bytes));
    UNIT_EQUAL(quota_used(quota, QUOTA_MEMORY) - own, 2 * PAGE_SIZE);
    quota_set_limit(quota, QUOTA_MEMORY, own + 2 * PAGE_SIZE);
    UNIT_EQUAL(put(bytes, 1), ERR_NOMEM);
    support_set_quota(&quota_root);
    quota_set_limit(quota, QUOTA_MEMORY, 2 * PAGE_SIZE);
    UNIT_EQUAL(put(bytes, 1), ERR_NOMEM); /* others cannot fill it at their cost either */
    UNIT_EQUAL(quota_used(quota, QUOTA_MEMORY), 2 * PAGE_SIZE);
    drop();
    UNIT_EQUAL(quota_used(quota, QUOTA_MEMORY), 0);
    UNIT_EQUAL(quota_used(&quota_root, QUOTA_MEMORY), machine);
    quota_put(quota);
}

static uint8_t sample(uint64_t position)
{
    return (uint8_t)(position * 7 + position / 251);
}

UNIT_TEST(pipe_keeps_order)
{
    static uint8_t bytes[USER_LEN / 2];
    uint64_t written = 0;
    uint64_t taken = 0;
    struct machine_usage before;

    support_start();
    before = machine_usage();
    make(COCO_STATUS_NONBLOCK);
    for (unsigned round = 0; round < 4000; round++) {
        bool small = unit_random_below(2) == 0;
        size_t len = 1 + unit_random_below(small ? 300 : sizeof(bytes));
        if (unit_random_below(2) == 0) {
            uint64_t room = COCO_PIPE_SIZE - (written - taken);
            for (size_t i = 0; i < len; i++) {
                bytes[i] = sample(written + i);
            }
            int64_t done = put(bytes, len);
            if (len <= COCO_PIPE_BUF ? room < len : room == 0) {
                UNIT_EQUAL(done, ERR_AGAIN);
            } else {
                UNIT_EQUAL(done, len < room ? len : room);
                written += (uint64_t)done;
            }
        } else {
            int64_t done = take(bytes, len);
            UNIT_EQUAL(done, written == taken        ? (int64_t)ERR_AGAIN
                             : len < written - taken ? (int64_t)len
                                                     : (int64_t)(written - taken));
            for (int64_t i = 0; i < done; i++) {
                UNIT_EQUAL(bytes[i], sample(taken + (uint64_t)i));
            }
            taken += done > 0 ? (uint64_t)done : 0;
        }
    }
    drop();
    machine_check_usage(before);
}

UNIT_TEST(pipe_gives_pages_back)
{
    static uint8_t bytes[COCO_PIPE_SIZE];
    struct machine_usage empty;

    make(COCO_STATUS_NONBLOCK);
    empty = machine_usage();
    UNIT_EQUAL(put(bytes, sizeof(bytes)), sizeof(bytes));
    UNIT_EQUAL(empty.free_pages - machine_usage().free_pages, COCO_PIPE_SIZE / PAGE_SIZE);
    UNIT_EQUAL(take(bytes, sizeof(bytes)), sizeof(bytes));
    UNIT_EQUAL(machine_usage().free_pages, empty.free_pages);
    drop();
}

UNIT_TEST(pipe_ends)
{
    char text[8];

    make(0);
    UNIT_EQUAL(put("abc", 3), 3);
    object_put(writer);
    writer = NULL;
    UNIT_EQUAL(take(text, 2), 2);
    UNIT_EQUAL(take(text, 2), 1);
    UNIT_EQUAL(take(text, 2), 0);
    UNIT_EQUAL(take(text, 2), 0);
    drop();
    make(0);
    object_put(reader);
    reader = NULL;
    UNIT_EQUAL(put("abc", 3), ERR_PIPE);
    UNIT_EQUAL(put("abc", 0), 0);
    drop();
}

UNIT_TEST(pipe_waits_and_is_interrupted)
{
    static uint8_t bytes[COCO_PIPE_SIZE + 1];

    make(0);
    support_block_result(ERR_CANCELED);
    UNIT_EQUAL(take(bytes, 1), ERR_CANCELED);
    UNIT_EQUAL(put(bytes, sizeof(bytes)), COCO_PIPE_SIZE); // what went in is told
    UNIT_EQUAL(put(bytes, 1), ERR_CANCELED);
    drop();
}

UNIT_TEST(pipe_faults_take_nothing_away)
{
    static char text[COCO_PIPE_BUF];
    size_t done = 0;

    make(COCO_STATUS_NONBLOCK);
    memset(text, 'x', sizeof(text));
    UNIT_EQUAL(object_write(writer, (struct user_in){uaddr(USER_UNMAPPED), 10}, &done), ERR_FAULT);
    UNIT_EQUAL(object_write(writer, (struct user_in){uaddr(UINT64_MAX - 4), 10}, &done), ERR_INVAL);
    // A short write is whole or nothing, a long one stops where memory ends.
    uaddr_t edge = user_memory(USER_LEN - 100);
    UNIT_EQUAL(object_write(writer, (struct user_in){edge, COCO_PIPE_BUF}, &done), ERR_FAULT);
    UNIT_EQUAL(take(text, 1), ERR_AGAIN);
    UNIT_OK(object_write(writer, (struct user_in){edge, COCO_PIPE_BUF + 1}, &done));
    UNIT_EQUAL(done, 100);
    UNIT_EQUAL(object_read(reader, (struct user_out){uaddr(USER_UNMAPPED), 10}, &done), ERR_FAULT);
    UNIT_EQUAL(take(text, sizeof(text)), 100);
    drop();
}

UNIT_TEST(pipe_survives_lack_of_memory)
{
    static char text[100];
    struct machine_usage before;
    bool failed = true;

    make(COCO_STATUS_NONBLOCK);
    fault_inject_arm(0);
    int64_t result = put(text, sizeof(text));
    UNIT_CHECK(fault_inject_disarm());
    UNIT_EQUAL(result, ERR_NOMEM);
    UNIT_EQUAL(put(text, sizeof(text)), sizeof(text));
    drop();
    before = machine_usage();
    for (uint64_t n = 0; failed; n++) {
        struct pipe *pipe;
        struct object *end = NULL;
        fault_inject_arm(n);
        enum status status = pipe_create(&pipe);
        if (status == OK) {
            status = pipe_open_end(pipe, PIPE_END_READ, &end);
        }
        failed = fault_inject_disarm();
        UNIT_EQUAL(status, failed ? ERR_NOMEM : OK);
        pipe_put(pipe);
        object_put(end);
        machine_check_usage(before);
    }
}

UNIT_TEST(pipe_tells_its_events)
{
    static uint8_t bytes[COCO_PIPE_SIZE];

    make(COCO_STATUS_NONBLOCK);
    UNIT_EQUAL(object_events(reader), 0);
    UNIT_EQUAL(object_events(writer), COCO_EVENT_WRITE);
    UNIT_EQUAL(put(bytes, COCO_PIPE_SIZE - COCO_PIPE_BUF), COCO_PIPE_SIZE - COCO_PIPE_BUF);
    UNIT_EQUAL(object_events(reader), COCO_EVENT_READ);
    UNIT_EQUAL(object_events(writer), COCO_EVENT_WRITE);
    UNIT_EQUAL(put(bytes, 1), 1);
    UNIT_EQUAL(object_events(writer), 0);
    object_put(writer);
    writer = NULL;
    UNIT_EQUAL(object_events(reader), COCO_EVENT_READ | COCO_EVENT_HANGUP);
    drop();
    make(0);
    object_put(reader);
    reader = NULL;
    UNIT_EQUAL(object_events(writer), COCO_EVENT_WRITE | COCO_EVENT_ERROR);
    drop();
}

UNIT_TEST(pipe_has_an_identity)
{
    struct coco_stat a;
    struct coco_stat b;

    make(COCO_STATUS_NONBLOCK);
    UNIT_EQUAL(put("abc", 3), 3);
    UNIT_OK(object_stat(reader, &a));
    UNIT_OK(object_stat(writer, &b));
    UNIT_EQUAL(a.inode, b.inode);
    UNIT_EQUAL(a.type, COCO_TYPE_PIPE);
    UNIT_EQUAL(a.size, 3);
    drop();
    make(0);
    UNIT_OK(object_stat(reader, &b));
    UNIT_CHECK(a.inode != b.inode);
    drop();
}
