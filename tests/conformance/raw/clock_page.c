// SPDX-License-Identifier: MIT
// Tests of `clock_page`. Where the machine has no count that programs can read, the page says so,
// and there is nothing to compare.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"

#define ONE_HOUR (3600 * SECONDS)
#define READERS 4

static const struct coco_clock_page *page;

static bool map_page(void)
{
    if (page == NULL) {
        int64_t address = coco_clock_page();
        page = EXPECT_TRUE(address > 0) ? (const struct coco_clock_page *)address : NULL;
    }
    return page != NULL && EXPECT_EQ(page->version, COCO_CLOCK_PAGE_VERSION) &&
           EXPECT_TRUE((page->flags & COCO_CLOCK_PAGE_TICKS) != 0);
}

static uint64_t ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* As the ABI's table says. */
static int64_t page_time(uint32_t clock)
{
    uint32_t before, after;
    uint64_t ns;
    do {
        before = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
        ns = page->monotonic_base +
             (uint64_t)((unsigned __int128)(ticks() - page->tick_base) * page->multiplier >>
                        page->shift);
        ns += clock == COCO_CLOCK_REALTIME ? (uint64_t)page->realtime_offset : 0;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        after = __atomic_load_n(&page->sequence, __ATOMIC_RELAXED);
    } while ((before & 1) != 0 || before != after);
    return (int64_t)ns;
}

TEST(clock_page, a_mapping_each_time, RULE("clock_page.1"))
{
    REQUIRE(map_page());
    int64_t second = coco_clock_page();
    REQUIRE_TRUE(second > 0 && second % (int64_t)PAGE == 0);
    EXPECT_TRUE((const struct coco_clock_page *)second != page);
    EXPECT_BYTES((const void *)second, page, sizeof(*page));
    EXPECT_TRUE(page->shift < 64 && page->multiplier != 0 && page->sequence % 2 == 0);
    EXPECT_OK(memory_unmap((const void *)second, PAGE));
    EXPECT_TRUE(!memory_readable((const void *)second));
    EXPECT_TRUE(memory_readable(page));
}

static uint32_t read_in_copy(void *first)
{
    int64_t before = *(const int64_t *)first;
    int64_t own = page_time(COCO_CLOCK_MONOTONIC);
    return own >= before && coco_clock_get(COCO_CLOCK_MONOTONIC) >= own ? 0 : 1;
}

TEST(clock_page, copies_have_it, RULE("clock_page.1"))
{
    REQUIRE(map_page());
    int64_t now = page_time(COCO_CLOCK_MONOTONIC);
    EXPECT_EQ(fork_run(read_in_copy, &now), 0);
}

/* A date that a copy sets is seen here: what it has is no copy of the page. */
static uint32_t set_in_copy(void *date)
{
    return coco_clock_set(*(const uint64_t *)date) == 0 ? 0 : 1;
}

TEST(clock_page, one_for_all, RULE("clock_page.1"), RULE("clock_page.3"))
{
    REQUIRE(map_page());
    uint64_t date = (uint64_t)page_time(COCO_CLOCK_REALTIME);
    uint64_t later = date + ONE_HOUR;
    EXPECT_EQ(fork_run(set_in_copy, &later), 0);
    EXPECT_TRUE(page_time(COCO_CLOCK_REALTIME) >= (int64_t)later);
    EXPECT_OK(coco_clock_set(date));
    int64_t now = page_time(COCO_CLOCK_REALTIME);
    EXPECT_TRUE(now >= (int64_t)date && now < (int64_t)(date + 20 * SECONDS));
}

static uint32_t fill_memory(void *unused)
{
    (void)unused;
    struct coco_limit limit = {.current = 16 << 20, .maximum = 16 << 20};
    uint64_t length = limit.current;
    if (coco_process_limit(COCO_LIMIT_MEMORY, &limit, NULL) != 0) {
        return 1;
    }
    while (length >= PAGE) {
        if (memory_map(COCO_HANDLE_NONE, 0, 0, length, READ_WRITE | ANONYMOUS) < 0) {
            length = length / 2 / PAGE * PAGE;
        }
    }
    return coco_clock_page() > 0 ? 0 : 2;
}

TEST(clock_page, is_not_the_process_memory, RULE("clock_page.1"))
{
    EXPECT_EQ(fork_run(fill_memory, NULL), 0);
}

static void compare(uint32_t clock)
{
    int64_t last = coco_clock_get(clock);
    for (int i = 0; i < 5000; i++) {
        int64_t now = page_time(clock);
        REQUIRE_TRUE(now >= last);
        last = coco_clock_get(clock);
        REQUIRE_TRUE(last >= now);
        if (i % 50 == 0) {
            (void)coco_thread_yield();
        }
    }
}

TEST(clock_page, agrees_with_the_call, RULE("clock_page.2"))
{
    REQUIRE(map_page());
    compare(COCO_CLOCK_MONOTONIC);
    compare(COCO_CLOCK_REALTIME);
}

static int64_t latest;    /* atomic; the latest time that any thread saw */
static uint32_t backward; /* atomic; how often one was earlier than what was seen before */

static void read_in_turns(void *unused)
{
    (void)unused;
    for (int i = 0; i < 4000; i++) {
        int64_t seen = __atomic_load_n(&latest, __ATOMIC_ACQUIRE);
        int64_t now =
            i % 8 == 0 ? coco_clock_get(COCO_CLOCK_MONOTONIC) : page_time(COCO_CLOCK_MONOTONIC);
        if (now < seen) {
            __atomic_fetch_add(&backward, 1, __ATOMIC_RELAXED);
        }
        while (seen < now && !__atomic_compare_exchange_n(&latest, &seen, now, false,
                                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        }
    }
}

TEST(clock_page, on_all_processors, RULE("clock_page.2"))
{
    struct thread threads[READERS];
    REQUIRE(map_page());
    latest = 0;
    backward = 0;
    for (int i = 0; i < READERS; i++) {
        REQUIRE_OK(thread_start(&threads[i], read_in_turns, NULL));
    }
    for (int i = 0; i < READERS; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(backward, 0);
}

static uint32_t settled; /* atomic; the clock is not set any more */
static uint32_t apart;   /* atomic; how often page and call did not agree */

/* The clock is set forward only, by an hour: between two calls less than that apart it was not. */
static void read_while_set(void *unused)
{
    (void)unused;
    while (__atomic_load_n(&settled, __ATOMIC_ACQUIRE) == 0) {
        int64_t before = coco_clock_get(COCO_CLOCK_REALTIME);
        int64_t now = page_time(COCO_CLOCK_REALTIME);
        int64_t after = coco_clock_get(COCO_CLOCK_REALTIME);
        if (now < before || after < now) {
            __atomic_fetch_add(&apart, 1, __ATOMIC_RELAXED);
        }
    }
}

TEST(clock_page, follows_what_is_set, RULE("clock_page.2"), RULE("clock_page.3"),
     RULE("clock_set.1"))
{
    struct thread threads[READERS - 1];
    REQUIRE(map_page());
    settled = 0;
    apart = 0;
    int64_t start = coco_clock_get(COCO_CLOCK_MONOTONIC);
    uint64_t date = (uint64_t)coco_clock_get(COCO_CLOCK_REALTIME);
    for (int i = 0; i < READERS - 1; i++) {
        REQUIRE_OK(thread_start(&threads[i], read_while_set, NULL));
    }
    for (uint64_t i = 1; i <= 300; i++) {
        uint64_t later = date + i * ONE_HOUR;
        EXPECT_OK(coco_clock_set(later));
        EXPECT_TRUE(page_time(COCO_CLOCK_REALTIME) >= (int64_t)later);
        if (i % 8 == 0) {
            (void)coco_sleep_until(deadline_after(MILLISECONDS));
        }
    }
    __atomic_store_n(&settled, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < READERS - 1; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(apart, 0);
    EXPECT_OK(coco_clock_set(0)); /* before the machine began to run: the offset is negative */
    EXPECT_TRUE(page_time(COCO_CLOCK_REALTIME) < (int64_t)(20 * SECONDS));
    uint64_t passed = (uint64_t)(page_time(COCO_CLOCK_MONOTONIC) - start);
    EXPECT_OK(coco_clock_set(date + passed));
}

static uint32_t asleep; /* atomic */
static int64_t woken;

static void sleep_for_an_hour(void *unused)
{
    (void)unused;
    int64_t until = page_time(COCO_CLOCK_REALTIME) + (int64_t)ONE_HOUR;
    __atomic_store_n(&asleep, 1, __ATOMIC_RELEASE);
    int64_t result = coco_sleep_until_date((uint64_t)until);
    woken = result != 0 ? result : page_time(COCO_CLOCK_REALTIME) - until;
}

TEST(clock_page, shows_it_to_sleepers, RULE("clock_page.3"))
{
    struct thread thread;
    REQUIRE(map_page());
    asleep = 0;
    uint64_t date = (uint64_t)coco_clock_get(COCO_CLOCK_REALTIME);
    REQUIRE_OK(thread_start(&thread, sleep_for_an_hour, NULL));
    while (__atomic_load_n(&asleep, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_OK(coco_clock_set(date + 2 * ONE_HOUR));
    EXPECT_OK(thread_join(&thread));
    EXPECT_TRUE(woken >= 0 && woken < (int64_t)(2 * ONE_HOUR));
    EXPECT_OK(coco_clock_set(date));
}

static uint32_t store_to_page(void *unused)
{
    (void)unused;
    __atomic_store_n((uint32_t *)(uintptr_t)page, 0, __ATOMIC_RELAXED);
    return 1;
}

static uint32_t run_page(void *unused)
{
    (void)unused;
    ((void (*)(void))(uintptr_t)page)();
    return 1;
}

static void expect_page_fault(uint32_t (*body)(void *))
{
    struct coco_exit_status status;
    REQUIRE(child_wait(fork_child(body, NULL), &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_EQ(status.code, 14);
    EXPECT_EQ(status.address, (uintptr_t)page);
}

TEST(clock_page, can_be_read_only, RULE("clock_page.4"), RULE("mem_protect.EPERM"))
{
    REQUIRE(map_page());
    const struct coco_clock_page was = *page;
    EXPECT_TRUE(memory_readable(page) && !memory_writable(page));
    EXPECT_ERROR(memory_protect(page, PAGE, COCO_MMAP_WRITE), PERM);
    EXPECT_ERROR(memory_protect(page, PAGE, READ_WRITE), PERM);
    EXPECT_ERROR(memory_protect(page, PAGE, COCO_MMAP_EXEC), PERM);
    EXPECT_ERROR(memory_protect(page, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC), PERM);
    expect_page_fault(store_to_page);
    expect_page_fault(run_page);
    EXPECT_OK(memory_protect(page, PAGE, 0));
    EXPECT_TRUE(!memory_readable(page));
    EXPECT_OK(memory_protect(page, PAGE, COCO_MMAP_READ));
    EXPECT_BYTES(page, &was, sizeof(was));
    EXPECT_OK(coco_mem_advise((void *)(uintptr_t)page, PAGE, COCO_ADVICE_DISCARD));
    EXPECT_BYTES(page, &was, sizeof(was));
    EXPECT_ERROR(RAW(COCO_SYS_MRESIZE, (uintptr_t)page, 2 * PAGE), INVAL);
}

/* Until the process has as many mappings as it can. */
static uint32_t map_many(void *unused)
{
    (void)unused;
    int64_t result = 0;
    for (uint32_t i = 0; result >= 0 && i < 70000; i++) {
        result = coco_clock_page();
    }
    return (uint32_t)-result;
}

TEST(clock_page, too_many, RULE("clock_page.ENOMEM"))
{
    EXPECT_EQ(fork_run(map_many, NULL), (uint32_t)-COCO_ENOMEM);
}
