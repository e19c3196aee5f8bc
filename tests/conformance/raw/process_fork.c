// SPDX-License-Identifier: MIT
// Tests of `process_fork`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "scratch.h"
#include "signals.h"
#include "timers.h"

#define PAGES 300u

static volatile uint32_t variable = 5;

static uint32_t change_memory(void *argument)
{
    uint8_t *pages = argument;

    for (uint32_t i = 0; i < PAGES; i++) {
        if (pages[i * PAGE] != (uint8_t)(i + 1)) {
            return 1;
        }
    }
    if (variable != 5) {
        return 2;
    }
    variable = 6;
    memset(pages, 0xee, PAGES * PAGE);
    return variable == 6 && pages[7 * PAGE] == 0xee ? 10 : 3;
}

TEST(process_fork, memory_is_copied, RULE("process_fork.1"), RULE("process_fork.3"))
{
    uint8_t *pages = memory_pages(PAGES);
    REQUIRE_TRUE(pages != NULL);
    for (uint32_t i = 0; i < PAGES; i++) {
        pages[i * PAGE] = (uint8_t)(i + 1);
    }
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ(fork_run(change_memory, pages), 10);
        EXPECT_EQ(variable, 5);
        EXPECT_EQ(pages[7 * PAGE], 8);
        EXPECT_EQ(pages[7 * PAGE + 1], 0);
    }
    EXPECT_OK(memory_unmap(pages, PAGES * PAGE));
}

#define SPARSE_LEN (24ull << 20) /* a dozen page tables */

/* Pages at the ends of page tables, in their middles, and alone. */
static bool is_touched(uint64_t page)
{
    return page % 509 == 0 || page % 512 == 511 || (page >= 1020 && page < 1030);
}

static uint32_t look_at_sparse(void *argument)
{
    uint8_t *memory = argument;

    for (uint64_t page = 0; page < SPARSE_LEN / PAGE; page++) {
        if (is_touched(page) && memory[page * PAGE + 5] != (uint8_t)(page + 1)) {
            return 1;
        }
        if (is_touched(page)) {
            memory[page * PAGE + 5] = 0;
        } else if ((page == 1019 || page == 1030 || page == 1500) && memory[page * PAGE] != 0) {
            return 2;
        }
    }
    return 0;
}

TEST(process_fork, scattered_pages_are_copied, RULE("process_fork.1"))
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, SPARSE_LEN, READ_WRITE | ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    uint8_t *memory = (uint8_t *)address;
    for (uint64_t page = 0; page < SPARSE_LEN / PAGE; page++) {
        if (is_touched(page)) {
            memory[page * PAGE + 5] = (uint8_t)(page + 1);
        }
    }
    EXPECT_OK(memory_protect(memory + 509 * PAGE, PAGE, COCO_MMAP_READ)); /* three ranges */
    EXPECT_OK(memory_protect(memory + 509 * PAGE, PAGE, READ_WRITE));
    for (int round = 0; round < 2; round++) {
        EXPECT_EQ(fork_run(look_at_sparse, memory), 0);
    }
    EXPECT_OK(memory_unmap(memory, SPARSE_LEN));
}

static uint32_t look_later(void *argument)
{
    const volatile uint32_t *shared = argument;

    while (shared[0] == 0) {
        (void)coco_futex_wait((void *)(uintptr_t)shared, 0, COCO_FOREVER);
    }
    return variable; /* as it was when the copy was made */
}

TEST(process_fork, stores_of_the_parent_are_not_seen, RULE("process_fork.1"), RULE("futex_wait.5"))
{
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    uint32_t *shared = (uint32_t *)address;
    int64_t process = fork_child(look_later, shared);
    REQUIRE_TRUE(process >= 0);
    variable = 77;
    __atomic_store_n(shared, 1, __ATOMIC_RELEASE);
    EXPECT_TRUE(coco_futex_wake(shared, 1) >= 0);
    struct coco_exit_status status;
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 5);
    variable = 5;
    EXPECT_OK(memory_unmap(shared, PAGE));
}

static uint32_t store_shared(void *argument)
{
    uint8_t **views = argument;

    memset(views[0], 1, PAGE);
    memset(views[1], 2, PAGE);
    memset(views[2], 3, PAGE);
    return 0;
}

TEST(process_fork, shared_memory_stays_shared, RULE("process_fork.1"), RULE("mmap.1"),
     RULE("mmap.10"))
{
    int64_t file = scratch_create(SCRATCH "/forked", "file", 4);
    REQUIRE_TRUE(file >= 0);
    int64_t views[3] = {
        memory_map(COCO_HANDLE_NONE, 0, 0, PAGE, READ_WRITE | COCO_MMAP_ANONYMOUS),
        memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE),
        memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE),
    };
    REQUIRE_TRUE(views[0] > 0 && views[1] > 0 && views[2] > 0);
    EXPECT_EQ(fork_run(store_shared, views), 0);
    EXPECT_TRUE(bytes_are((const void *)views[0], 1, PAGE));
    EXPECT_TRUE(bytes_are((const void *)views[1], 2, 4));
    EXPECT_TRUE(bytes_are((const void *)views[2], 2, 4)); /* never stored to here */
    scratch_expect(SCRATCH "/forked", "\2\2\2\2", 4);
    for (int i = 0; i < 3; i++) {
        EXPECT_OK(memory_unmap((const void *)views[i], PAGE));
    }
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/forked"));
}

/* Wakes the parent, which waits at another address of the same file page. */
static uint32_t wake_elsewhere(void *argument)
{
    int64_t address = memory_map(*(int64_t *)argument > 0 ? (uint64_t)*(int64_t *)argument : 0, 0,
                                 0, PAGE, READ_WRITE);
    if (address <= 0) {
        return 1;
    }
    uint32_t *words = (uint32_t *)address;
    __atomic_store_n(&words[0], 9, __ATOMIC_RELEASE);
    int64_t woken;
    do {
        (void)coco_sleep_until((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + 1000000);
        woken = coco_futex_wake(&words[1], 1);
    } while (woken == 0);
    return woken == 1 ? 0 : 2;
}

TEST(process_fork, processes_meet_at_a_word, RULE("futex_wait.5"))
{
    int64_t file = scratch_create(SCRATCH "/forked", "\0\0\0\0\0\0\0\0", 8);
    REQUIRE_TRUE(file > 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE);
    REQUIRE_TRUE(address > 0);
    uint32_t *words = (uint32_t *)address;
    int64_t process = fork_child(wake_elsewhere, &file);
    REQUIRE_TRUE(process >= 0);
    EXPECT_OK(coco_futex_wait(&words[1], 0, COCO_FOREVER));
    EXPECT_EQ(words[0], 9);
    struct coco_exit_status status;
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/forked"));
}

struct handles {
    coco_handle_t file;
    coco_handle_t poor;
    coco_handle_t next; /* the number that the parent's handle to the copy will have */
};

static uint32_t look_at_handles(void *argument)
{
    const struct handles *handles = argument;
    char text[4];
    int64_t info = coco_handle_info(handles->poor);

    if (coco_read(handles->file, text, 4) != 4 || memcmp(text, "hand", 4) != 0) {
        return 1;
    }
    if (info < 0 || (uint32_t)((uint64_t)info >> 32) != COCO_RIGHT_READ) {
        return 2;
    }
    if (coco_handle_info(handles->next) != COCO_ENOTFOUND) {
        return 3;
    }
    (void)coco_close(handles->file);
    return 10;
}

TEST(process_fork, handles_are_copied, RULE("process_fork.2"), RULE("process_fork.4"))
{
    int64_t file = scratch_create(SCRATCH "/forked", "handles", 7);
    REQUIRE_TRUE(file >= 0);
    int64_t poor = coco_handle_duplicate((coco_handle_t)file, COCO_RIGHT_READ);
    REQUIRE_TRUE(poor >= 0);
    struct handles handles = {(coco_handle_t)file, (coco_handle_t)poor, scratch_next_handle()};
    EXPECT_EQ(fork_run(look_at_handles, &handles), 10);
    char text[4] = {0};
    EXPECT_EQ(coco_read((coco_handle_t)file, text, 3), 3); /* one position */
    EXPECT_BYTES(text, "les", 3);
    EXPECT_OK(coco_close((coco_handle_t)poor));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/forked"));
}

static uint32_t end_at_once(void *unused)
{
    (void)unused;
    return 3;
}

TEST(process_fork, result_is_a_full_handle, RULE("process_fork.4"))
{
    int64_t process = fork_child(end_at_once, NULL);
    REQUIRE_TRUE(process >= 0);
    int64_t info = coco_handle_info((coco_handle_t)process);
    EXPECT_EQ((uint64_t)info & UINT32_MAX, COCO_OBJECT_PROCESS);
    EXPECT_EQ((uint64_t)info >> 32, COCO_OBJECT_PROCESS_RIGHTS);
    struct coco_exit_status status;
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 3);
}

TEST(process_fork, addresses_must_be_user, RULE("process_fork.5"), RULE("process_fork.EINVAL"))
{
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_FORK, OUTSIDE_ADDRESS, 0x1000, 0, 0), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_FORK, 0x1000, OUTSIDE_ADDRESS + 1, 0, 0), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_FORK, 0x1000, 0x1000, 0, KERNEL_ADDRESS), INVAL);
}

TEST(process_fork, needs_a_handle, RULE("process_fork.EMFILE"))
{
    static coco_handle_t spare[COCO_HANDLE_MAX];
    int64_t file = scratch_create(SCRATCH "/forked", NULL, 0);
    size_t count = 0;
    REQUIRE_TRUE(file >= 0);
    for (int64_t copy; count < COCO_HANDLE_MAX; count++) {
        copy = coco_handle_duplicate((coco_handle_t)file, COCO_RIGHTS_SAME);
        if (copy < 0) {
            EXPECT_EQ(copy, COCO_EMFILE);
            break;
        }
        spare[count] = (coco_handle_t)copy;
    }
    EXPECT_EQ(fork_child(end_at_once, NULL), COCO_EMFILE);
    while (count > 0) {
        EXPECT_OK(coco_close(spare[--count]));
    }
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/forked"));
}

/* More than half of memory cannot be promised twice, touched or not. */
TEST(process_fork, memory_is_promised, RULE("process_fork.ENOMEM"))
{
    uint64_t len = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT) / 100 * 60 / PAGE * PAGE;
    int64_t address = memory_map(COCO_HANDLE_NONE, 0, 0, len, READ_WRITE | ANONYMOUS);
    REQUIRE_TRUE(address > 0);
    EXPECT_EQ(fork_child(end_at_once, NULL), COCO_ENOMEM);
    EXPECT_OK(memory_unmap((const void *)address, len));
    EXPECT_EQ(fork_run(end_at_once, NULL), 3);
}

/* Caught in the copy as in the original; what is pending here is not pending there. */
static uint32_t look_at_signals(void *argument)
{
    uint64_t parent = *(const uint64_t *)argument;
    uint64_t blocked = (uint64_t)coco_signal_mask(COCO_SIGNAL_BLOCK, 0);

    if (blocked != SIGNAL_BIT(SIGNAL_OTHER)) {
        return 1;
    }
    if (coco_signal_pending() != 0) {
        return 2;
    }
    if (signals_raise(SIGNAL_ONE) != 0 || signals_caught.count != 1) {
        return 3;
    }
    return coco_signal_send_id(parent, 0, 0, 0) == 0 ? 10 : 4;
}

TEST(process_fork, signals_are_handled_as_before, RULE("process_fork.6"))
{
    uint64_t self = (uint64_t)coco_process_id();
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    EXPECT_TRUE(coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_OTHER)) >= 0);
    EXPECT_OK(signals_catch(SIGNAL_OTHER, 0, 0));
    EXPECT_OK(signals_raise(SIGNAL_OTHER));
    EXPECT_EQ(fork_run(look_at_signals, &self), 10);
    EXPECT_EQ(coco_signal_pending(), SIGNAL_BIT(SIGNAL_OTHER));
    EXPECT_EQ(signals_caught.count, 0);
    signals_reset();
}

/* Timers stay where they are. */
static uint32_t look_at_timers(void *argument)
{
    coco_handle_t timer = *(const coco_handle_t *)argument;
    struct coco_timer_state state;

    if (coco_timer_get(timer, 0, &state) != COCO_ENOTFOUND) {
        return 1;
    }
    if (coco_interval_timer(COCO_INTERVAL_REAL, NULL, &state) != 0 || state.remaining != 0) {
        return 2;
    }
    return 10;
}

TEST(process_fork, timers_are_left_out, RULE("process_fork.9"))
{
    const struct coco_timer_setting setting = {.value = 100 * SECONDS};
    const struct coco_timer_setting none = {0};
    int64_t made = timers_make(COCO_CLOCK_MONOTONIC, COCO_TIMER_NOTHING, 0, 0);
    REQUIRE_TRUE(made > 0);
    coco_handle_t timer = (coco_handle_t)made;
    EXPECT_OK(coco_interval_timer(COCO_INTERVAL_REAL, &setting, NULL));
    EXPECT_OK(coco_timer_set(timer, 0, &setting, NULL));
    EXPECT_EQ(fork_run(look_at_timers, &timer), 10);
    EXPECT_TRUE(timers_get(timer, 0).remaining > 0);
    EXPECT_OK(coco_interval_timer(COCO_INTERVAL_REAL, &none, NULL));
    EXPECT_OK(coco_close(timer));
}
