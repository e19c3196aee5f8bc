// SPDX-License-Identifier: MIT
// Budgets of processor time: periods, what is used beyond, budgets in budgets.
#include <arch/timer.h>
#include <task/budget.h>
#include <task/policy.h>

#include "fixture.h"
#include "tests.h"

#define PERIOD 1000000000000ull /* ns: far longer than the test takes */
#define AMOUNT (PERIOD / 10)
#define TURN 1000000ull /* ns: shorter than a slice */

static struct cpu_budget *make(uint64_t amount, struct cpu_budget *outer)
{
    struct cpu_budget *budget = NULL;

    EXPECT(budget_create(amount, PERIOD, outer, &budget) == OK);
    return budget;
}

static void test_periods(void)
{
    uint64_t now = arch_time_ns();
    struct cpu_budget *budget = make(AMOUNT, NULL);
    uint64_t end;

    EXPECT(budget_left(budget, now) == AMOUNT);
    EXPECT(budget_refilled_at(budget, now) == now + 1);
    budget_charge(budget, AMOUNT - 1, now);
    EXPECT(budget_left(budget, now) == 1);
    budget_charge(budget, 1, now);
    EXPECT(budget_left(budget, now) == 0);
    end = budget_refilled_at(budget, now);
    EXPECT(end >= now + PERIOD && end <= arch_time_ns() + PERIOD);
    EXPECT(budget_left(budget, end - 1) == 0);
    EXPECT(budget_left(budget, end) == AMOUNT);
    budget_put(budget);
}

/* Two and a half budgets in one period: the next is empty, the one after it has half of its own. */
static void test_beyond(void)
{
    uint64_t now = arch_time_ns();
    struct cpu_budget *budget = make(AMOUNT, NULL);
    uint64_t at;

    budget_charge(budget, AMOUNT * 5 / 2, now);
    at = budget_refilled_at(budget, now);
    EXPECT(at > now + PERIOD && budget_left(budget, at - 1) == 0);
    EXPECT(budget_left(budget, at) == AMOUNT / 2);
    EXPECT(budget_left(budget, at + 1000 * PERIOD) == AMOUNT); /* nothing is saved up */
    budget_put(budget);
}

static void test_nested(void)
{
    uint64_t now = arch_time_ns();
    struct cpu_budget *outer = make(AMOUNT, NULL);
    struct cpu_budget *inner = make(AMOUNT * 2, outer);

    budget_charge(inner, AMOUNT / 2, now);
    EXPECT(budget_left(inner, now) == AMOUNT / 2 && budget_left(outer, now) == AMOUNT / 2);
    budget_charge(outer, AMOUNT / 2, now);
    EXPECT(budget_left(inner, now) == 0);
    EXPECT(budget_refilled_at(inner, now) == budget_refilled_at(outer, now));
    budget_put(outer);
    EXPECT(budget_left(inner, now + 2 * PERIOD) == AMOUNT); /* it is still there */
    budget_put(inner);
}

/* A thread that spins cannot take each period's time before others of the budget have some. At the
 * end the budget goes, at once or by who waits for the process, while threads still end. */
static void turns(void)
{
    struct process_policy *policy;
    struct process *process;
    struct coco_exit_status status;

    EXPECT(policy_create(&policy) == OK);
    EXPECT(budget_create(TURN, TURN * 5, NULL, &policy->budget) == OK);
    shared.rounds = 3;
    process = fixture_start_under(USER_TURNS, policy);
    policy_put(policy);
    status = fixture_wait(process);
    EXPECT(status.reason == COCO_EXIT_CODE && status.code == 7);
}

static void test_turns(void)
{
    struct fixture_counts before = fixture_counts();

    for (unsigned i = 0; i < 10; i++) {
        turns();
    }
    fixture_expect_counts(before);
}

const struct test budget_tests[] = {
    {"budget.periods", test_periods, CPUS_1},
    {"budget.beyond", test_beyond, CPUS_1},
    {"budget.nested", test_nested, CPUS_1},
    {"budget.turns", test_turns, CPUS_ALL},
    {NULL, NULL, 0},
};
