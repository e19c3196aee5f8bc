// SPDX-License-Identifier: MIT
// Rules of handles that belong to no single call: one table for all threads, objects that live as
// long as somebody holds them.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "scratch.h"

static void open_in_thread(void *handle)
{
    *(int64_t *)handle = coco_open(CHILD_PROGRAM, COCO_OPEN_READ, 0);
}

TEST(handles, table_is_shared_by_threads, RULE("close.2"))
{
    struct thread thread;
    int64_t handle = -1;
    REQUIRE_OK(thread_start(&thread, open_in_thread, &handle));
    EXPECT_OK(thread_join(&thread));
    REQUIRE_TRUE(handle > 0);
    char magic[4];
    EXPECT_EQ(coco_read((coco_handle_t)handle, magic, 4), 4);
    EXPECT_BYTES(magic,
                 "\x7f"
                 "ELF",
                 4);
    EXPECT_OK(coco_close((coco_handle_t)handle));
}

#define ROUNDS 400u

static void open_and_close(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        int64_t handle = coco_open(CHILD_PROGRAM, COCO_OPEN_READ, 0);
        if (!EXPECT_TRUE(handle > 0)) {
            return;
        }
        char magic[4] = "";
        EXPECT_EQ(coco_read((coco_handle_t)handle, magic, 4), 4);
        EXPECT_BYTES(magic,
                     "\x7f"
                     "ELF",
                     4);
        int64_t copy = coco_handle_duplicate((coco_handle_t)handle, COCO_RIGHTS_SAME);
        EXPECT_TRUE(copy > 0 && copy != handle);
        EXPECT_OK(coco_close((coco_handle_t)handle));
        EXPECT_EQ(coco_read((coco_handle_t)copy, magic, 1), 1);
        EXPECT_OK(coco_close((coco_handle_t)copy));
    }
}

/* No number is handed out twice, whatever the others do. */
TEST(handles, concurrent_open_and_close, RULE("close.2"))
{
    struct thread threads[4];
    coco_handle_t next = scratch_next_handle();
    for (size_t i = 0; i < 4; i++) {
        REQUIRE_OK(thread_start(&threads[i], open_and_close, NULL));
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(scratch_next_handle(), next);
}

struct race {
    coco_handle_t handle;
    uint32_t stop;
    uint32_t odd;
};

static void read_while_closing(void *argument)
{
    struct race *race = argument;
    char byte;
    while (__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE) == 0) {
        int64_t result = coco_file_pread(race->handle, &byte, 1, 0);
        /* Open, closed, or meanwhile another object's number. */
        if (result != 1 && result != COCO_ENOTFOUND && result != COCO_ENOTSUPP) {
            race->odd++;
        }
    }
}

/* A call in progress keeps its object; a closed number is refused, or names the next object. */
TEST(handles, close_during_use, RULE("close.1"))
{
    struct thread threads[2];
    struct race race = {.handle = scratch_next_handle() + 2};
    for (size_t i = 0; i < 2; i++) {
        REQUIRE_OK(thread_start(&threads[i], read_while_closing, &race));
    }
    for (uint32_t i = 0; i < ROUNDS; i++) {
        int64_t handle =
            i % 2 == 0 ? coco_open(CHILD_PROGRAM, COCO_OPEN_READ, 0) : coco_opendir("/");
        EXPECT_EQ(handle, race.handle);
        if (i % 16 == 0) {
            (void)coco_thread_yield();
        }
        EXPECT_OK(coco_close((coco_handle_t)handle));
    }
    __atomic_store_n(&race.stop, 1, __ATOMIC_RELEASE);
    for (size_t i = 0; i < 2; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    EXPECT_EQ(race.odd, 0);
}

/* Nobody holds the file any more but the child. */
TEST(handles, child_keeps_object_alive, RULE("process_spawn.5"))
{
    int64_t file = scratch_create("/raw/given", NULL, 0);
    int64_t watch = coco_open("/raw/given", COCO_OPEN_READ, 0);
    REQUIRE_TRUE(file > 0 && watch > 0);
    struct coco_spawn_handle handle = {(coco_handle_t)file, COCO_RIGHT_WRITE, COCO_ROLE_STDOUT, 0};
    int64_t process = child_spawn(
        &(struct child){.arguments = {"write_stdout_role"}, .handles = &handle, .handle_count = 1});
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/given"));
    struct coco_exit_status status;
    REQUIRE_TRUE(process > 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.code, 0);
    char text[8];
    EXPECT_EQ(coco_read((coco_handle_t)watch, text, sizeof(text)), 5);
    EXPECT_OK(coco_close((coco_handle_t)watch));
}
