// SPDX-License-Identifier: MIT
// Tests of `object_poll`.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"
#include "pipes.h"
#include "scratch.h"

#define READ_WRITE_EVENTS (COCO_EVENT_READ | COCO_EVENT_WRITE)

static int64_t poll_one(coco_handle_t handle, uint32_t wanted, uint64_t deadline,
                        uint32_t *returned)
{
    struct coco_poll entry = {.handle = handle, .wanted = wanted, .returned = 0x5555};
    int64_t result = coco_object_poll(&entry, 1, deadline);
    *returned = entry.returned;
    return result;
}

static void expect_events(coco_handle_t handle, uint32_t wanted, uint32_t expected)
{
    uint32_t returned;
    EXPECT_EQ(poll_one(handle, wanted, 0, &returned), expected != 0);
    EXPECT_EQ(returned, expected);
}

TEST(object_poll, pipe_ends, RULE("object_poll.1"), RULE("object_poll.5"))
{
    static uint8_t bytes[COCO_PIPE_SIZE];
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, COCO_STATUS_NONBLOCK));
    expect_events(pipe.reader, COCO_EVENT_READ, 0);
    expect_events(pipe.writer, COCO_EVENT_WRITE, COCO_EVENT_WRITE);
    EXPECT_EQ(coco_write(pipe.writer, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    expect_events(pipe.reader, COCO_EVENT_READ, COCO_EVENT_READ);
    expect_events(pipe.reader, 0, 0);
    expect_events(pipe.writer, COCO_EVENT_WRITE, 0);
    pipe_close_end(&pipe.writer);
    expect_events(pipe.reader, COCO_EVENT_READ, COCO_EVENT_READ | COCO_EVENT_HANGUP);
    EXPECT_EQ(coco_read(pipe.reader, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    expect_events(pipe.reader, 0, COCO_EVENT_HANGUP);
    pipe_close(&pipe);
    REQUIRE(pipe_make(&pipe, 0));
    pipe_close_end(&pipe.reader);
    expect_events(pipe.writer, 0, COCO_EVENT_ERROR);
    pipe_close(&pipe);
}

TEST(object_poll, several, RULE("object_poll.1"))
{
    struct pipe_pair pipes[12];
    struct coco_poll entries[12];
    for (size_t i = 0; i < 12; i++) {
        REQUIRE(pipe_make(&pipes[i], 0));
        entries[i] = (struct coco_poll){.handle = pipes[i].reader, .wanted = COCO_EVENT_READ};
    }
    EXPECT_EQ(coco_object_poll(entries, 12, 0), 0);
    EXPECT_EQ(coco_write(pipes[3].writer, "x", 1), 1);
    EXPECT_EQ(coco_write(pipes[11].writer, "x", 1), 1);
    EXPECT_EQ(coco_object_poll(entries, 12, COCO_FOREVER), 2);
    for (size_t i = 0; i < 12; i++) {
        EXPECT_EQ(entries[i].returned, i == 3 || i == 11 ? COCO_EVENT_READ : 0);
        pipe_close(&pipes[i]);
    }
}

TEST(object_poll, deadline_passes, RULE("object_poll.2"))
{
    struct pipe_pair pipe;
    uint32_t returned;
    REQUIRE(pipe_make(&pipe, 0));
    uint64_t deadline = deadline_after(15 * MILLISECONDS);
    EXPECT_EQ(poll_one(pipe.reader, COCO_EVENT_READ, deadline, &returned), 0);
    EXPECT_EQ(returned, 0);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    EXPECT_EQ(coco_object_poll(NULL, 0, deadline_after(MILLISECONDS)), 0);
    EXPECT_EQ(coco_object_poll(NULL, 0, 0), 0);
    pipe_close(&pipe);
}

TEST(object_poll, always_ready, RULE("object_poll.3"), RULE("object_poll.6"))
{
    int64_t file = scratch_create("/raw/data", "x", 1);
    int64_t dir = coco_opendir("/");
    REQUIRE_TRUE(file > 0 && dir > 0);
    expect_events((coco_handle_t)file, READ_WRITE_EVENTS, READ_WRITE_EVENTS);
    expect_events((coco_handle_t)file, COCO_EVENT_READ, COCO_EVENT_READ);
    expect_events((coco_handle_t)dir, READ_WRITE_EVENTS, READ_WRITE_EVENTS);
    expect_events(COCO_HANDLE_LOG, READ_WRITE_EVENTS | COCO_EVENT_ENDED, READ_WRITE_EVENTS);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/data"));
}

static void wait_for_word(void *word)
{
    while (__atomic_load_n((uint32_t *)word, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(word, 0, COCO_FOREVER);
    }
}

TEST(object_poll, ends_of_processes_and_threads, RULE("object_poll.4"))
{
    static uint32_t word;
    struct thread thread;
    struct coco_exit_status status;
    uint32_t returned;
    word = 0;
    REQUIRE_OK(thread_start(&thread, wait_for_word, &word));
    expect_events(thread.handle, COCO_EVENT_ENDED, 0);
    __atomic_store_n(&word, 1, __ATOMIC_RELEASE);
    EXPECT_TRUE(coco_futex_wake(&word, 1) >= 0);
    EXPECT_EQ(poll_one(thread.handle, COCO_EVENT_ENDED, COCO_FOREVER, &returned), 1);
    EXPECT_EQ(returned, COCO_EVENT_ENDED);
    expect_events(thread.handle, READ_WRITE_EVENTS, 0);
    EXPECT_OK(thread_join(&thread));
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20"}});
    REQUIRE_TRUE(process > 0);
    EXPECT_EQ(
        poll_one((coco_handle_t)process, COCO_EVENT_ENDED, deadline_after(60 * SECONDS), &returned),
        1);
    EXPECT_EQ(returned, COCO_EVENT_ENDED);
    EXPECT_OK(coco_process_wait((coco_handle_t)process, 0, &status));
    EXPECT_OK(coco_close((coco_handle_t)process));
}

TEST(object_poll, rights_hide_events, RULE("object_poll.6"))
{
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    EXPECT_EQ(coco_write(pipe.writer, "x", 1), 1);
    expect_events(pipe.writer, READ_WRITE_EVENTS, COCO_EVENT_WRITE);
    int64_t bare = coco_handle_duplicate(pipe.reader, COCO_RIGHT_DUP);
    REQUIRE_TRUE(bare > 0);
    expect_events((coco_handle_t)bare, READ_WRITE_EVENTS, 0);
    EXPECT_OK(coco_close((coco_handle_t)bare));
    pipe_close(&pipe);
}

TEST(object_poll, bad_numbers, RULE("object_poll.7"))
{
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    struct coco_poll entries[] = {
        {.handle = COCO_HANDLE_NONE, .wanted = COCO_EVENT_READ, .returned = 7},
        {.handle = 4000, .wanted = COCO_EVENT_READ},
        {.handle = pipe.reader, .wanted = COCO_EVENT_READ, .returned = 7},
    };
    EXPECT_EQ(coco_object_poll(entries, 3, COCO_FOREVER), 1);
    EXPECT_EQ(entries[0].returned, 0);
    EXPECT_EQ(entries[1].returned, COCO_EVENT_INVALID);
    EXPECT_EQ(entries[2].returned, 0);
    pipe_close(&pipe);
}

TEST(object_poll, bad_entries, RULE("object_poll.9"), RULE("object_poll.EINVAL"),
     RULE("object_poll.fault.objects"))
{
    struct coco_poll entry = {.handle = COCO_HANDLE_LOG, .wanted = COCO_EVENT_HANGUP};
    EXPECT_ERROR(coco_object_poll(&entry, 1, 0), INVAL);
    entry = (struct coco_poll){.handle = COCO_HANDLE_LOG, .reserved = 1};
    EXPECT_ERROR(coco_object_poll(&entry, 1, 0), INVAL);
    EXPECT_ERROR(coco_object_poll(&entry, COCO_POLL_MAX + 1, 0), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_OBJECT_POLL, UNMAPPED_ADDRESS, 1, 0), FAULT);
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    memset(edge - sizeof(entry), 0, sizeof(entry));
    EXPECT_ERROR(RAW(COCO_SYS_OBJECT_POLL, edge - sizeof(entry), 2, 0), FAULT);
    memory_edge_free(edge, 1);
}

/* Two threads play ping-pong over two pipes; each waits by polling before it reads, so that a
   missed wake-up would stop the game until the deadline. */
#define ROUNDS 400

struct player {
    struct thread thread;
    struct coco_poll entries[2];
    coco_handle_t out;
    int rounds;
};

static void play(void *argument)
{
    struct player *player = argument;
    char ball;
    for (player->rounds = 0; player->rounds < ROUNDS; player->rounds++) {
        uint64_t deadline = deadline_after(60 * SECONDS);
        if (coco_object_poll(player->entries, 2, deadline) != 1 ||
            player->entries[1].returned != COCO_EVENT_READ ||
            coco_read(player->entries[1].handle, &ball, 1) != 1 ||
            coco_write(player->out, &ball, 1) != 1) {
            return;
        }
    }
}

TEST(object_poll, misses_nothing, RULE("object_poll.8"))
{
    struct pipe_pair to_a, to_b, quiet;
    REQUIRE(pipe_make(&to_a, 0) && pipe_make(&to_b, 0) && pipe_make(&quiet, 0));
    struct player a = {.out = to_b.writer}, b = {.out = to_a.writer};
    a.entries[0] = b.entries[0] =
        (struct coco_poll){.handle = quiet.reader, .wanted = COCO_EVENT_READ};
    a.entries[1] = (struct coco_poll){.handle = to_a.reader, .wanted = COCO_EVENT_READ};
    b.entries[1] = (struct coco_poll){.handle = to_b.reader, .wanted = COCO_EVENT_READ};
    REQUIRE_OK(thread_start(&a.thread, play, &a));
    REQUIRE_OK(thread_start(&b.thread, play, &b));
    EXPECT_EQ(coco_write(to_a.writer, "o", 1), 1);
    EXPECT_OK(thread_join(&a.thread));
    EXPECT_OK(thread_join(&b.thread));
    EXPECT_EQ(a.rounds, ROUNDS);
    EXPECT_EQ(b.rounds, ROUNDS);
    pipe_close(&to_a);
    pipe_close(&to_b);
    pipe_close(&quiet);
}
