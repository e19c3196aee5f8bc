// SPDX-License-Identifier: MIT
// Tests of `mmap` on files: what is shared, what is private, and where the file ends.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "pipes.h"
#include "scratch.h"

/* A scratch file of two and a half pages: page n holds bytes n + 1. A handle, or an error. */
static int64_t numbered_file(void)
{
    static uint8_t content[2 * PAGE + PAGE / 2];

    for (size_t i = 0; i < sizeof(content); i++) {
        content[i] = (uint8_t)(i / PAGE + 1);
    }
    return scratch_create(SCRATCH "/mapped", content, sizeof(content));
}

static void numbered_file_end(int64_t file, const void *mapped, uint64_t len)
{
    EXPECT_OK(memory_unmap(mapped, len));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
}

TEST(mmap, private_stores_stay_private, RULE("mmap.2"), RULE("mmap.11"))
{
    int64_t file = scratch_create(SCRATCH "/mapped", "before", 6);
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    EXPECT_BYTES(mapped, "before", 6);
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, "BEFORE", 6, 0), 6);
    EXPECT_BYTES(mapped, "BEFORE", 6);
    memcpy(mapped, "memory", 6);
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, "AFTER!", 6, 0), 6);
    EXPECT_BYTES(mapped, "memory", 6);
    EXPECT_OK(coco_close((coco_handle_t)file));
    scratch_expect(SCRATCH "/mapped", "AFTER!", 6);
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
    EXPECT_BYTES(mapped, "memory", 6);
    EXPECT_OK(memory_unmap(mapped, PAGE));
}

/* A store without a read before it, and one by the kernel. */
TEST(mmap, private_first_access_is_a_store, RULE("mmap.11"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    mapped[0] = 77;
    EXPECT_OK(coco_random(mapped + PAGE, 8));
    EXPECT_EQ(mapped[1], 1);
    EXPECT_EQ(mapped[PAGE + 8], 2);
    uint8_t back[PAGE];
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, back, PAGE, 0), PAGE);
    EXPECT_TRUE(bytes_are(back, 1, PAGE));
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, back, PAGE, PAGE), PAGE);
    EXPECT_TRUE(bytes_are(back, 2, PAGE));
    numbered_file_end(file, mapped, 3 * PAGE);
}

TEST(mmap, shared_stores_reach_the_file, RULE("mmap.2"), RULE("mmap.10"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t first = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE);
    int64_t second = memory_map((uint64_t)file, 0, PAGE, 2 * PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(first > 0 && second > 0);
    uint8_t *mapped = (uint8_t *)first;
    const uint8_t *other = (const uint8_t *)second;
    uint8_t back[8];
    memcpy(mapped + PAGE, "stored", 6);
    EXPECT_BYTES(other, "stored", 6);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, back, 6, PAGE), 6);
    EXPECT_BYTES(back, "stored", 6);
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, "written", 7, 2 * PAGE), 7);
    EXPECT_BYTES(mapped + 2 * PAGE, "written", 7);
    EXPECT_BYTES(other + PAGE, "written", 7);
    EXPECT_OK(memory_unmap(other, 2 * PAGE));
    numbered_file_end(file, mapped, 3 * PAGE);
}

/* The kernel copies between a mapping and the file behind it without waiting for itself. */
TEST(mmap, file_is_written_from_its_own_mapping, RULE("mmap.10"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, mapped, PAGE, PAGE), PAGE);
    EXPECT_TRUE(bytes_are(mapped + PAGE, 1, PAGE));
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, mapped, PAGE, 8 * PAGE), PAGE);
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, mapped, PAGE, 2 * PAGE), PAGE);
    EXPECT_TRUE(bytes_are(mapped, 3, PAGE / 2) && bytes_are(mapped + PAGE / 2, 0, PAGE / 2));
    numbered_file_end(file, mapped, 3 * PAGE);
}

TEST(mmap, shared_needs_the_right_to_write, RULE("mmap.10"), RULE("mmap.ERDONLY"),
     RULE("mem_protect.4"), RULE("mem_protect.EPERM"))
{
    EXPECT_OK(scratch_file(SCRATCH "/mapped", "text", 4));
    int64_t file = coco_file_open(SCRATCH "/mapped", COCO_FILE_READ, 0);
    REQUIRE_TRUE(file >= 0);
    EXPECT_ERROR(memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE), RDONLY);
    int64_t address = memory_map((uint64_t)file, 0, 0, PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(address > 0);
    EXPECT_ERROR(memory_protect((const void *)address, PAGE, READ_WRITE), PERM);
    EXPECT_OK(memory_protect((const void *)address, PAGE, 0));
    EXPECT_OK(memory_protect((const void *)address, PAGE, COCO_MMAP_READ));
    EXPECT_BYTES((const void *)address, "text", 4);
    int64_t own = memory_map((uint64_t)file, 0, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(own > 0);
    EXPECT_OK(memory_protect((const void *)own, PAGE, READ_WRITE));
    memcpy((void *)own, "TEXT", 4);
    EXPECT_BYTES((const void *)address, "text", 4);
    EXPECT_OK(memory_unmap((const void *)own, PAGE));
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
}

/* Handles without EXEC come from duplication. */
TEST(mmap, protection_keeps_to_the_right_to_execute, RULE("mem_protect.4"),
     RULE("mem_protect.EPERM"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t poor = coco_handle_duplicate((coco_handle_t)file, COCO_RIGHT_READ | COCO_RIGHT_MAP);
    REQUIRE_TRUE(poor >= 0);
    int64_t address = memory_map((uint64_t)poor, 0, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(address > 0);
    EXPECT_ERROR(memory_protect((const void *)address, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC),
                 PERM);
    EXPECT_OK(coco_close((coco_handle_t)poor));
    numbered_file_end(file, (const void *)address, PAGE);
}

TEST(mmap, log_view_cannot_be_mapped, RULE("mmap.2"))
{
    int64_t file = coco_file_open("/Log/logfile", COCO_FILE_READ, 0);
    REQUIRE_TRUE(file >= 0);
    EXPECT_ERROR(memory_map((uint64_t)file, 0, 0, PAGE, COCO_MMAP_READ), NOTSUPP);
    EXPECT_OK(coco_close((coco_handle_t)file));
}

TEST(mmap, stores_behind_the_end_are_lost, RULE("mmap.8"))
{
    int64_t file = scratch_create(SCRATCH "/mapped", "xyz", 3);
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, PAGE, READ_WRITE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    EXPECT_TRUE(bytes_are(mapped + 3, 0, PAGE - 3));
    memset(mapped, 'a', 16);
    EXPECT_OK(coco_file_resize((coco_handle_t)file, 8));
    scratch_expect(SCRATCH "/mapped", "aaa\0\0\0\0\0", 8);
    memset(mapped, 'b', 16);
    EXPECT_EQ(coco_file_pwrite((coco_handle_t)file, "c", 1, 10), 1);
    scratch_expect(SCRATCH "/mapped", "bbbbbbbb\0\0c", 11);
    EXPECT_BYTES(mapped, "bbbbbbbb\0\0c\0\0", 13);
    numbered_file_end(file, mapped, PAGE);
}

/* The same where the page was there before it could be stored to. */
TEST(mmap, stores_behind_the_end_by_new_protection, RULE("mmap.8"), RULE("mmap.10"))
{
    const struct coco_attributes old = {.wanted = COCO_ATTRIBUTE_MODIFIED, .modified = 1};
    struct coco_stat stat;
    char text[100];
    memset(text, 'x', sizeof(text));
    int64_t file = scratch_create(SCRATCH "/mapped", text, sizeof(text));
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    EXPECT_EQ(mapped[99] + mapped[200], 'x');
    EXPECT_OK(coco_file_set_attributes((coco_handle_t)file, &old));
    EXPECT_OK(memory_protect(mapped, PAGE, READ_WRITE));
    mapped[99] = 'y';
    mapped[200] = 'z';
    EXPECT_OK(coco_file_stat((coco_handle_t)file, &stat));
    EXPECT_TRUE(stat.modified > 1);
    EXPECT_OK(coco_file_resize((coco_handle_t)file, PAGE));
    EXPECT_EQ(mapped[99], 'y');
    EXPECT_EQ(mapped[200], 0);
    numbered_file_end(file, mapped, PAGE);
}

TEST(mmap, pages_behind_the_end_are_not_accessible, RULE("mmap.8"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, 4 * PAGE, READ_WRITE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    EXPECT_TRUE(memory_writable(mapped + 2 * PAGE) && memory_readable(mapped + 2 * PAGE));
    EXPECT_TRUE(!memory_readable(mapped + 3 * PAGE) && !memory_writable(mapped + 3 * PAGE));
    EXPECT_OK(coco_file_resize((coco_handle_t)file, 4 * PAGE));
    EXPECT_TRUE(bytes_are(mapped + 3 * PAGE, 0, PAGE));
    numbered_file_end(file, mapped, 4 * PAGE);
}

TEST(mmap, access_behind_the_end_is_told, RULE("mmap.8"))
{
    struct child child = {.arguments = {"beyond_file"}};
    struct coco_exit_status status;
    REQUIRE_TRUE(child_run(&child, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_EXCEPTION);
    EXPECT_EQ(status.code, 14);
    EXPECT_TRUE((status.error_code & COCO_FAULT_BEYOND_FILE) != 0);
    child_expect_exception("fault_null", 14);
}

TEST(mmap, a_file_is_cut_under_its_mapping, RULE("mmap.12"), RULE("mmap.8"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE);
    int64_t own = memory_map((uint64_t)file, 0, PAGE, 2 * PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(address > 0 && own > 0);
    uint8_t *mapped = (uint8_t *)address;
    uint8_t *copy = (uint8_t *)own;
    copy[0] = 7; /* a copy of page 1; the page behind it is only read */
    EXPECT_EQ(copy[PAGE], 3);
    EXPECT_EQ(mapped[0] + mapped[PAGE] + mapped[2 * PAGE], 1 + 2 + 3);
    EXPECT_OK(coco_file_resize((coco_handle_t)file, PAGE / 2));
    EXPECT_EQ(mapped[0], 1);
    EXPECT_EQ(mapped[PAGE / 2], 0);
    EXPECT_TRUE(!memory_readable(mapped + PAGE) && !memory_writable(mapped + PAGE));
    EXPECT_TRUE(!memory_readable(mapped + 2 * PAGE));
    EXPECT_TRUE(!memory_readable(copy) && !memory_writable(copy) && !memory_readable(copy + PAGE));
    EXPECT_OK(coco_file_resize((coco_handle_t)file, 3 * PAGE));
    EXPECT_TRUE(bytes_are(mapped + PAGE, 0, 2 * PAGE) && bytes_are(copy, 0, 2 * PAGE));
    mapped[PAGE] = 9; /* it is the file's page again */
    EXPECT_EQ(copy[0], 9);
    EXPECT_OK(memory_unmap(copy, 2 * PAGE));
    numbered_file_end(file, mapped, 3 * PAGE);
}

struct cut_in_copy {
    uint8_t *shared;
    uint8_t *copy;
    coco_handle_t told; /* end of a pipe each */
    coco_handle_t asks;
};

/* Has touched pages that the other process then cuts. */
static uint32_t look_after_the_cut(void *argument)
{
    const struct cut_in_copy *cut = argument;
    char byte;
    if (cut->shared[PAGE] != 2 || cut->copy[0] != 5) {
        return 1;
    }
    cut->copy[0] = 6;
    if (coco_write(cut->asks, "x", 1) != 1 || coco_read(cut->told, &byte, 1) != 1) {
        return 2;
    }
    if (memory_readable(cut->shared + PAGE) || memory_readable(cut->copy)) {
        return 3;
    }
    return memory_readable(cut->shared) ? 0 : 4;
}

TEST(mmap, a_file_is_cut_under_others, RULE("mmap.12"))
{
    struct pipe_pair told;
    struct pipe_pair asks;
    char byte;
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0 && pipe_make(&told, 0) && pipe_make(&asks, 0));
    int64_t shared = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE);
    int64_t own = memory_map((uint64_t)file, 0, PAGE, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(shared > 0 && own > 0);
    struct cut_in_copy cut = {(uint8_t *)shared, (uint8_t *)own, told.reader, asks.writer};
    struct coco_exit_status status;
    cut.copy[0] = 5;
    int64_t process = fork_child(look_after_the_cut, &cut);
    REQUIRE_TRUE(process >= 0);
    EXPECT_EQ(coco_read(asks.reader, &byte, 1), 1);
    EXPECT_EQ(cut.copy[0], 5);
    EXPECT_OK(coco_file_resize((coco_handle_t)file, PAGE));
    EXPECT_EQ(coco_write(told.writer, "x", 1), 1);
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
    EXPECT_TRUE(!memory_readable(cut.copy));
    pipe_close(&told);
    pipe_close(&asks);
    EXPECT_OK(memory_unmap(cut.copy, PAGE));
    numbered_file_end(file, cut.shared, 3 * PAGE);
}

/* Copies of the process come and go while the file is cut and grows: none keeps a page. */
static uint32_t fork_while_cut(void *argument)
{
    const struct cut_in_copy *cut = argument;
    return memory_readable(cut->copy) ? 1 : 0;
}

static void cut_and_grow(void *file)
{
    for (int i = 0; i < 200; i++) {
        EXPECT_OK(coco_file_resize(*(coco_handle_t *)file, PAGE));
        EXPECT_OK(coco_file_resize(*(coco_handle_t *)file, 3 * PAGE));
    }
    EXPECT_OK(coco_file_resize(*(coco_handle_t *)file, PAGE));
}

TEST(mmap, a_file_is_cut_while_processes_are_made, RULE("mmap.12"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    coco_handle_t handle = (coco_handle_t)file;
    int64_t own = memory_map((uint64_t)file, 0, PAGE, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(own > 0);
    struct cut_in_copy cut = {.copy = (uint8_t *)own};
    struct thread thread;
    REQUIRE_TRUE(thread_start(&thread, cut_and_grow, &handle) == 0);
    for (int i = 0; i < 40; i++) {
        (void)memory_writable(cut.copy); /* a copy of the page, if it is there now */
        uint32_t code = fork_run(fork_while_cut, &cut);
        EXPECT_TRUE(code <= 1);
    }
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(fork_run(fork_while_cut, &cut), 0);
    EXPECT_TRUE(!memory_readable(cut.copy));
    EXPECT_OK(memory_unmap(cut.copy, PAGE));
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink(SCRATCH "/mapped"));
}

/* Splitting a mapping keeps what each part shows. */
TEST(mmap, parts_of_a_file_mapping, RULE("mmap.2"), RULE("munmap.2"))
{
    int64_t file = numbered_file();
    REQUIRE_TRUE(file >= 0);
    int64_t address = memory_map((uint64_t)file, 0, 0, 3 * PAGE, READ_WRITE);
    REQUIRE_TRUE(address > 0);
    uint8_t *mapped = (uint8_t *)address;
    EXPECT_OK(memory_protect(mapped + PAGE, PAGE, COCO_MMAP_READ));
    EXPECT_EQ(mapped[2 * PAGE], 3);
    EXPECT_OK(memory_unmap(mapped + PAGE, PAGE));
    EXPECT_EQ(mapped[0], 1);
    EXPECT_OK(memory_unmap(mapped, PAGE));
    EXPECT_BYTES(mapped + 2 * PAGE, "\3\3\3", 3);
    numbered_file_end(file, mapped, 3 * PAGE);
}

TEST(mmap, zero_device_gives_memory, RULE("mmap.13"))
{
    int64_t zero = coco_file_open("/dev/zero", COCO_FILE_READ | COCO_FILE_WRITE, 0);
    int64_t poor = coco_file_open("/dev/zero", COCO_FILE_READ, 0);
    REQUIRE_TRUE(zero >= 0 && poor >= 0);
    int64_t own = memory_map((uint64_t)zero, 0, 7 * PAGE, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    int64_t shared = memory_map((uint64_t)zero, 0, 0, PAGE, READ_WRITE);
    int64_t other = memory_map((uint64_t)poor, 0, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(own > 0 && shared > 0 && other > 0);
    EXPECT_ERROR(memory_map((uint64_t)poor, 0, 0, PAGE, READ_WRITE), RDONLY);
    memset((void *)own, 1, PAGE);
    memset((void *)shared, 2, PAGE);
    EXPECT_TRUE(bytes_are((const void *)other, 0, PAGE)); /* each is memory of its own */
    EXPECT_TRUE(bytes_are((const void *)own, 1, PAGE));
    EXPECT_OK(memory_unmap((const void *)own, PAGE));
    EXPECT_OK(memory_unmap((const void *)shared, PAGE));
    EXPECT_OK(memory_unmap((const void *)other, PAGE));
    EXPECT_OK(coco_close((coco_handle_t)zero));
    EXPECT_OK(coco_close((coco_handle_t)poor));
}
