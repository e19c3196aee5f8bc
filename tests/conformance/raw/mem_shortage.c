// SPDX-License-Identifier: MIT
// Tests of `mem_shortage`.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>
#include <harness/thread.h>

static coco_handle_t system_handle;

/* Whether the machine was booted for it. */
static bool available(void)
{
    system_handle = entry_handle(COCO_ROLE_SYSTEM);
    return coco_mem_shortage(system_handle, COCO_SHORTAGE_NEVER, 0) >= 0;
}

TEST(mem_shortage, only_if_booted_for_it, RULE("mem_shortage.5"), RULE("mem_shortage.EPERM"))
{
    if (available()) {
        SKIP("this machine was booted with it");
    }
    EXPECT_ERROR(coco_mem_shortage(system_handle, 0, 0), PERM);
    int64_t pipe = coco_pipe_create(0);
    REQUIRE_TRUE(pipe > 0);
    EXPECT_OK(coco_close((coco_handle_t)pipe));
    EXPECT_OK(coco_close((coco_handle_t)(pipe >> 32)));
}

TEST(mem_shortage, one_allocation_fails, RULE("mem_shortage.1"), RULE("mem_shortage.3"),
     RULE("mem_shortage.4"))
{
    if (!available()) {
        SKIP("this machine was not booted with it");
    }
    EXPECT_EQ(coco_mem_shortage(system_handle, 0, 0), 0);
    EXPECT_ERROR(coco_pipe_create(0), NOMEM);
    int64_t pipe = coco_pipe_create(0); /* only once */
    REQUIRE_TRUE(pipe > 0);
    EXPECT_OK(coco_close((coco_handle_t)pipe));
    EXPECT_OK(coco_close((coco_handle_t)(pipe >> 32)));
    EXPECT_EQ(coco_mem_shortage(system_handle, 1000000, 0), 1);
    EXPECT_EQ(coco_mem_shortage(system_handle, 0, 0), 0); /* what was set had not happened */
    EXPECT_EQ(coco_mem_shortage(system_handle, COCO_SHORTAGE_NEVER, 0), 0);
    int64_t socket = coco_socket_create(COCO_SOCKET_STREAM, 0);
    EXPECT_TRUE(socket > 0);
    EXPECT_OK(coco_close((coco_handle_t)socket));
}

static int64_t made;
static uint32_t ready;
static uint32_t go;

static void make_socket(void *unused)
{
    (void)unused;
    __atomic_store_n(&ready, 1, __ATOMIC_RELEASE); /* it has its stack */
    while (__atomic_load_n(&go, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(&go, 0, COCO_FOREVER);
    }
    made = coco_socket_create(COCO_SOCKET_STREAM, 0);
}

static void expect_of_other_thread(uint32_t flags, bool fails)
{
    struct thread thread;
    ready = 0;
    go = 0;
    REQUIRE_OK(thread_start(&thread, make_socket, NULL));
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    EXPECT_EQ(coco_mem_shortage(system_handle, 0, flags), 0);
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
    (void)coco_futex_wake(&go, 1);
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(coco_mem_shortage(system_handle, COCO_SHORTAGE_NEVER, 0), fails ? 1 : 0);
    EXPECT_EQ(made == COCO_ENOMEM, fails);
    if (made > 0) {
        EXPECT_OK(coco_close((coco_handle_t)made));
    }
}

TEST(mem_shortage, of_one_thread_or_of_all, RULE("mem_shortage.1"), RULE("mem_shortage.2"))
{
    if (!available()) {
        SKIP("this machine was not booted with it");
    }
    expect_of_other_thread(0, false);
    expect_of_other_thread(COCO_SHORTAGE_ALL, true);
}

static void set_and_end(void *unused)
{
    (void)unused;
    made = coco_mem_shortage(system_handle, 0, 0);
}

TEST(mem_shortage, ends_with_the_thread, RULE("mem_shortage.4"))
{
    struct thread thread;
    if (!available()) {
        SKIP("this machine was not booted with it");
    }
    REQUIRE_OK(thread_start(&thread, set_and_end, NULL));
    EXPECT_OK(thread_join(&thread));
    EXPECT_OK(made);
    /* A thread that may be given the other's place in memory. */
    REQUIRE_OK(thread_start(&thread, make_socket, NULL));
    EXPECT_OK(thread_join(&thread));
    EXPECT_TRUE(made > 0);
    EXPECT_OK(coco_close((coco_handle_t)made));
}
