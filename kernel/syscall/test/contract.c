// SPDX-License-Identifier: MIT
#include "contract.h"

#include <arch/thread.h>
#include <base/check.h>
#include <machine.h>
#include <mm/heap.h>
#include <mm/user_copy.h>
#include <task/process.h>
#include <task/thread.h>

static struct object objects[COCO_OBJECT_COUNT];
static struct handle_table handles;
static struct process process;
static struct thread thread;
static uint64_t called = CONTRACT_NONE;

static const uint32_t kind_rights[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_LOG] = COCO_OBJECT_LOG_RIGHTS,
    [COCO_OBJECT_FILE] = COCO_OBJECT_FILE_RIGHTS,
    [COCO_OBJECT_DIR] = COCO_OBJECT_DIR_RIGHTS,
    [COCO_OBJECT_STREAM] = COCO_OBJECT_STREAM_RIGHTS,
    [COCO_OBJECT_PROCESS] = COCO_OBJECT_PROCESS_RIGHTS,
    [COCO_OBJECT_THREAD] = COCO_OBJECT_THREAD_RIGHTS,
    [COCO_OBJECT_SYSTEM] = COCO_OBJECT_SYSTEM_RIGHTS,
    [COCO_OBJECT_PIPE] = COCO_OBJECT_PIPE_RIGHTS,
    [COCO_OBJECT_TIMER] = COCO_OBJECT_TIMER_RIGHTS,
    [COCO_OBJECT_TTY] = COCO_OBJECT_TTY_RIGHTS,
    [COCO_OBJECT_EVENT] = COCO_OBJECT_EVENT_RIGHTS,
    [COCO_OBJECT_MEMORY] = COCO_OBJECT_MEMORY_RIGHTS,
    [COCO_OBJECT_SOCKET] = COCO_OBJECT_SOCKET_RIGHTS,
    [COCO_OBJECT_MQUEUE] = COCO_OBJECT_MQUEUE_RIGHTS,
    [COCO_OBJECT_CHANNEL] = COCO_OBJECT_CHANNEL_RIGHTS,
    [COCO_OBJECT_CONNECTION] = COCO_OBJECT_CONNECTION_RIGHTS,
    [COCO_OBJECT_LOG_READER] = COCO_OBJECT_LOG_READER_RIGHTS,
    [COCO_OBJECT_PRESSURE] = COCO_OBJECT_PRESSURE_RIGHTS,
};

static void never_destroyed(struct object *object)
{
    panic("object of kind %u lost its last reference", object->type);
}

static const struct object_ops plain_ops = {.name = "plain", .destroy = never_destroyed};

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [1 ... COCO_OBJECT_COUNT - 1] = &plain_ops, // tags without a kind, too
};

void contract_flags(uint32_t value, uint32_t mask)
{
    CHECK((value & ~mask) == 0, "a handler got an unknown option bit");
}

void contract_object(const struct object *object, uint32_t types, bool optional)
{
    if (object == NULL) {
        CHECK(optional, "a handler got no object");
        return;
    }
    CHECK((OBJECT_MASK(object->type) & types) != 0, "a handler got the wrong kind of object");
    // One of this test's own, two of the handles, one of the call.
    CHECK(object->refs >= 4, "a handler got an object that the call does not hold");
}

void contract_rights(const struct object *object, uint32_t held, uint32_t needed)
{
    if (object != NULL) {
        CHECK((needed & ~held) == 0, "a handler got a handle without its rights");
        CHECK(held == 0 || held == kind_rights[object->type], "a handler got other rights");
    }
}

void contract_range(uaddr_t address, uint64_t len)
{
    CHECK(user_range_check(address, len) == OK, "a handler got memory outside of user space");
}

int64_t contract_result(uint64_t number)
{
    CHECK(called == CONTRACT_NONE, "two handlers ran for one call");
    called = number;
    return OK;
}

uint64_t contract_called(void)
{
    uint64_t number = called;

    called = CONTRACT_NONE;
    return number;
}

struct object *contract_object_of(unsigned tag)
{
    return &objects[tag];
}

void contract_start(void)
{
    static bool started;

    if (started) {
        return;
    }
    started = true;
    machine_start();
    handle_table_init(&handles);
    for (unsigned tag = 1; tag < COCO_OBJECT_COUNT; tag++) {
        object_init(&objects[tag], tag);
        enum status full =
            handle_install_at(&handles, CONTRACT_FULL(tag), &objects[tag], kind_rights[tag]);
        enum status bare = handle_install_at(&handles, CONTRACT_BARE(tag), &objects[tag], 0);
        CHECK(full == OK && bare == OK, "the handles of the test");
    }
    process.handles = &handles;
    thread.process = &process;
    arch_thread_adopt(&thread.arch);
}
