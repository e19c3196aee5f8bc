// SPDX-License-Identifier: MIT
// Tests of `thread_robust_table`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "turns.h"

#define OWN ((uint32_t)coco_thread_id() & COCO_ROBUST_OWNER)
#define FOREIGN 0x3ffffffeu

static struct coco_robust_table table;

struct words {
    uint32_t owned;
    uint32_t waited; /* owned, with the mark of waiters */
    uint32_t foreign;
    uint32_t nobodys;
    uint32_t beyond; /* owned, not in the table */
};

static void fill(struct words *words)
{
    uint32_t own = OWN;
    *words = (struct words){own, own | COCO_ROBUST_WAITED, FOREIGN, 0, own};
    table.words[0] = (uintptr_t)&words->owned;
    table.words[1] = (uintptr_t)&words->waited;
    table.words[2] = (uintptr_t)&words->foreign;
    table.words[3] = (uintptr_t)&words->nobodys;
    table.words[4] = (uintptr_t)&words->beyond;
    table.count = 4;
}

static void expect_marked(const volatile struct words *words)
{
    EXPECT_EQ(words->owned, COCO_ROBUST_DIED);
    EXPECT_EQ(words->waited, COCO_ROBUST_DIED | COCO_ROBUST_WAITED);
    EXPECT_EQ(words->foreign, FOREIGN);
    EXPECT_EQ(words->nobodys, 0);
    EXPECT_EQ(words->beyond & COCO_ROBUST_DIED, 0);
}

static void end_with_table(void *words)
{
    fill(words);
    coco_thread_exit((uint32_t)coco_thread_robust_table(&table), NULL);
}

static int64_t run(void (*body)(void *), void *argument)
{
    struct thread thread;
    int64_t started = thread_start(&thread, body, argument);
    return started == 0 ? thread_join(&thread) : started;
}

TEST(thread_robust_table, own_words_are_marked, RULE("thread_robust_table.1"),
     RULE("thread_robust_table.2"))
{
    struct words words;
    for (int i = 0; i < 20; i++) {
        EXPECT_EQ(run(end_with_table, &words), 0);
        expect_marked(&words);
    }
}

/* In memory that the copies of this process share. */
static struct words *shared_words(void)
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    return address > 0 ? (struct words *)address : NULL;
}

static uint32_t end_process(void *words)
{
    fill(words);
    coco_process_exit((uint32_t)coco_thread_robust_table(&table));
}

static uint32_t fault(void *words)
{
    fill(words);
    (void)coco_thread_robust_table(&table);
    *(volatile int *)UNMAPPED_ADDRESS = 1;
    return 0;
}

static uint32_t replace(void *words)
{
    struct coco_spawn spawn = {.size = sizeof(spawn), .path = (uintptr_t)MINIMAL_PROGRAM};
    fill(words);
    (void)coco_thread_robust_table(&table);
    (void)coco_process_exec(&spawn);
    return 1;
}

static uint32_t wait_to_be_killed(void *argument)
{
    struct words *words = argument;
    fill(words);
    (void)coco_thread_robust_table(&table);
    __atomic_store_n(&words[1].owned, 1, __ATOMIC_RELEASE); /* ready */
    for (;;) {
        (void)coco_sleep_until(COCO_FOREVER);
    }
}

TEST(thread_robust_table, ends_of_all_kinds, RULE("thread_robust_table.2"))
{
    static uint32_t (*const ends[])(void *) = {end_process, fault, replace};
    struct words *words = shared_words();
    struct coco_exit_status status;
    REQUIRE_TRUE(words != NULL);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        int64_t process = fork_child(ends[i], words);
        REQUIRE_TRUE(process >= 0);
        REQUIRE(child_wait(process, &status));
        EXPECT_EQ(status.reason, i == 1 ? COCO_EXIT_EXCEPTION : COCO_EXIT_CODE);
        expect_marked(words);
    }
    EXPECT_OK(memory_unmap(words, PAGE));
}

TEST(thread_robust_table, killed_process_wakes_waiters, RULE("thread_robust_table.2"))
{
    struct words *words = shared_words();
    struct coco_exit_status status;
    REQUIRE_TRUE(words != NULL);
    int64_t process = fork_child(wait_to_be_killed, words);
    REQUIRE_TRUE(process >= 0);
    while (__atomic_load_n(&words[1].owned, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    uint32_t held = __atomic_load_n(&words->waited, __ATOMIC_ACQUIRE);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    int64_t result = coco_futex_wait(&words->waited, held, deadline_after(60 * SECONDS));
    EXPECT_TRUE(result == 0 || result == COCO_EAGAIN); /* it may have ended before */
    REQUIRE(child_wait(process, &status));
    expect_marked(words);
    EXPECT_OK(memory_unmap(words, PAGE));
}

struct sleeper {
    uint32_t *word;
    int64_t result;
};

static void sleep_at_word(void *argument)
{
    struct sleeper *sleeper = argument;
    sleeper->result = coco_futex_wait(sleeper->word, FOREIGN, deadline_after(60 * SECONDS));
}

/* The thread that ends may have taken the wake-up of a word that is another's by now. */
TEST(thread_robust_table, foreign_words_are_woken, RULE("thread_robust_table.2"))
{
    struct words words = {.foreign = FOREIGN};
    struct sleeper sleepers[2] = {{&words.foreign, 99}, {&words.foreign, 99}};
    struct thread threads[2];
    turns_begin();
    for (size_t i = 0; i < 2; i++) {
        EXPECT_OK(thread_start(&threads[i], sleep_at_word, &sleepers[i]));
    }
    turns_pass(); /* both wait */
    turns_end();
    EXPECT_EQ(run(end_with_table, &words), 0);
    EXPECT_TRUE(coco_futex_wake(&words.foreign, 2) <= 1); /* one at least was woken */
    for (size_t i = 0; i < 2; i++) {
        EXPECT_OK(thread_join(&threads[i]));
        EXPECT_OK(sleepers[i].result);
    }
}

static void end_with_bad_words(void *word)
{
    static const uint64_t bad[] = {UNMAPPED_ADDRESS,     OUTSIDE_ADDRESS, KERNEL_ADDRESS,
                                   NONCANONICAL_ADDRESS, UINT64_MAX,      0};
    static const uint32_t constant = FOREIGN;
    uint32_t count = 0;
    for (; count < sizeof(bad) / sizeof(bad[0]); count++) {
        table.words[count] = bad[count];
    }
    table.words[count++] = (uintptr_t)word + 2;
    table.words[count++] = (uintptr_t)&constant;
    table.words[count++] = (uintptr_t)word;
    table.count = count;
    *(uint32_t *)word = OWN;
    coco_thread_exit((uint32_t)coco_thread_robust_table(&table), NULL);
}

static void end_with_too_many(void *word)
{
    for (uint32_t i = 0; i < COCO_ROBUST_MAX; i++) {
        table.words[i] = (uintptr_t)word;
    }
    table.count = UINT32_MAX;
    *(uint32_t *)word = OWN;
    coco_thread_exit((uint32_t)coco_thread_robust_table(&table), NULL);
}

static void end_with_no_table(void *page)
{
    coco_thread_exit((uint32_t)coco_thread_robust_table(page), NULL);
}

TEST(thread_robust_table, hostile_tables, RULE("thread_robust_table.3"))
{
    static uint32_t word[2];
    EXPECT_EQ(run(end_with_bad_words, word), 0);
    EXPECT_EQ(word[0], COCO_ROBUST_DIED);
    EXPECT_EQ(run(end_with_too_many, word), 0);
    EXPECT_EQ(word[0], COCO_ROBUST_DIED);
    EXPECT_EQ(run(end_with_no_table, (void *)UNMAPPED_ADDRESS), 0);
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    memset(edge - 8, 0xff, 8); /* a count, and words behind the end of the memory */
    EXPECT_EQ(run(end_with_no_table, edge - 8), 0);
    memory_edge_free(edge, 1);
}

static void end_without(void *words)
{
    fill(words);
    (void)coco_thread_robust_table(&table);
    coco_thread_exit((uint32_t)coco_thread_robust_table(NULL), NULL);
}

static uint32_t copy_has_none(void *words)
{
    fill(words);
    return 0;
}

static void fork_with_table(void *words)
{
    fill(words);
    int64_t result = coco_thread_robust_table(&table);
    uint32_t code = result == 0 ? fork_run(copy_has_none, words) : 1;
    (void)coco_thread_robust_table(NULL);
    coco_thread_exit(code, NULL);
}

TEST(thread_robust_table, none, RULE("thread_robust_table.4"))
{
    struct words *words = shared_words();
    REQUIRE_TRUE(words != NULL);
    EXPECT_EQ(run(end_without, words), 0);
    EXPECT_EQ(words->owned & COCO_ROBUST_DIED, 0);
    EXPECT_EQ(run(fork_with_table, words), 0);
    EXPECT_EQ(words->owned & COCO_ROBUST_DIED, 0);
    EXPECT_OK(memory_unmap(words, PAGE));
}

TEST(thread_robust_table, address, RULE("thread_robust_table.4"),
     RULE("thread_robust_table.EINVAL"))
{
    static const uint64_t bad[] = {OUTSIDE_ADDRESS, OUTSIDE_ADDRESS - 8, KERNEL_ADDRESS,
                                   NONCANONICAL_ADDRESS, UINT64_MAX - 7};
    for (uint64_t i = 1; i < 8; i++) {
        EXPECT_ERROR(RAW(COCO_SYS_THREAD_ROBUST_TABLE, (uintptr_t)&table + i), INVAL);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_ERROR(RAW(COCO_SYS_THREAD_ROBUST_TABLE, bad[i]), INVAL);
    }
    EXPECT_OK(coco_thread_robust_table(NULL));
}
