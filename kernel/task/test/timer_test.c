// SPDX-License-Identifier: MIT
// Timers: races of expiry, setting and closing, no memory, nothing left behind.
#include <task/timer.h>

#include "fixture.h"
#include "tests.h"

static void test_no_memory(void)
{
    RULE("timer_create.ENOMEM");
    RULE("interval_timer.ENOMEM");
    fixture_expect_success(USER_TIMER_NO_MEMORY);
}

static void test_signals(void)
{
    fixture_expect_success(USER_TIMER_SIGNALS);
}

static void test_races(void)
{
    fixture_expect_success(USER_TIMER_RACES);
}

/* The process ends with timers armed, expired, and with their signals waiting. */
static void test_left(void)
{
    fixture_expect_success(USER_TIMER_LEFT);
}

static void test_closed(void)
{
    fixture_expect_success(USER_TIMER_CLOSED);
}

/* Threads set timers while others end them. */
static void test_ends(void)
{
    fixture_expect_success(USER_TIMER_ENDS);
}

const struct test timer_tests[] = {
    {"timer.no_memory", test_no_memory, CPUS_1},
    {"timer.signals", test_signals, CPUS_ALL},
    {"timer.races", test_races, CPUS_ALL},
    {"timer.left", test_left, CPUS_ALL},
    {"timer.closed", test_closed, CPUS_1},
    {"timer.ends", test_ends, CPUS_ALL},
    {0},
};
