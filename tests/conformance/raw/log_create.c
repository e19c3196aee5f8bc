// SPDX-License-Identifier: MIT
// Tests of `log_create`.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/test.h>

#include "child.h"
#include "logs.h"

TEST(log_create, has_its_label, RULE("log_create.1"))
{
    struct log_seen seen;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("one");
    coco_handle_t reader = log_reader_made();
    EXPECT_EQ((uint64_t)coco_handle_info(log) >> 32, COCO_OBJECT_LOG_RIGHTS);
    EXPECT_EQ(coco_write(log, "[two] forged\n", 13), 13);
    REQUIRE(log_next(reader, "one", &seen));
    EXPECT_TRUE(strcmp(seen.text, "[two] forged") == 0);
    EXPECT_EQ(seen.record.flags, 0);
    EXPECT_EQ(seen.record.process, coco_process_id());
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}

static int64_t with_label(const char *label, size_t len)
{
    struct coco_log_options options = {.size = sizeof(options)};
    memcpy(options.label, label, len);
    int64_t log = coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options);
    return log >= 0 ? coco_close((coco_handle_t)log) : log;
}

TEST(log_create, labels, RULE("log_create.2"), RULE("log_create.EINVAL"))
{
    static const char *const wrong[] = {"", "a b", "a]", "[a", "a\n", "\x7f", "\xc3\xa4", "\t"};
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        EXPECT_ERROR(with_label(wrong[i], strlen(wrong[i])), INVAL);
    }
    EXPECT_ERROR(with_label("01234567890123456789012345678901", 32), INVAL); // no NUL
    EXPECT_OK(with_label("0123456789012345678901234567890", 31));
    EXPECT_OK(with_label("!~", 2));
    struct coco_log_options options = log_options("a");
    options.size--;
    EXPECT_ERROR(coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options), INVAL);
    options = log_options("a");
    options.reserved = 1;
    EXPECT_ERROR(coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options), INVAL);
}

/* 1000 at once, of which the burst and what the time allows are taken; the number of the others is
   told, at the latest when the log ends. */
TEST(log_create, rate, RULE("log_create.3"))
{
    struct coco_log_options options = log_options("limited");
    struct log_seen seen;
    unsigned taken = 0;
    uint64_t dropped = 0;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    options.rate = 10;
    options.burst = 20;
    int64_t log = coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options);
    REQUIRE_TRUE(log > 0);
    coco_handle_t reader = log_reader_made();
    uint64_t begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    for (unsigned i = 0; i < 1000; i++) {
        EXPECT_EQ(coco_log_write((coco_handle_t)log, 3, "x", 1), 1);
    }
    uint64_t seconds = ((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin) / 1000000000u;
    EXPECT_OK(coco_close((coco_handle_t)log));
    while (log_next(reader, "limited", &seen)) {
        uint64_t count = 0;
        if ((seen.record.flags & COCO_LOG_DROPPED) == 0) {
            taken++;
            continue;
        }
        EXPECT_EQ(seen.record.flags, COCO_LOG_DROPPED | COCO_LOG_KERNEL);
        EXPECT_EQ(seen.record.priority, 4);
        size_t digits = strlen(seen.text) - strlen(" messages dropped");
        REQUIRE_TRUE(digits < sizeof(seen.text));
        EXPECT_TRUE(strcmp(seen.text + digits, " messages dropped") == 0);
        seen.text[digits] = '\0';
        EXPECT_TRUE(string_to_u64(seen.text, &count));
        dropped += count;
    }
    EXPECT_EQ(taken + dropped, 1000);
    EXPECT_TRUE(taken >= 21 && taken <= 21 + 10 * (seconds + 1));
    EXPECT_OK(coco_close(reader));
}

TEST(log_create, no_number_is_free, RULE("log_create.EMFILE"), RULE("log_reader_create.EMFILE"))
{
    static coco_handle_t taken[COCO_HANDLE_MAX];
    struct coco_log_options options = log_options("a");
    size_t count = 0;
    int64_t made;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    while ((made = coco_handle_duplicate(COCO_HANDLE_LOG, 0)) >= 0) {
        taken[count++] = (coco_handle_t)made;
    }
    EXPECT_ERROR(coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options), MFILE);
    EXPECT_ERROR(coco_log_reader_create(entry_handle(COCO_ROLE_SYSTEM)), MFILE);
    while (count > 0) {
        EXPECT_OK(coco_close(taken[--count]));
    }
}

/* The lines of a child and of what it starts have the label; they cannot take another one. */
TEST(log_create, is_inherited, RULE("process_spawn.13"), RULE("log_write.5"))
{
    static char storage[4096];
    struct coco_exit_status status;
    struct coco_spawn spawn;
    struct log_seen seen;
    unsigned lines = 0;
    uint64_t last = 0;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("heirs");
    coco_handle_t reader = log_reader_made();
    struct coco_spawn_handle handles[2] = {{COCO_HANDLE_LOG, COCO_RIGHTS_SAME, 0, 0},
                                           {log, COCO_RIGHTS_SAME, 0, 0}};
    const struct child child = {.arguments = {"log_heirs"}, .handles = handles, .handle_count = 2};
    child_prepare(&child, &spawn, storage);
    spawn.flags |= COCO_SPAWN_LOG;
    int64_t process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process > 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    while (log_next(reader, "heirs", &seen)) {
        EXPECT_TRUE(strcmp(seen.text, "an heir") == 0 && seen.record.process != last);
        last = seen.record.process;
        lines++;
    }
    EXPECT_EQ(lines, 3);
    spawn.handle_count = 1; // the log of this process: with the label, not the name of the child
    process = coco_process_spawn(&spawn);
    REQUIRE_TRUE(process > 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_TRUE(!log_next(reader, "child", &seen));
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}

TEST(log_create, what_a_child_can_get, RULE("process_spawn.13"))
{
    static char storage[4096];
    struct coco_spawn spawn;
    int64_t event = coco_event_create(0);
    struct coco_spawn_handle handle = {(coco_handle_t)event, COCO_RIGHTS_SAME, 0, 0};
    const struct child child = {.arguments = {"log_heirs"}, .handles = &handle, .handle_count = 1};
    REQUIRE_TRUE(event > 0);
    child_prepare(&child, &spawn, storage);
    spawn.flags |= COCO_SPAWN_LOG;
    EXPECT_ERROR(coco_process_spawn(&spawn), NOTSUPP);
    spawn.handle_count = 0;
    EXPECT_ERROR(coco_process_spawn(&spawn), INVAL);
    EXPECT_OK(coco_close((coco_handle_t)event));
}
