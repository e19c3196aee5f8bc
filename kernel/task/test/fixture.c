// SPDX-License-Identifier: MIT
#include "fixture.h"

#include <arch/timer.h>
#include <string.h>
#include <task/sched.h>

struct process *fixture_start(enum user_function function)
{
    return fixture_start_under(function, NULL);
}

struct process *fixture_start_under(enum user_function function, struct process_policy *policy)
{
    struct image *image = malloc(sizeof(*image));
    struct process_start_args args = {.name = "test", .source = &image->source, .policy = policy};
    struct process *process = NULL;

    image_native(image, function);
    EXPECT(process_start(&args, &process) == OK);
    free(image);
    return process;
}

struct coco_exit_status fixture_wait(struct process *process)
{
    struct coco_exit_status status;

    EXPECT(process_wait(process, arch_time_ns() + 200000000000ull, &status) == OK);
    object_put(&process->object);
    return status;
}

void fixture_wait_blocked(struct thread *const *thread)
{
    const struct thread *seen;

    while ((seen = __atomic_load_n(thread, __ATOMIC_ACQUIRE)) == NULL ||
           __atomic_load_n(&seen->state, __ATOMIC_ACQUIRE) != THREAD_BLOCKED) {
        sim_sleep_ms(1);
    }
}

struct fixture_counts fixture_counts(void)
{
    return (struct fixture_counts){
        .objects = object_count(),
        .handles = handle_count(),
        .threads = thread_count(),
        .processes = process_count(),
        .allocations = sim_allocations(),
    };
}

void fixture_expect_counts(struct fixture_counts before)
{
    struct fixture_counts now;

    for (unsigned i = 0; i < 2000; i++) {
        now = fixture_counts();
        if (memcmp(&now, &before, sizeof(now)) == 0) {
            return;
        }
        sim_sleep_ms(1);
    }
    EXPECT(now.processes == before.processes);
    EXPECT(now.threads == before.threads);
    EXPECT(now.handles == before.handles);
    EXPECT(now.objects == before.objects);
    EXPECT(now.allocations == before.allocations);
}

void fixture_expect_success(enum user_function function)
{
    struct fixture_counts before = fixture_counts();
    struct coco_exit_status status = fixture_wait(fixture_start(function));

    EXPECT(status.reason == COCO_EXIT_CODE && status.code == 0);
    fixture_expect_counts(before);
}
