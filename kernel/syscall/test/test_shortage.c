// SPDX-License-Identifier: MIT
// Calls with their real handlers, once with each of their allocations failing.
#include "caller.h"
#include "shortage.h"

#include <mm/fault_inject.h>
#include <mm/quota.h>
#include <task/process.h>

#define INJECTION_MAX 200u /* more allocations than any call makes */

void inject(int64_t (*call)(void), void (*undo)(int64_t result))
{
    bool failed = true;

    undo(call()); // what stays, such as the handle table's first chunk, is there from now on
    struct machine_usage before = machine_usage();
    for (uint64_t n = 0; failed; n++) {
        UNIT_CHECK(n < INJECTION_MAX);
        fault_inject_arm(n);
        int64_t result = call();
        failed = fault_inject_disarm();
        if (failed) {
            UNIT_EQUAL(result, COCO_ENOMEM);
        } else {
            UNIT_CHECK(result >= 0);
            undo(result);
        }
        machine_check_usage(before);
    }
}

void shortage_close(int64_t handle)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
}

static int64_t data_file;

static int64_t write_pages(void)
{
    return CALL(COCO_SYS_WRITE, data_file, CALLER_DATA, 3 * PAGE_SIZE);
}

static int64_t pwrite_pages(void)
{
    return CALL(COCO_SYS_FILE_PWRITE, data_file, CALLER_DATA, 3 * PAGE_SIZE, 100);
}

static void cut_file(int64_t result)
{
    UNIT_EQUAL(result, 3 * PAGE_SIZE);
    UNIT_OK(CALL(COCO_SYS_TRUNCATE, data_file, 0));
}

UNIT_TEST(writing_survives_lack_of_memory)
{
    RULE("write.ENOMEM");
    RULE("file_pwrite.ENOMEM");
    caller_start();
    data_file = caller_create_file("/w", "");
    inject(write_pages, cut_file);
    inject(pwrite_pages, cut_file);
    caller_remove_file("/w", data_file);
}

static uint64_t fresh;

static int64_t read_fresh(void)
{
    fresh = caller_fresh(PAGE_SIZE);
    UNIT_EQUAL(CALL(COCO_SYS_SEEK, data_file, 0, COCO_FS_SEEK_ABSOLUTE), 0);
    return CALL(COCO_SYS_READ, data_file, fresh, 4);
}

static int64_t pread_fresh(void)
{
    fresh = caller_fresh(PAGE_SIZE);
    return CALL(COCO_SYS_FILE_PREAD, data_file, fresh, 4, 0);
}

UNIT_TEST(reading_to_a_new_page_survives_lack_of_memory)
{
    RULE("read.ENOMEM");
    RULE("file_pread.ENOMEM");
    int64_t (*const calls[])(void) = {read_fresh, pread_fresh};

    caller_start();
    data_file = caller_create_file("/r", "data");
    for (unsigned i = 0; i < ARRAY_SIZE(calls); i++) {
        unsigned failures = 0;
        bool failed = true;
        for (uint64_t n = 1; failed; n++) { // the first allocation is the mapping's own
            UNIT_CHECK(n < INJECTION_MAX);
            fault_inject_arm(n);
            int64_t result = calls[i]();
            failed = fault_inject_disarm();
            UNIT_EQUAL(result, failed ? COCO_ENOMEM : 4);
            failures += failed;
            caller_drop(fresh, PAGE_SIZE);
        }
        UNIT_CHECK(failures > 0);
    }
    caller_remove_file("/r", data_file);
}

static int64_t duplicate_many(void)
{
    int64_t result = 0;

    // Enough for a new chunk of the table.
    for (unsigned i = 0; result >= 0 && i < 70; i++) {
        result = CALL(COCO_SYS_HANDLE_DUPLICATE, data_file, COCO_RIGHTS_SAME);
    }
    return result;
}

UNIT_TEST(duplicating_survives_lack_of_memory)
{
    RULE("handle_duplicate.ENOMEM");
    caller_start();
    caller_reset_handles(); // no room is left over from other tests
    data_file = caller_create_file("/h", "x");
    fault_inject_arm(0);
    UNIT_EQUAL(duplicate_many(), COCO_ENOMEM);
    UNIT_CHECK(fault_inject_disarm());
    for (int64_t handle = data_file + 1; handle < 80; handle++) {
        shortage_close(handle);
    }
    caller_remove_file("/h", data_file);
}

static int64_t spawn_program(void)
{
    const struct coco_spawn request = {.size = sizeof(request),
                                       .path = caller_string("/program"),
                                       .arguments = caller_string2("program"),
                                       .arguments_len = 8,
                                       .argument_count = 1};

    caller_put(&request, sizeof(request));
    return CALL(COCO_SYS_PROCESS_SPAWN, CALLER_DATA);
}

static int64_t exec_program(void)
{
    return CALL(COCO_SYS_EXEC, caller_string("/program"), caller_string2("/"), 0);
}

static int64_t create_thread(void)
{
    return CALL(COCO_SYS_THREAD_CREATE, 0x1000, 0x2000, 0, 0);
}

/// The allocations that come before anything starts to run; loading itself is tested where it is.
UNIT_TEST(starting_survives_lack_of_memory)
{
    RULE("process_spawn.ENOMEM");
    RULE("exec.ENOMEM");
    RULE("thread_create.ENOMEM");
    int64_t (*const calls[])(void) = {spawn_program, exec_program, create_thread};

    caller_start();
    int64_t file = caller_create_file("/program", "no program");
    for (unsigned i = 0; i < ARRAY_SIZE(calls); i++) {
        struct machine_usage before = machine_usage();
        for (uint64_t n = 0; n < 2; n++) {
            fault_inject_arm(n);
            UNIT_EQUAL(calls[i](), COCO_ENOMEM);
            UNIT_CHECK(fault_inject_disarm());
            machine_check_usage(before);
        }
    }
    caller_remove_file("/program", file);
}

#define FORK_FAILURES 30u /* what a copy allocates before its thread starts, at least */

/// The copy of the caller, up to where its thread would start to run.
UNIT_TEST(copying_survives_lack_of_memory)
{
    RULE("process_fork.ENOMEM");
    caller_start();
    uint64_t processes = process_count();
    uint64_t promised = quota_used(&quota_root, QUOTA_MEMORY);
    uint64_t threads = quota_used(&quota_root, QUOTA_THREADS);
    struct machine_usage before = machine_usage();
    for (uint64_t n = 0; n < FORK_FAILURES; n++) {
        fault_inject_arm(n);
        UNIT_EQUAL(CALL(COCO_SYS_PROCESS_FORK, 0x1000, 0x2000, 0, 0), COCO_ENOMEM);
        UNIT_CHECK(fault_inject_disarm());
        machine_check_usage(before);
        UNIT_EQUAL(process_count(), processes);
        UNIT_EQUAL(quota_used(&quota_root, QUOTA_MEMORY), promised);
        UNIT_EQUAL(quota_used(&quota_root, QUOTA_THREADS), threads);
        UNIT_EQUAL(quota_used(&quota_root, QUOTA_PROCESSES), 0);
    }
}

/// A refused thread gives back what it was counted with.
UNIT_TEST(limits_hold_without_leaks)
{
    caller_start();
    uint64_t promised = quota_used(&quota_root, QUOTA_MEMORY);
    uint64_t room =
        quota_limit(&quota_root, QUOTA_THREADS) - quota_used(&quota_root, QUOTA_THREADS);
    struct machine_usage before = machine_usage();
    UNIT_CHECK(quota_take(&quota_root, QUOTA_THREADS, room));
    UNIT_EQUAL(CALL(COCO_SYS_THREAD_CREATE, 0x1000, 0x2000, 0, 0), COCO_EAGAIN);
    UNIT_EQUAL(CALL(COCO_SYS_PROCESS_FORK, 0x1000, 0x2000, 0, 0), COCO_EAGAIN);
    quota_return(&quota_root, QUOTA_THREADS, room);
    UNIT_CHECK(quota_take(&quota_root, QUOTA_PROCESSES, room));
    UNIT_EQUAL(CALL(COCO_SYS_PROCESS_FORK, 0x1000, 0x2000, 0, 0), COCO_EAGAIN);
    quota_return(&quota_root, QUOTA_PROCESSES, room);
    machine_check_usage(before);
    UNIT_EQUAL(quota_used(&quota_root, QUOTA_MEMORY), promised);
}

static int64_t make_pipe(void)
{
    return CALL(COCO_SYS_PIPE_CREATE, 0);
}

static void drop_pipe(int64_t ends)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, ends & UINT32_MAX));
    UNIT_OK(CALL(COCO_SYS_CLOSE, ends >> 32));
}

#define POLL_COUNT 100u

static int64_t poll_many(void)
{
    return CALL(COCO_SYS_OBJECT_POLL, CALLER_DATA, POLL_COUNT, 0);
}

static int64_t poll_many_masked(void)
{
    return CALL(COCO_SYS_OBJECT_POLL_MASKED, CALLER_DATA, POLL_COUNT, 0, 0);
}

static void expect_all_ready(int64_t result)
{
    UNIT_EQUAL(result, POLL_COUNT);
}

UNIT_TEST(pipes_and_polling_survive_lack_of_memory)
{
    RULE("pipe_create.ENOMEM");
    RULE("object_poll.ENOMEM");
    RULE("object_poll_masked.ENOMEM");
    static struct coco_poll entries[POLL_COUNT];

    caller_start();
    data_file = caller_create_file("/p", "x");
    inject(make_pipe, drop_pipe);
    for (size_t i = 0; i < POLL_COUNT; i++) {
        entries[i] =
            (struct coco_poll){.handle = (coco_handle_t)data_file, .wanted = COCO_EVENT_READ};
    }
    caller_put(entries, sizeof(entries));
    inject(poll_many, expect_all_ready);
    inject(poll_many_masked, expect_all_ready);
    caller_remove_file("/p", data_file);
}

static int64_t make_channel(void)
{
    return CALL(COCO_SYS_CHANNEL_CREATE);
}

static coco_handle_t shortage_channel;

static int64_t make_connection(void)
{
    return CALL(COCO_SYS_CHANNEL_CONNECT, shortage_channel, 1, 0);
}

/// Every call that sends or receives needs the thread's message, which is made at the first.
static void expect_no_message(int64_t connection)
{
    const struct coco_exchange exchange = {.size = sizeof(exchange)};
    int64_t results[6];

    caller_put(&exchange, sizeof(exchange));
    struct machine_usage before = machine_usage();
    fault_inject_arm(0);
    results[0] = CALL(COCO_SYS_CHANNEL_CALL, connection, CALLER_DATA, 1, CALLER_DATA, 1);
    UNIT_CHECK(fault_inject_disarm());
    fault_inject_arm(0);
    results[1] = CALL(COCO_SYS_CHANNEL_SEND, connection, CALLER_DATA, 1, 0);
    UNIT_CHECK(fault_inject_disarm());
    fault_inject_arm(0);
    results[2] = CALL(COCO_SYS_CHANNEL_RECEIVE, shortage_channel, CALLER_DATA, 100, 0);
    UNIT_CHECK(fault_inject_disarm());
    fault_inject_arm(0);
    results[3] =
        CALL(COCO_SYS_CHANNEL_REPLY_RECEIVE, shortage_channel, 0, 0, CALLER_DATA + 256, 100);
    UNIT_CHECK(fault_inject_disarm());
    fault_inject_arm(0);
    results[4] = CALL(COCO_SYS_CHANNEL_EXCHANGE, connection, CALLER_DATA);
    UNIT_CHECK(fault_inject_disarm());
    fault_inject_arm(0);
    results[5] = CALL(COCO_SYS_CHANNEL_REPLY, shortage_channel, CALLER_DATA, 1);
    UNIT_CHECK(fault_inject_disarm());
    for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
        UNIT_EQUAL(results[i], COCO_ENOMEM);
    }
    machine_check_usage(before);
}

UNIT_TEST(channels_survive_lack_of_memory)
{
    RULE("channel_create.ENOMEM");
    RULE("channel_connect.ENOMEM");
    RULE("channel_call.ENOMEM");
    RULE("channel_send.ENOMEM");
    RULE("channel_receive.ENOMEM");
    RULE("channel_reply_receive.ENOMEM");
    RULE("channel_exchange.ENOMEM");
    RULE("channel_reply.ENOMEM");
    caller_start();
    inject(make_channel, shortage_close);
    shortage_channel = (coco_handle_t)make_channel();
    inject(make_connection, shortage_close);
    int64_t connection = make_connection();
    expect_no_message(connection);
    shortage_close(connection);
    shortage_close(shortage_channel);
}
