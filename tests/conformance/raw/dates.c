// SPDX-License-Identifier: MIT
// Deadlines that are dates: times of REALTIME, which follow when that clock is set. The clock is
// put right again, up to what the tests themselves take.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "queues.h"

#define ONE_HOUR (3600 * SECONDS)

static uint64_t date_after(uint64_t ns)
{
    return ((uint64_t)coco_clock_get(COCO_CLOCK_REALTIME) + ns) | COCO_DEADLINE_DATE;
}

/* Sets the clock forward or back. */
static void shift(int64_t ns)
{
    EXPECT_OK(coco_clock_set((uint64_t)(coco_clock_get(COCO_CLOCK_REALTIME) + ns)));
}

static uint32_t word;

TEST(process_wait, dates_pass, RULE("process_wait.2"), RULE("futex_wait.3"))
{
    EXPECT_ERROR(coco_futex_wait(&word, 0, COCO_DEADLINE_DATE), TIMEDOUT);
    EXPECT_ERROR(coco_futex_wait(&word, 0, date_after(0) - 1), TIMEDOUT);
    uint64_t date = date_after(15 * MILLISECONDS);
    EXPECT_ERROR(coco_futex_wait(&word, 0, date), TIMEDOUT);
    EXPECT_TRUE(date_after(0) >= date && date_after(0) < date + 60 * SECONDS);
}

/* One wait each, until an hour from now. */
static int64_t wait_for_word(uint64_t deadline)
{
    return coco_futex_wait(&word, 0, deadline);
}

static int64_t wait_for_message(uint64_t deadline)
{
    char byte[8];
    coco_handle_t queue = queue_make(1, 8, 0);
    int64_t result = coco_mqueue_receive(queue, byte, sizeof(byte), deadline);
    queue_remove(queue);
    return result;
}

static int64_t wait_for_room(uint64_t deadline)
{
    coco_handle_t queue = queue_make(1, 8, 0);
    int64_t result = queue_send(queue, "x", 0);
    result = result != 0 ? result : coco_mqueue_send(queue, "y", 1, 0, deadline);
    queue_remove(queue);
    return result;
}

static int64_t wait_for_process(uint64_t deadline)
{
    struct coco_exit_status status;
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20000"}});
    int64_t result = coco_process_wait((coco_handle_t)process, deadline, &status);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL));
    EXPECT_TRUE(child_wait(process, &status));
    return result;
}

static int64_t wait_for_objects(uint64_t deadline)
{
    int64_t event = coco_event_create(0);
    struct coco_poll poll = {.handle = (coco_handle_t)event, .wanted = COCO_EVENT_READ};
    int64_t result = coco_object_poll(&poll, 1, deadline);
    EXPECT_OK(coco_close((coco_handle_t)event));
    return result == 0 ? COCO_ETIMEDOUT : result;
}

struct dated_wait {
    int64_t (*wait)(uint64_t deadline);
    uint32_t waits; /* atomic */
    uint32_t ended; /* atomic */
    int64_t result;
    uint64_t deadline;
    bool early;
};

static void wait_an_hour(void *argument)
{
    struct dated_wait *dated = argument;
    dated->deadline = date_after(ONE_HOUR);
    __atomic_store_n(&dated->waits, 1, __ATOMIC_RELEASE);
    dated->result = dated->wait(dated->deadline);
    dated->early = date_after(0) < dated->deadline;
    __atomic_store_n(&dated->ended, 1, __ATOMIC_RELEASE);
}

static void pause_a_little(void)
{
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
}

static void expect_to_follow(int64_t (*wait)(uint64_t deadline))
{
    struct dated_wait dated = {.wait = wait};
    struct thread thread;
    REQUIRE_OK(thread_start(&thread, wait_an_hour, &dated));
    while (__atomic_load_n(&dated.waits, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    pause_a_little();
    shift((int64_t)(ONE_HOUR / 2));
    pause_a_little();
    shift(-(int64_t)ONE_HOUR);
    pause_a_little();
    EXPECT_EQ(__atomic_load_n(&dated.ended, __ATOMIC_ACQUIRE), 0);
    shift((int64_t)(ONE_HOUR + ONE_HOUR / 2));
    EXPECT_OK(thread_join(&thread));
    EXPECT_ERROR(dated.result, TIMEDOUT);
    EXPECT_TRUE(!dated.early);
    shift(-(int64_t)ONE_HOUR);
}

TEST(process_wait, dates_follow_the_clock, RULE("process_wait.2"), RULE("clock_set.2"))
{
    expect_to_follow(wait_for_word);
    expect_to_follow(wait_for_message);
    expect_to_follow(wait_for_room);
    expect_to_follow(wait_for_process);
    expect_to_follow(wait_for_objects);
}

/* A date that comes first is put off. */
struct put_off {
    uint64_t date;
    uint64_t until; /* not before this, of the monotonic clock */
    bool in_time;
};

static void put_off(void *argument)
{
    struct put_off *test = argument;
    pause_a_little();
    shift(-(int64_t)ONE_HOUR);
    test->in_time = date_after(ONE_HOUR) < test->date;
    (void)coco_sleep_until(test->until);
    shift((int64_t)ONE_HOUR);
}

/* False if the date had come before it was put off. */
static bool wait_for_date_put_off(uint64_t within)
{
    struct thread thread;
    struct put_off test = {.date = date_after(within), .until = deadline_after(2 * within)};
    EXPECT_OK(thread_start(&thread, put_off, &test));
    EXPECT_ERROR(coco_futex_wait(&word, 0, test.date), TIMEDOUT);
    EXPECT_TRUE(date_after(0) >= test.date);
    uint64_t end = deadline_after(0);
    EXPECT_OK(thread_join(&thread));
    EXPECT_TRUE(!test.in_time || end >= test.until);
    return test.in_time;
}

TEST(process_wait, dates_are_put_off, RULE("process_wait.2"))
{
    uint64_t within = 30 * MILLISECONDS;
    while (!wait_for_date_put_off(within)) {
        within *= 2;
    }
}

#define SLEEPERS 70u

static void wake_at_date(void *argument)
{
    uint64_t date = *(uint64_t *)argument;
    EXPECT_ERROR(coco_futex_wait(&word, 0, date), TIMEDOUT);
    EXPECT_TRUE(date_after(0) >= date);
}

/* More than are looked at in one go. */
TEST(process_wait, dates_of_many, RULE("process_wait.2"))
{
    static struct thread threads[SLEEPERS];
    static uint64_t dates[SLEEPERS];
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        dates[i] = date_after(ONE_HOUR + i * SECONDS);
        REQUIRE_OK(thread_start(&threads[i], wake_at_date, &dates[i]));
    }
    pause_a_little();
    shift((int64_t)(ONE_HOUR / 2));
    pause_a_little();
    shift((int64_t)(ONE_HOUR));
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    shift(-(int64_t)(ONE_HOUR + ONE_HOUR / 2));
}
