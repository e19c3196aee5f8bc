// SPDX-License-Identifier: MIT
// Runs all unit tests of task, or those whose name starts with the first argument.
#include <object/object.h>
#include <object/record_owner.h>
#include <string.h>
#include <task/job_control.h>
#include <task/policy.h>
#include <task/timer.h>

#include "sim/sim.h"
#include "tests.h"

static void unused_destroy(struct object *object)
{
    free(object);
}

/* A plain object with nothing but a life, standing in for files and directories. */
static const struct object_ops plain_ops = {.name = "plain", .destroy = unused_destroy};

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_LOG] = &plain_ops,
    [COCO_OBJECT_DIR] = &plain_ops,
    [COCO_OBJECT_PROCESS] = &process_object_ops,
    [COCO_OBJECT_THREAD] = &thread_object_ops,
    [COCO_OBJECT_TIMER] = &timer_object_ops,
};

/* Processes of these tests hold no locks on files. */
void terminal_session_ended(uint64_t session)
{
    (void)session; // no terminals here
}

void terminal_session_begins(struct object *terminal, uint64_t session)
{
    (void)terminal;
    (void)session;
}

void record_owner_end(struct record_owner *owner)
{
    EXPECT(record_owner_is_idle(owner));
}

void record_owner_release(struct record_owner *owner, struct object *object)
{
    EXPECT(record_owner_is_idle(owner) && object != NULL);
}

void record_owner_keep_open(struct record_owner *owner, struct handle_table *before,
                            struct handle_table *after)
{
    EXPECT(record_owner_is_idle(owner) && before != NULL && after != NULL);
}

/* Nor have they views of the file tree. */
void policy_view_put(struct fs_view *view)
{
    EXPECT(view == NULL);
}

int main(int argc, char **argv)
{
    static const struct test *const lists[] = {
        elf_tests,    sched_tests,  affinity_tests, futex_tests,  process_tests,
        signal_tests, family_tests, timer_tests,    budget_tests, real_time_tests};
    const char *prefix = argc > 1 ? argv[1] : "";
    unsigned passed = 0;
    unsigned failed = 0;

    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        for (const struct test *test = lists[i]; test->name != NULL; test++) {
            for (unsigned cpus = 1; cpus <= 4; cpus++) {
                bool good;

                if ((test->cpus >> (cpus - 1) & 1) == 0 ||
                    strncmp(test->name, prefix, strlen(prefix)) != 0) {
                    continue;
                }
                good = sim_run(cpus, test->function);
                printf("%s - %s.cpus%u\n", good ? "ok" : "not ok", test->name, cpus);
                good ? passed++ : failed++;
            }
        }
    }
    if (passed + failed == 0) {
        fprintf(stderr, "no test has a name that starts with %s\n", prefix);
        return 2;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
