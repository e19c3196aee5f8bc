// SPDX-License-Identifier: MIT
// Tests of `pipe_create`, and of `read` and `write` on pipes.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"
#include "pipes.h"
#include "scratch.h"

static uint32_t rights_of(coco_handle_t handle)
{
    return (uint32_t)((uint64_t)coco_handle_info(handle) >> 32);
}

TEST(pipe_create, two_ends, RULE("pipe_create.1"))
{
    const uint32_t common = COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT;
    struct pipe_pair pipe;
    coco_handle_t next = scratch_next_handle();
    char text[8];
    REQUIRE(pipe_make(&pipe, 0));
    EXPECT_EQ(pipe.reader, next);
    EXPECT_EQ(pipe.writer, next + 1);
    EXPECT_EQ((uint32_t)coco_handle_info(pipe.reader), COCO_OBJECT_PIPE);
    EXPECT_EQ(rights_of(pipe.reader), common | COCO_RIGHT_READ);
    EXPECT_EQ(rights_of(pipe.writer), common | COCO_RIGHT_WRITE);
    EXPECT_ERROR(coco_read(pipe.writer, text, 1), WRONLY);
    EXPECT_ERROR(coco_write(pipe.reader, text, 1), RDONLY);
    EXPECT_EQ(coco_write(pipe.writer, "abc", 3), 3);
    EXPECT_EQ(coco_read(pipe.reader, text, 8), 3);
    EXPECT_BYTES(text, "abc", 3);
    pipe_close(&pipe);
}

TEST(pipe_create, order_and_room, RULE("pipe_create.2"), RULE("write.4"), RULE("write.EAGAIN"))
{
    static uint8_t written[COCO_PIPE_SIZE + 100];
    static uint8_t got[COCO_PIPE_SIZE + 100];
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, COCO_STATUS_NONBLOCK));
    for (size_t i = 0; i < sizeof(written); i++) {
        written[i] = (uint8_t)(i * 11 + i / 256);
    }
    EXPECT_EQ(coco_write(pipe.writer, written, sizeof(written)), COCO_PIPE_SIZE);
    EXPECT_ERROR(coco_write(pipe.writer, written, 1), AGAIN);
    EXPECT_EQ(coco_read(pipe.reader, got, 100), 100);
    /* A short write waits for all of its room, a long one takes what there is. */
    EXPECT_ERROR(coco_write(pipe.writer, written, 101), AGAIN);
    EXPECT_EQ(coco_write(pipe.writer, written + COCO_PIPE_SIZE, 100), 100);
    EXPECT_EQ(coco_read(pipe.reader, got + 100, sizeof(got)), COCO_PIPE_SIZE);
    EXPECT_BYTES(got, written, sizeof(written));
    EXPECT_ERROR(coco_read(pipe.reader, got, 1), AGAIN);
    pipe_close(&pipe);
}

TEST(pipe_create, nonblocking_ends, RULE("pipe_create.5"), RULE("read.5"), RULE("read.EAGAIN"))
{
    struct pipe_pair pipe;
    char text[4];
    REQUIRE(pipe_make(&pipe, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_file_status_flags(pipe.reader, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_EQ(coco_file_status_flags(pipe.writer, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_ERROR(coco_read(pipe.reader, text, 4), AGAIN);
    EXPECT_EQ(coco_read(pipe.reader, text, 0), 0);
    EXPECT_EQ(coco_write(pipe.writer, "x", 1), 1);
    EXPECT_EQ(coco_read(pipe.reader, text, 4), 1);
    pipe_close(&pipe);
}

TEST(pipe_create, ends_of_the_other_side, RULE("pipe_create.4"), RULE("write.5"),
     RULE("write.EPIPE"))
{
    struct pipe_pair pipe;
    char text[4];
    REQUIRE(pipe_make(&pipe, 0));
    int64_t copy = coco_handle_duplicate(pipe.writer, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(copy > 0);
    EXPECT_EQ(coco_write(pipe.writer, "ab", 2), 2);
    pipe_close_end(&pipe.writer);
    EXPECT_EQ(coco_write((coco_handle_t)copy, "c", 1), 1);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_EQ(coco_read(pipe.reader, text, 4), 3);
    EXPECT_EQ(coco_read(pipe.reader, text, 4), 0);
    EXPECT_EQ(coco_read(pipe.reader, text, 4), 0);
    pipe_close(&pipe);
    REQUIRE(pipe_make(&pipe, 0));
    EXPECT_EQ(coco_write(pipe.writer, "ab", 2), 2);
    pipe_close_end(&pipe.reader);
    EXPECT_ERROR(coco_write(pipe.writer, "c", 1), PIPE);
    EXPECT_EQ(coco_write(pipe.writer, "c", 0), 0);
    pipe_close(&pipe);
}

/* A thread on one end of a pipe. */
struct worker {
    struct thread thread;
    coco_handle_t end;
    uint8_t *bytes;
    size_t len;
    uint8_t mark;
    int64_t result;
};

static void read_all(void *argument)
{
    struct worker *worker = argument;
    size_t total = 0;
    int64_t got;
    while ((got = coco_read(worker->end, worker->bytes + total, worker->len - total)) > 0) {
        total += (size_t)got;
    }
    worker->result = got < 0 ? got : (int64_t)total;
}

static void write_all(void *argument)
{
    struct worker *worker = argument;
    worker->result = coco_write(worker->end, worker->bytes, worker->len);
}

TEST(pipe_create, writer_waits_for_room, RULE("write.1"), RULE("write.4"), RULE("pipe_create.2"))
{
    static uint8_t written[5 * COCO_PIPE_SIZE / 2];
    static uint8_t got[sizeof(written) + 1];
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    for (size_t i = 0; i < sizeof(written); i++) {
        written[i] = (uint8_t)(i * 5 + i / 256);
    }
    struct worker writer = {.end = pipe.writer, .bytes = written, .len = sizeof(written)};
    REQUIRE_OK(thread_start(&writer.thread, write_all, &writer));
    size_t total = 0;
    while (total < sizeof(written)) {
        int64_t part = coco_read(pipe.reader, got + total, sizeof(got) - total);
        if (!EXPECT_TRUE(part > 0)) {
            break;
        }
        total += (size_t)part;
    }
    EXPECT_OK(thread_join(&writer.thread));
    EXPECT_EQ(writer.result, (int64_t)sizeof(written));
    EXPECT_BYTES(got, written, sizeof(written));
    pipe_close(&pipe);
}

/* A reader that waits sees bytes as they come, and the end. */
TEST(pipe_create, reader_waits_for_bytes, RULE("pipe_create.4"), RULE("read.4"))
{
    uint8_t got[16];
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    struct worker reader = {.end = pipe.reader, .bytes = got, .len = sizeof(got)};
    REQUIRE_OK(thread_start(&reader.thread, read_all, &reader));
    for (int i = 0; i < 5; i++) {
        EXPECT_OK(coco_sleep_until(deadline_after(2 * MILLISECONDS)));
        EXPECT_EQ(coco_write(pipe.writer, "xy", 2), 2);
    }
    EXPECT_OK(coco_sleep_until(deadline_after(2 * MILLISECONDS)));
    pipe_close_end(&pipe.writer);
    EXPECT_OK(thread_join(&reader.thread));
    EXPECT_EQ(reader.result, 10);
    pipe_close(&pipe);
}

#define RECORD 2000u
#define RECORDS 60u

static void write_records(void *argument)
{
    struct worker *worker = argument;
    uint8_t record[RECORD];
    memset(record, worker->mark, sizeof(record));
    for (unsigned i = 0; i < RECORDS; i++) {
        worker->result = coco_write(worker->end, record, sizeof(record));
        if (worker->result != RECORD) {
            return;
        }
    }
}

TEST(pipe_create, short_writes_stay_whole, RULE("pipe_create.3"))
{
    struct worker writers[3];
    uint8_t record[RECORD];
    unsigned counts[3] = {0};
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    for (uint8_t i = 0; i < 3; i++) {
        writers[i] = (struct worker){.end = pipe.writer, .mark = i};
        REQUIRE_OK(thread_start(&writers[i].thread, write_records, &writers[i]));
    }
    for (unsigned n = 0; n < 3 * RECORDS; n++) {
        size_t got = 0;
        while (got < RECORD) {
            int64_t part = coco_read(pipe.reader, record + got, RECORD - got);
            REQUIRE_TRUE(part > 0);
            got += (size_t)part;
        }
        REQUIRE_TRUE(record[0] < 3 && bytes_are(record, record[0], RECORD));
        counts[record[0]]++;
    }
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_OK(thread_join(&writers[i].thread));
        EXPECT_EQ(counts[i], RECORDS);
    }
    pipe_close(&pipe);
}

/* A writer that waits learns that the last reader has gone. */
TEST(pipe_create, waiting_writer_is_told, RULE("write.5"))
{
    static uint8_t bytes[2 * COCO_PIPE_SIZE];
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    struct worker writer = {.end = pipe.writer, .bytes = bytes, .len = sizeof(bytes)};
    REQUIRE_OK(thread_start(&writer.thread, write_all, &writer));
    while (coco_file_status_flags(pipe.reader, 0, 0) == 0) {
        struct coco_stat stat;
        EXPECT_OK(coco_file_stat(pipe.reader, &stat));
        if (stat.size == COCO_PIPE_SIZE) {
            break;
        }
    }
    pipe_close_end(&pipe.reader);
    EXPECT_OK(thread_join(&writer.thread));
    EXPECT_EQ(writer.result, COCO_PIPE_SIZE);
    EXPECT_ERROR(coco_write(pipe.writer, bytes, 1), PIPE);
    pipe_close(&pipe);
}

TEST(pipe_create, to_a_child, RULE("pipe_create.6"))
{
    struct pipe_pair pipe;
    struct coco_exit_status status;
    char text[32];
    REQUIRE(pipe_make(&pipe, 0));
    const struct coco_spawn_handle given[] = {
        {.handle = pipe.writer, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9}};
    int64_t process = child_spawn(
        &(struct child){.arguments = {"pipe_greeting"}, .handles = given, .handle_count = 1});
    REQUIRE_TRUE(process > 0);
    pipe_close_end(&pipe.writer);
    EXPECT_EQ(coco_read(pipe.reader, text, 5), 5);
    EXPECT_BYTES(text, "hello", 5);
    EXPECT_EQ(coco_read(pipe.reader, text, 5), 0); /* the child has ended */
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    pipe_close(&pipe);
}

TEST(pipe_create, full_table, RULE("pipe_create.EMFILE"))
{
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_ERROR(coco_pipe_create(0), MFILE);
    /* Room for one end is not enough, and stays free. */
    EXPECT_OK(coco_close(full.last));
    EXPECT_ERROR(coco_pipe_create(0), MFILE);
    EXPECT_EQ(scratch_next_handle(), full.last);
    scratch_close_handles(full.first, full.last - 1);
}

/* Memory that goes bad in the middle of a short write puts nothing into the pipe. */
TEST(pipe_create, bad_memory, RULE("read.fault.buffer"), RULE("pipe_create.3"))
{
    struct pipe_pair pipe;
    uint8_t *edge = memory_edge(1);
    char text[16];
    REQUIRE_TRUE(edge != NULL);
    REQUIRE(pipe_make(&pipe, COCO_STATUS_NONBLOCK));
    EXPECT_ERROR(coco_write(pipe.writer, edge - 10, 20), FAULT);
    EXPECT_ERROR(coco_read(pipe.reader, text, 16), AGAIN);
    EXPECT_EQ(coco_write(pipe.writer, "0123456789", 10), 10);
    EXPECT_ERROR(coco_read(pipe.reader, edge, 4), FAULT);
    EXPECT_EQ(coco_read(pipe.reader, text, 16), 10);
    EXPECT_BYTES(text, "0123456789", 10);
    memory_edge_free(edge, 1);
    pipe_close(&pipe);
}

TEST(pipe_create, has_no_position, RULE("file_seek.3"))
{
    struct pipe_pair pipe;
    char text[4];
    REQUIRE(pipe_make(&pipe, 0));
    EXPECT_ERROR(coco_file_seek(pipe.reader, 0, COCO_SEEK_CURRENT), SPIPE);
    EXPECT_ERROR(coco_file_pread(pipe.reader, text, 4, 0), NOTSUPP);
    EXPECT_ERROR(coco_seek(pipe.reader, 0, 0), NOTSUPP);
    pipe_close(&pipe);
}

TEST(pipe_create, state, RULE("file_stat.1"))
{
    struct coco_stat reader;
    struct coco_stat writer;
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    EXPECT_EQ(coco_write(pipe.writer, "abc", 3), 3);
    EXPECT_OK(coco_file_stat(pipe.reader, &reader));
    EXPECT_OK(coco_file_stat(pipe.writer, &writer));
    EXPECT_EQ(reader.type, COCO_TYPE_PIPE);
    EXPECT_EQ(reader.size, 3);
    EXPECT_TRUE(reader.inode != 0 && reader.inode == writer.inode);
    pipe_close(&pipe);
}
