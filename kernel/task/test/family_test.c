// SPDX-License-Identifier: MIT
// Children, stops, and programs that are replaced.
#include <arch/timer.h>
#include <task/schedule.h>
#include <task/signal.h>

#include "fixture.h"
#include "tests.h"

static struct image image;

static enum status start_child(bool listed, struct process **out)
{
    const struct process_start_args args = {
        .name = "child", .source = &image.source, .may_signal_parent = true, .child = listed};

    return process_start(&args, out);
}

static void wait_for_child(uint64_t id, bool keep)
{
    const struct process_child_query query = {
        .which = COCO_CHILD_ID, .id = id, .events = COCO_WAIT_ENDED, .keep = keep};
    struct coco_child told;

    EXPECT(process_wait_child(&query, WAIT_FOREVER, &told) == OK);
    EXPECT(told.id == id && told.status.reason == COCO_EXIT_CODE);
}

void user_family(uint64_t rdi)
{
    const struct process_child_query any = {.which = COCO_CHILD_ANY, .events = COCO_WAIT_ENDED};
    const struct coco_signal_info nothing = {.signal = 0};
    struct process *child;
    struct coco_child told;
    struct coco_schedule schedule;
    uint64_t time;

    (void)rdi;
    image_native(&image, USER_EXIT);
    EXPECT(process_wait_child(&any, WAIT_FOREVER, &told) == ERR_CHILD);
    EXPECT(start_child(false, &child) == OK);
    EXPECT(process_wait_child(&any, WAIT_FOREVER, &told) == ERR_CHILD);
    (void)fixture_wait(child);
    EXPECT(start_child(true, &child) == OK);
    EXPECT(process_group(child) == process_group(process_current()));
    wait_for_child(child->id, true);
    EXPECT(signal_send_id(child->id, &nothing, false) == OK);
    EXPECT(process_time_of(child->id, &time) == OK);
    wait_for_child(child->id, false);
    EXPECT(process_wait_child(&any, 0, &told) == ERR_CHILD && process_is_gone(child));
    EXPECT(signal_send_id(child->id, &nothing, false) == ERR_NOTFOUND); /* but it is still there */
    EXPECT(process_time_of(child->id, &time) == ERR_SRCH);
    EXPECT(schedule_get(child->id, COCO_SCHEDULE_ALL, &schedule) == ERR_SRCH);
    object_put(&child->object);
    for (unsigned i = 0; i < 20; i++) { /* some end before, some after this one */
        EXPECT(start_child(true, &child) == OK);
        object_put(&child->object);
    }
    process_exit(0);
}

static void test_children(void)
{
    struct fixture_counts before = fixture_counts();

    EXPECT(fixture_wait(fixture_start(USER_FAMILY)).code == 0);
    fixture_expect_counts(before);
}

/* Whatever allocation fails, nothing is left and the process goes on; then it becomes USER_BLOCK.
 */
void user_exec(uint64_t rdi)
{
    const struct process_start_args args = {.name = "next", .source = &image.source};
    struct process *process = process_current();
    uint64_t id = process->id;
    struct arch_user_entry entry;
    enum status status = ERR_NOMEM;

    (void)rdi;
    image_native(&image, USER_BLOCK);
    for (int64_t count = 0; status != OK; count++) {
        int64_t allocations = sim_allocations();

        sim_fail_allocation(count);
        status = process_exec(&args, &entry);
        EXPECT(status == OK || (status == ERR_NOMEM && sim_allocations() == allocations));
    }
    sim_fail_allocation(-1);
    EXPECT(process->id == id && process->thread_count == 1 && !process->sole);
    EXPECT(entry.fs_base == 0 && entry.rip == sim_user_address(USER_BLOCK));
    sim_user_functions[USER_BLOCK](entry.rdi);
}

void user_exec_among_threads(uint64_t rdi)
{
    static const enum user_function others[] = {USER_SPIN, USER_SLEEP, USER_FUTEX_SLEEP};

    for (unsigned i = 0; i < 6; i++) {
        struct thread *thread = user_start(others[i % 3], i);

        EXPECT(thread != NULL);
        object_put(&thread->object);
    }
    user_exec(rdi);
}

static void test_exec(void)
{
    struct fixture_counts before = fixture_counts();

    shared.counters[9] = 1; /* USER_BLOCK does not wait for it */
    EXPECT(fixture_wait(fixture_start(USER_EXEC)).code == 7);
    EXPECT(fixture_wait(fixture_start(USER_EXEC_AMONG_THREADS)).code == 7);
    fixture_expect_counts(before);
}

static uint64_t counted(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(shared.counters); i++) {
        sum += __atomic_load_n(&shared.counters[i], __ATOMIC_RELAXED);
    }
    return sum;
}

/* Whether user code counts on, or does not, for some milliseconds; waits for it to become so. */
static bool settles(bool counting)
{
    for (unsigned i = 0; i < 500; i++) {
        uint64_t before = counted();

        sim_sleep_ms(4);
        if ((counted() != before) == counting) {
            return true;
        }
    }
    return false;
}

static void send(struct process *process, uint32_t signal)
{
    const struct coco_signal_info info = {.signal = signal};

    EXPECT(signal_send_process(process, &info, false) == OK);
}

static void test_stop(void)
{
    struct fixture_counts before = fixture_counts();
    struct process *process;
    struct coco_exit_status status;

    shared.rounds = 0;
    process = fixture_start(USER_THREADS);
    EXPECT(settles(true));
    send(process, COCO_SIGNAL_STOP);
    EXPECT(settles(false) && signal_some_stopped());
    send(process, COCO_SIGNAL_CONTINUE);
    EXPECT(settles(true) && !signal_some_stopped());
    send(process, COCO_SIGNAL_STOP);
    send(process, 15); /* for when it is continued */
    EXPECT(process_wait(process, arch_time_ns() + 20000000, &status) == ERR_TIMEDOUT);
    send(process, COCO_SIGNAL_CONTINUE);
    status = fixture_wait(process);
    EXPECT(status.reason == COCO_EXIT_KILLED && status.code == 15);
    process = fixture_start(USER_THREADS);
    send(process, COCO_SIGNAL_STOP);
    send(process, COCO_SIGNAL_KILL);
    EXPECT(fixture_wait(process).code == COCO_SIGNAL_KILL);
    fixture_expect_counts(before);
    EXPECT(!signal_some_stopped());
}

const struct test family_tests[] = {
    {"family.children", test_children, CPUS_ALL},
    {"family.exec", test_exec, CPUS_ALL},
    {"family.stop", test_stop, CPUS_ALL},
    {0},
};
