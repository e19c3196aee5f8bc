// SPDX-License-Identifier: MIT
// Tests of `socket_send` and `socket_receive` with handles.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "events.h"
#include "memory.h"
#include "pipes.h"
#include "scratch.h"
#include "sockets.h"

static uint32_t rights_of(coco_handle_t handle)
{
    return (uint32_t)((uint64_t)coco_handle_info(handle) >> 32);
}

TEST(socket_send, carries_handles, RULE("socket_send.5"), RULE("socket_receive.6"))
{
    struct socket_ends ends;
    struct pipe_pair pipe;
    coco_handle_t got[2];
    uint32_t count = 2;
    uint32_t flags;
    char text[4];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    REQUIRE(pipe_make(&pipe, 0));
    int64_t weak = coco_handle_duplicate(pipe.writer, COCO_RIGHT_WRITE | COCO_RIGHT_TRANSFER);
    REQUIRE_TRUE(weak > 0);
    const coco_handle_t sent[] = {pipe.reader, (coco_handle_t)weak};
    EXPECT_EQ(sockets_send_handles(ends.a, sent, 2), 1);
    EXPECT_OK(coco_close((coco_handle_t)weak));
    pipe_close(&pipe); /* what is on its way keeps the pipe */
    coco_handle_t next = scratch_next_handle();
    EXPECT_EQ(sockets_receive_handles(ends.b, got, &count, &flags), 1);
    REQUIRE_EQ(count, 2);
    EXPECT_EQ(flags, 0);
    EXPECT_EQ(got[0], next);
    EXPECT_EQ(rights_of(got[1]), COCO_RIGHT_WRITE | COCO_RIGHT_TRANSFER);
    EXPECT_EQ(coco_write(got[1], "abc", 3), 3);
    EXPECT_EQ(coco_read(got[0], text, 4), 3);
    EXPECT_OK(coco_close(got[0]));
    EXPECT_OK(coco_close(got[1]));
    sockets_close(&ends);
}

TEST(socket_send, keeps_what_ends_with_its_last_handle, RULE("socket_send.5"),
     RULE("event_create.4"))
{
    struct socket_ends ends;
    coco_handle_t got;
    uint32_t count = 1;
    uint32_t flags;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    coco_handle_t event = event_made(2);
    EXPECT_EQ(sockets_send_handles(ends.a, &event, 1), 1);
    EXPECT_OK(coco_close(event));
    EXPECT_EQ(sockets_receive_handles(ends.b, &got, &count, &flags), 1);
    REQUIRE_EQ(count, 1);
    EXPECT_EQ(coco_event_wait(got, 3, 0, 0), 2);
    EXPECT_EQ(event_poll(got, COCO_EVENT_WRITE), COCO_EVENT_WRITE);
    EXPECT_ERROR(coco_event_wait(got, 3, 0, deadline_after(MILLISECONDS)), TIMEDOUT);
    EXPECT_OK(coco_close(got));
    sockets_close(&ends);
}

TEST(socket_send, refuses_handles, RULE("socket_send.5"), RULE("socket_send.EPERM"),
     RULE("socket_send.ENOTFOUND"), RULE("socket_send.EINVAL"))
{
    struct socket_ends ends;
    char text[4];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    int64_t weak = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHT_WRITE | COCO_RIGHT_DUP);
    REQUIRE_TRUE(weak > 0);
    coco_handle_t sent[] = {COCO_HANDLE_LOG, (coco_handle_t)weak};
    EXPECT_ERROR(sockets_send_handles(ends.a, sent, 2), PERM);
    sent[1] = 4000;
    EXPECT_ERROR(sockets_send_handles(ends.a, sent, 2), NOTFOUND);
    EXPECT_ERROR(
        sockets_send_handles(ends.a, (const coco_handle_t *)(uintptr_t)UNMAPPED_ADDRESS, 1), FAULT);
    const struct coco_message empty = {.handles = (uintptr_t)sent, .handle_count = 1};
    EXPECT_ERROR(coco_socket_send(ends.a, &empty, 0), INVAL);
    EXPECT_ERROR(coco_read(ends.b, text, 4), AGAIN);
    EXPECT_OK(coco_close((coco_handle_t)weak));
    sockets_close(&ends);
}

TEST(socket_receive, too_many_handles, RULE("socket_receive.6"))
{
    static coco_handle_t many[COCO_MESSAGE_HANDLES_MAX];
    struct socket_ends ends;
    coco_handle_t got[4];
    uint32_t count = 1;
    uint32_t flags;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_SEQPACKET, 0));
    for (size_t i = 0; i < COCO_MESSAGE_HANDLES_MAX; i++) {
        many[i] = COCO_HANDLE_LOG;
    }
    EXPECT_EQ(sockets_send_handles(ends.a, many, COCO_MESSAGE_HANDLES_MAX), 1);
    coco_handle_t next = scratch_next_handle();
    EXPECT_EQ(sockets_receive_handles(ends.b, got, &count, &flags), 1);
    EXPECT_EQ(count, 1);
    EXPECT_EQ(flags, COCO_MESSAGE_HANDLES_LOST);
    EXPECT_EQ(got[0], next);
    EXPECT_OK(coco_close(got[0]));
    /* A read has no room for any. */
    EXPECT_EQ(sockets_send_handles(ends.a, many, 3), 1);
    EXPECT_EQ(coco_read(ends.b, got, 4), 1);
    EXPECT_EQ(scratch_next_handle(), next);
    sockets_close(&ends);
}

TEST(socket_receive, table_without_room, RULE("socket_receive.6"))
{
    const coco_handle_t sent[] = {COCO_HANDLE_LOG, COCO_HANDLE_LOG};
    struct socket_ends ends;
    coco_handle_t got[2];
    uint32_t count = 2;
    uint32_t flags;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    EXPECT_EQ(sockets_send_handles(ends.a, sent, 2), 1);
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_OK(coco_close(full.last));
    EXPECT_EQ(sockets_receive_handles(ends.b, got, &count, &flags), 1);
    EXPECT_EQ(count, 1);
    EXPECT_EQ(got[0], full.last);
    EXPECT_EQ(flags, COCO_MESSAGE_HANDLES_LOST);
    scratch_close_handles(full.first, full.last);
    sockets_close(&ends);
}

TEST(socket_receive, handles_bound_a_read, RULE("socket_receive.7"), RULE("socket_receive.5"))
{
    const coco_handle_t sent[] = {COCO_HANDLE_LOG};
    struct socket_ends ends;
    coco_handle_t got[2];
    uint32_t count = 2;
    uint32_t flags;
    char text[8];
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK));
    EXPECT_EQ(coco_write(ends.a, "ab", 2), 2);
    EXPECT_EQ(sockets_send_handles(ends.a, sent, 1), 1);
    EXPECT_EQ(coco_write(ends.a, "cd", 2), 2);
    EXPECT_EQ(sockets_receive(ends.b, text, 8, COCO_SOCKET_RECEIVE_PEEK), 2);
    EXPECT_EQ(sockets_receive_handles(ends.b, got, &count, &flags), 2);
    EXPECT_EQ(count, 0);
    count = 2;
    EXPECT_EQ(sockets_receive_handles(ends.b, got, &count, &flags), 3); /* and what follows */
    EXPECT_EQ(count, 1);
    EXPECT_OK(coco_close(got[0]));
    sockets_close(&ends);
}

TEST(socket_send, sockets_one_deep, RULE("socket_send.6"), RULE("socket_send.ETOOMANYREFS"))
{
    struct socket_ends outer;
    struct socket_ends inner;
    struct socket_ends third;
    coco_handle_t got;
    uint32_t count = 1;
    uint32_t flags;
    REQUIRE(sockets_make(&outer, COCO_SOCKET_STREAM, 0));
    REQUIRE(sockets_make(&inner, COCO_SOCKET_STREAM, 0));
    REQUIRE(sockets_make(&third, COCO_SOCKET_STREAM, 0));
    EXPECT_ERROR(sockets_send_handles(outer.a, &outer.b, 1), TOOMANYREFS);
    EXPECT_EQ(sockets_send_handles(outer.a, &outer.a, 1), 1); /* the sender itself is no ring */
    EXPECT_EQ(sockets_receive_handles(outer.b, &got, &count, &flags), 1);
    EXPECT_OK(coco_close(got));
    /* inner.b is on its way: no sockets may go into it; other handles may. */
    EXPECT_EQ(sockets_send_handles(outer.a, &inner.b, 1), 1);
    EXPECT_ERROR(sockets_send_handles(inner.a, &third.a, 1), TOOMANYREFS);
    EXPECT_ERROR(sockets_send_handles(inner.a, &outer.b, 1), TOOMANYREFS);
    EXPECT_EQ(sockets_send_handles(inner.a, (const coco_handle_t[]){COCO_HANDLE_LOG}, 1), 1);
    /* A socket waits in outer.b: that cannot be sent. */
    EXPECT_ERROR(sockets_send_handles(third.a, &outer.b, 1), TOOMANYREFS);
    EXPECT_EQ(sockets_receive_handles(outer.b, &got, &count, &flags), 1);
    EXPECT_EQ(sockets_send_handles(third.a, &outer.b, 1), 1);
    EXPECT_OK(coco_close(got));
    sockets_close(&outer);
    sockets_close(&inner);
    sockets_close(&third);
}

/* Rings that could be tried: all handles closed, nothing may stay (the runner counts objects). */
TEST(socket_send, rings_leave_nothing, RULE("socket_send.6"), RULE("socket_pair.3"))
{
    struct socket_ends ends[3];
    for (unsigned i = 0; i < 3; i++) {
        REQUIRE(sockets_make(&ends[i], COCO_SOCKET_DATAGRAM, COCO_STATUS_NONBLOCK));
    }
    for (unsigned from = 0; from < 3; from++) {
        for (unsigned what = 0; what < 3; what++) {
            const coco_handle_t both[] = {ends[what].a, ends[what].b};
            (void)sockets_send_handles(ends[from].a, &both[0], 1); /* whatever is allowed */
            (void)sockets_send_handles(ends[from].a, &both[1], 1);
            (void)sockets_send_handles(ends[from].b, both, 2);
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        sockets_close(&ends[i]);
    }
}

/* A process that dies with handles on their way and a full socket leaves nothing. */
TEST(socket_send, child_dies_with_handles, RULE("socket_pair.3"))
{
    struct coco_exit_status status;
    struct socket_ends ends;
    coco_handle_t got;
    uint32_t count = 1;
    uint32_t flags;
    REQUIRE(sockets_make(&ends, COCO_SOCKET_STREAM, 0));
    const struct coco_spawn_handle given[] = {
        {.handle = ends.b, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9}};
    int64_t process = child_spawn(
        &(struct child){.arguments = {"send_handles"}, .handles = given, .handle_count = 1});
    REQUIRE_TRUE(process > 0);
    pipe_close_end(&ends.b);
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    /* What it sent arrives still: the end of a pipe that nobody writes any more. */
    EXPECT_EQ(sockets_receive_handles(ends.a, &got, &count, &flags), 1);
    REQUIRE_EQ(count, 1);
    EXPECT_EQ(coco_read(got, &flags, 4), 0);
    EXPECT_OK(coco_close(got));
    sockets_close(&ends);
}
