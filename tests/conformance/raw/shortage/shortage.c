// SPDX-License-Identifier: MIT
// What all scenarios share, and the proof that no call was forgotten: calls without a scenario must
// not allocate.
#include "shortage.h"

#include <coconut/coconut.h>
#include <coconut/queries.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/thread.h>

#include "fork.h"
#include "memory.h"
#include "world.h"

#define FAILURES_MAX 400u /* more allocations than any call makes */
#define SETTLE (60 * SECONDS)
#define STILL_STEPS 5

extern const struct shortage *const __start_coco_shortage[];
extern const struct shortage *const __stop_coco_shortage[];

/// What a failed call must leave as it was.
struct balance {
    struct counters counters;
    int64_t heap;
    int64_t memory;
};

int64_t shortage_set(uint32_t after, uint32_t flags)
{
    return coco_mem_shortage(entry_handle(COCO_ROLE_SYSTEM), after, flags);
}

void shortage_close(int64_t handle)
{
    EXPECT_OK(coco_close((coco_handle_t)handle));
}

void shortage_close_two(int64_t handles)
{
    EXPECT_OK(coco_close((coco_handle_t)handles));
    EXPECT_OK(coco_close((coco_handle_t)(handles >> 32)));
}

static void balance_read(struct balance *balance)
{
    (void)counters_read(&balance->counters);
    balance->heap = counter(COCO_COUNTER_HEAP_USED);
    balance->memory = counter(COCO_COUNTER_MEM_FREE);
}

/* The balance once it stands still: what was done before may be ending. */
static bool balance_read_still(struct balance *balance)
{
    uint64_t deadline = deadline_after(SETTLE);
    for (int still = 0; still < STILL_STEPS; still++) {
        struct balance before = *balance;
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
        balance_read(balance);
        if (memcmp(&before, balance, sizeof(before)) != 0) {
            still = 0;
        }
        if (deadline_after(0) > deadline) {
            return false;
        }
    }
    return counters_available();
}

/* What ends on other CPUs takes a while to be gone. */
static bool balance_holds(const struct balance *before, const char *call, uint32_t failed)
{
    char text[80];
    struct balance now = *before;
    uint64_t deadline = deadline_after(SETTLE);
    if (!counters_settle(&before->counters, text, sizeof(text))) {
        test_fail(__FILE_NAME__, __LINE__, "%s, allocation %u failed: %s", call, failed, text);
        return false;
    }
    for (;;) {
        balance_read(&now);
        if (now.heap == before->heap && now.memory == before->memory) {
            return true;
        }
        if (deadline_after(0) > deadline) {
            break;
        }
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    test_fail(__FILE_NAME__, __LINE__,
              "%s, allocation %u failed: %ld bytes of the heap and %ld of memory are gone", call,
              failed, now.heap - before->heap, before->memory - now.memory);
    return false;
}

/* One try with allocation `number` failing; false once there is no such allocation. */
static bool try_one(const struct shortage *shortage, uint32_t number)
{
    uint32_t flags = shortage->everybody ? COCO_SHORTAGE_ALL : 0;
    if (shortage->before != NULL) {
        shortage->before();
    }
    (void)shortage_set(number, flags);
    int64_t result = shortage->run();
    bool failed = shortage_set(COCO_SHORTAGE_NEVER, 0) == 1;
    int64_t error = shortage->error != 0 ? shortage->error : COCO_ENOMEM;
    if (failed && result != error && !(shortage->may_succeed && result >= 0)) {
        test_fail(__FILE_NAME__, __LINE__, "%s, allocation %u failed: the result is %ld",
                  shortage->call, number, result);
    }
    if (!failed &&
        (shortage->otherwise != 0 ? result != shortage->otherwise : !result_is_value(result))) {
        test_fail(__FILE_NAME__, __LINE__, "%s with memory: the result is %ld", shortage->call,
                  result);
    }
    if (result_is_value(result) && shortage->undo != NULL) {
        shortage->undo(result);
    }
    if (shortage->after != NULL) {
        shortage->after();
    }
    return failed;
}

enum copy_result { COPY_SUCCEEDED = 0, COPY_LACKED = 1, COPY_WRONG = 2 };

struct copy {
    const struct shortage *shortage;
    uint32_t number;
};

static uint32_t call_in_copy(void *argument)
{
    const struct copy *copy = argument;
    if (copy->shortage->before != NULL) {
        copy->shortage->before();
    }
    (void)shortage_set(copy->number, 0);
    int64_t result = copy->shortage->run();
    if (shortage_set(COCO_SHORTAGE_NEVER, 0) == 1) {
        return result == COCO_ENOMEM ? COPY_LACKED : COPY_WRONG;
    }
    return result_is_value(result) ? COPY_SUCCEEDED : COPY_WRONG;
}

static void prove_in_copies(const struct shortage *shortage)
{
    struct copy copy = {shortage, COCO_SHORTAGE_NEVER};
    struct balance before = {0};
    uint32_t result = fork_run(call_in_copy, &copy);
    REQUIRE_EQ(result, COPY_SUCCEEDED);
    REQUIRE_TRUE(balance_read_still(&before));
    for (copy.number = 0; copy.number < FAILURES_MAX; copy.number++) {
        result = fork_run(call_in_copy, &copy);
        REQUIRE(balance_holds(&before, shortage->call, copy.number));
        if (result != COPY_LACKED) {
            break;
        }
    }
    EXPECT_EQ(result, COPY_SUCCEEDED);
    EXPECT_TRUE(copy.number > 0);
}

void shortage_prove(const struct shortage *shortage)
{
    struct balance before = {0};
    uint32_t number = 0;
    if (shortage->in_copy) {
        prove_in_copies(shortage);
        return;
    }
    for (int i = 0; i < 3; i++) { /* what is made once and kept is there from now on */
        (void)try_one(shortage, COCO_SHORTAGE_NEVER);
    }
    REQUIRE_TRUE(balance_read_still(&before));
    while (try_one(shortage, number)) {
        REQUIRE(balance_holds(&before, shortage->call, number));
        number++;
        REQUIRE_TRUE(number < FAILURES_MAX);
    }
    EXPECT_TRUE(number > 0);
}

static bool has_scenario(const char *call)
{
    for (const struct shortage *const *at = __start_coco_shortage; at < __stop_coco_shortage;
         at++) {
        if (strcmp((*at)->call, call) == 0) {
            return true;
        }
    }
    return false;
}

/* Calls that end the caller, wait for ever, or take the test's own group from it. */
static bool is_left_out(const struct coco_call_info *call)
{
    return call->returns == 0 || call->number == COCO_SYS_SIGNAL_SUSPEND ||
           call->number == COCO_SYS_MEM_SHORTAGE || call->number == COCO_SYS_PROCESS_NEW_SESSION ||
           call->number == COCO_SYS_SIGNAL_SEND_GROUP;
}

/* What world_good_registers() leaves open. */
static void fill_in(const struct world *world, const struct coco_call_info *call,
                    struct call_registers *registers)
{
    for (size_t i = 0; i < call->argument_count; i++) {
        uint64_t *value = &registers->value[call->arguments[i].first_register];
        if (call->arguments[i].kind == COCO_ARGUMENT_ADDR) {
            *value = (uintptr_t)world->buffer;
        } else if (call->arguments[i].kind == COCO_ARGUMENT_HANDLE_NUM) { /* it is closed */
            *value = (uint64_t)coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
        }
    }
}

/* A new call belongs into a scenario, or it allocates nothing. */
TEST(shortage, no_call_is_forgotten)
{
    struct world world;
    REQUIRE(world_make(&world));
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        const struct coco_call_info *call = &coco_calls[i];
        struct call_registers registers;
        if (is_left_out(call) || has_scenario(call->name)) {
            continue;
        }
        world_good_registers(&world, call, &registers);
        fill_in(&world, call, &registers);
        memset(world.buffer, 0, PAGE);
        (void)shortage_set(0, 0);
        int64_t result = world_call(call, &registers);
        if (shortage_set(COCO_SHORTAGE_NEVER, 0) == 1 || result == COCO_ENOMEM) {
            test_fail(__FILE_NAME__, __LINE__,
                      "%s takes memory: it needs a scenario, see shortage.h", call->name);
        }
    }
    world_remove(&world);
}
