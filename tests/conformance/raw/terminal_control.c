// SPDX-License-Identifier: MIT
// Tests of `terminal_control`: controlling terminals. All in copies,
// which can begin sessions.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "sessions.h"
#include "signals.h"
#include "terminals.h"

static struct pseudo first;
static struct pseudo second;

static bool begin(void)
{
    return coco_process_new_session() > 0 && pseudo_open(&first) && pseudo_open(&second);
}

static uint32_t take(void *unused)
{
    struct coco_terminal_info info;
    uint64_t self = (uint64_t)coco_process_id();
    (void)unused;
    FAIL_UNLESS(begin());
    FAIL_UNLESS(coco_file_open("/dev/tty", COCO_FILE_READ, 0) == COCO_ENXIO);
    FAIL_UNLESS(coco_terminal_control(first.terminal, COCO_TERMINAL_RELEASE) == COCO_ENXIO);
    FAIL_UNLESS(coco_terminal_control(first.master, 0) == COCO_EPERM);
    FAIL_UNLESS(coco_terminal_control(first.terminal, 0) == 0);
    FAIL_UNLESS(coco_terminal_control(first.terminal, 0) == 0);
    FAIL_UNLESS(coco_terminal_control(second.terminal, 0) == COCO_EPERM);
    FAIL_UNLESS(coco_terminal_info(first.terminal, &info) == 0 && info.session == self &&
                info.foreground == self);
    int64_t tty = coco_file_open("/dev/tty", COCO_FILE_READ | COCO_FILE_WRITE, 0);
    FAIL_UNLESS(tty > 0 && coco_write((coco_handle_t)tty, "x", 1) == 1);
    char byte;
    FAIL_UNLESS(coco_read(first.master, &byte, 1) == 1 && byte == 'x');
    (void)signals_set(COCO_SIGNAL_HANGUP, COCO_SIGNAL_IGNORE);
    FAIL_UNLESS(coco_terminal_control(first.terminal, COCO_TERMINAL_RELEASE) == 0);
    FAIL_UNLESS(coco_read((coco_handle_t)tty, &byte, 1) == 0);
    FAIL_UNLESS(coco_write(first.terminal, "x", 1) == COCO_EIO);
    FAIL_UNLESS(coco_terminal_control(second.terminal, 0) == 0);
    return 10;
}

TEST(terminal_control, takes_and_releases, RULE("terminal_control.1"), RULE("terminal_control.2"),
     RULE("terminal_control.EPERM"), RULE("terminal_control.ENXIO"), RULE("file_open_at.5"))
{
    EXPECT_EQ(fork_run(take, NULL), 10);
}

static uint32_t open_takes(void *unused)
{
    struct coco_terminal_info info;
    (void)unused;
    FAIL_UNLESS(begin());
    FAIL_UNLESS(coco_terminal_info(first.terminal, &info) == 0 && info.session == 0);
    int64_t again = pseudo_open_again(first.master, 0);
    FAIL_UNLESS(again > 0 && coco_terminal_info(first.terminal, &info) == 0);
    FAIL_UNLESS(info.session == (uint64_t)coco_process_id());
    again = pseudo_open_again(second.master, 0); /* it has one */
    FAIL_UNLESS(again > 0 && coco_terminal_info(second.terminal, &info) == 0 && info.session == 0);
    return 10;
}

TEST(terminal_control, opening_takes, RULE("file_open_at.7"))
{
    EXPECT_EQ(fork_run(open_takes, NULL), 10);
}

static uint32_t not_the_leader(void *unused)
{
    (void)unused;
    FAIL_UNLESS(coco_terminal_control(second.terminal, 0) == COCO_EPERM);
    FAIL_UNLESS(coco_terminal_control(first.terminal, COCO_TERMINAL_RELEASE) == COCO_EPERM);
    FAIL_UNLESS(coco_process_new_session() > 0);
    FAIL_UNLESS(coco_terminal_control(first.terminal, 0) == COCO_EPERM); /* another session's */
    FAIL_UNLESS(coco_terminal_set_foreground(first.terminal, (uint64_t)coco_process_id()) ==
                COCO_ENXIO);
    FAIL_UNLESS(coco_terminal_set_foreground(first.terminal, 0) == COCO_EINVAL);
    return 10;
}

static uint32_t lead_others(void *unused)
{
    (void)unused;
    FAIL_UNLESS(begin() && coco_terminal_control(first.terminal, 0) == 0);
    return session_wait(fork_listed(not_the_leader, NULL));
}

TEST(terminal_control, leaders_only, RULE("terminal_control.EPERM"),
     RULE("terminal_set_foreground.EINVAL"), RULE("terminal_set_foreground.ENXIO"))
{
    EXPECT_EQ(fork_run(lead_others, NULL), 10);
}

static uint32_t lead_and_end(void *unused)
{
    (void)unused;
    FAIL_UNLESS(coco_process_new_session() > 0 && coco_terminal_control(first.terminal, 0) == 0);
    uint64_t id = session_start_group();
    FAIL_UNLESS(coco_terminal_set_foreground(first.terminal, id) == 0);
    FAIL_UNLESS(coco_write(first.terminal, "e", 1) == 1);
    return 10;
}

TEST(terminal_control, the_leader_ends, RULE("terminal_control.3"))
{
    struct coco_terminal_info info;
    char byte;
    REQUIRE(pseudo_open(&first));
    /* As a child it has ended when the terminal knows; by a handle, that is seen before. */
    EXPECT_EQ(session_wait(fork_listed(lead_and_end, NULL)), 10);
    EXPECT_OK(coco_terminal_info(first.terminal, &info));
    EXPECT_EQ(info.session, 0);
    EXPECT_EQ(coco_read(first.terminal, &byte, 1), 0);
    EXPECT_ERROR(coco_write(first.terminal, "x", 1), IO);
    pseudo_expect(first.master, "e"); /* what was written stays */
    EXPECT_ERROR(coco_read(first.master, &byte, 1), IO);
    int64_t again = pseudo_open_again(first.master, COCO_FILE_NO_CONTROL);
    EXPECT_TRUE(again > 0);
    EXPECT_EQ(coco_write((coco_handle_t)again, "f", 1), 1);
    pseudo_expect(first.master, "f");
    EXPECT_OK(coco_close((coco_handle_t)again));
    pseudo_close(&first);
}

static uint32_t lead_on(void *unused)
{
    (void)unused;
    FAIL_UNLESS(coco_close(first.master) == 0);
    FAIL_UNLESS(coco_process_new_session() > 0 && coco_terminal_control(first.terminal, 0) == 0);
    FAIL_UNLESS(coco_write(first.terminal, "r", 1) == 1);
    for (;;) {
        (void)coco_sleep_until(deadline_after(SECONDS));
    }
}

TEST(terminal_control, the_master_goes, RULE("terminal_control.3"))
{
    char byte;
    REQUIRE(pseudo_open(&first));
    uint64_t id = fork_listed(lead_on, NULL);
    EXPECT_EQ(coco_read(first.master, &byte, 1), 1);
    EXPECT_OK(coco_close(first.master));
    first.master = COCO_HANDLE_NONE;
    EXPECT_EQ(session_wait(id), 1000 + COCO_SIGNAL_HANGUP);
    pseudo_close(&first);
}

TEST(terminal_control, spawn_gives_one, RULE("process_spawn.14"))
{
    struct pseudo pseudo;
    REQUIRE(pseudo_open(&pseudo));
    const struct coco_spawn_handle handles[] = {{pseudo.terminal, COCO_RIGHTS_SAME, 0, 0}};
    struct coco_terminal_info info;
    struct coco_exit_status status;
    struct coco_spawn spawn;
    static char storage[4096];
    const struct child child = {.arguments = {"wait"}, .handles = handles, .handle_count = 1};
    child_prepare(&child, &spawn, storage);
    spawn.flags = COCO_SPAWN_TERMINAL;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    spawn.flags |= COCO_SPAWN_SESSION;
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process > 0);
    EXPECT_OK(coco_terminal_info(pseudo.terminal, &info));
    EXPECT_EQ(info.session, coco_process_handle_id((coco_handle_t)process));
    EXPECT_EQ(info.foreground, info.session);
    pseudo_type(&pseudo, "\003");
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    EXPECT_EQ(status.code, COCO_SIGNAL_INTERRUPT);
    pseudo_close(&pseudo);
}
