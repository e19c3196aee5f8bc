// SPDX-License-Identifier: MIT
// Tests of `memory_create`, and of `mmap` on memory objects.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "channels.h"
#include "child.h"
#include "memory.h"
#include "memory_objects.h"

TEST(memory_create, shared_and_zero, RULE("memory_create.1"), RULE("mmap.14"))
{
    coco_handle_t memory = memory_object(3 * PAGE);
    uint64_t rights = (uint64_t)coco_handle_info(memory) >> 32;
    EXPECT_EQ(rights, COCO_OBJECT_MEMORY_RIGHTS);
    uint8_t *first = memory_show(memory, 0, 3 * PAGE, READ_WRITE);
    uint8_t *second = memory_show(memory, PAGE, 2 * PAGE, READ_WRITE);
    REQUIRE_TRUE(first != NULL && second != NULL);
    EXPECT_TRUE(bytes_are(first, 0, 3 * PAGE));
    first[PAGE] = 7;
    second[PAGE] = 8;
    EXPECT_EQ(second[0], 7);
    EXPECT_EQ(first[2 * PAGE], 8);
    EXPECT_OK(coco_close(memory)); /* mappings keep it */
    first[PAGE + 1] = 9;
    EXPECT_EQ(second[1], 9);
    EXPECT_OK(memory_unmap(first, 3 * PAGE));
    EXPECT_EQ(second[PAGE], 8);
    EXPECT_OK(memory_unmap(second, 2 * PAGE));
}

TEST(memory_create, lengths, RULE("memory_create.2"), RULE("memory_create.EINVAL"))
{
    static const uint64_t lengths[] = {0, 1, PAGE - 1, PAGE, PAGE + 1};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        coco_handle_t memory = memory_object(lengths[i]);
        EXPECT_EQ(memory_state(memory).length, (lengths[i] + PAGE - 1) / PAGE * PAGE);
        EXPECT_OK(coco_close(memory));
    }
    EXPECT_ERROR(coco_memory_create(COCO_MEMORY_MAX + 1), INVAL);
    EXPECT_ERROR(coco_memory_create(UINT64_MAX), INVAL);
}

/* Nothing of it is touched, and still it is more than there is. */
TEST(memory_create, all_is_promised, RULE("memory_create.3"), RULE("memory_create.ENOMEM"))
{
    uint64_t total = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT);
    EXPECT_ERROR(coco_memory_create(COCO_MEMORY_MAX), NOMEM);
    EXPECT_ERROR(coco_memory_create(total), NOMEM);
    coco_handle_t half = memory_object(total / 2);
    EXPECT_ERROR(coco_memory_create(total / 2), NOMEM);
    /* A mapping keeps the promise when the handle has gone. */
    const uint8_t *shown = memory_show(half, 0, PAGE, COCO_MMAP_READ);
    EXPECT_OK(coco_close(half));
    EXPECT_ERROR(coco_memory_create(total / 2), NOMEM);
    EXPECT_OK(memory_unmap(shown, PAGE));
    half = memory_object(total / 2);
    EXPECT_OK(coco_close(half));
}

TEST(memory_create, no_number_is_free, RULE("memory_create.EMFILE"))
{
    static coco_handle_t taken[COCO_HANDLE_MAX];
    size_t count = 0;
    int64_t made = coco_memory_create(0);
    while (made >= 0 && count < COCO_HANDLE_MAX) {
        taken[count++] = (coco_handle_t)made;
        made = coco_memory_create(0);
    }
    EXPECT_ERROR(made, MFILE);
    while (count > 0) {
        EXPECT_OK(coco_close(taken[--count]));
    }
}

TEST(memory_create, what_a_mapping_may_do, RULE("mmap.14"), RULE("mem_protect.4"))
{
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *plain = memory_show(memory, 0, PAGE, COCO_MMAP_READ);
    uint8_t *stores = memory_show(memory, 0, PAGE, READ_WRITE);
    uint8_t *own = memory_show(memory, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(plain != NULL && stores != NULL && own != NULL);
    EXPECT_ERROR(memory_protect(plain, PAGE, READ_WRITE), PERM);
    EXPECT_ERROR(memory_protect(plain, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC), PERM);
    EXPECT_ERROR(memory_protect(stores, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC), PERM);
    EXPECT_ERROR(memory_protect(own, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC), PERM);
    EXPECT_OK(memory_protect(stores, PAGE, COCO_MMAP_READ));
    EXPECT_TRUE(!memory_writable(stores));
    EXPECT_OK(memory_protect(stores, PAGE, READ_WRITE));
    stores[0] = 5;
    EXPECT_EQ(own[0], 5);
    EXPECT_OK(memory_protect(own, PAGE, READ_WRITE));
    own[0] = 6;
    EXPECT_EQ(stores[0], 5);
    EXPECT_EQ(plain[0], 5);
    EXPECT_ERROR(coco_mresize(stores, 2 * PAGE), INVAL);
    EXPECT_OK(memory_unmap(plain, PAGE));
    EXPECT_OK(memory_unmap(stores, PAGE));
    EXPECT_OK(memory_unmap(own, PAGE));
    EXPECT_OK(coco_close(memory));
}

TEST(memory_create, rights_of_the_handle, RULE("mmap.14"), RULE("mmap.ERDONLY"), RULE("mmap.EPERM"))
{
    coco_handle_t memory = memory_object(PAGE);
    int64_t reader = coco_handle_duplicate(memory, COCO_RIGHT_READ | COCO_RIGHT_MAP);
    REQUIRE_TRUE(reader > 0);
    EXPECT_ERROR(memory_map((uint64_t)reader, 0, 0, PAGE, READ_WRITE), RDONLY);
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE));
    EXPECT_ERROR(memory_map((uint64_t)reader, 0, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_EXEC), PERM);
    EXPECT_OK(coco_close((coco_handle_t)reader));
    EXPECT_OK(coco_close(memory));
}

TEST(memory_create, never_both_stored_to_and_executed, RULE("mmap.15"), RULE("mmap.EPERM"))
{
    static const uint8_t code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
    const uint64_t execute = COCO_MMAP_READ | COCO_MMAP_EXEC;
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *stores = memory_show(memory, 0, PAGE, READ_WRITE);
    REQUIRE_TRUE(stores != NULL);
    memcpy(stores, code, sizeof(code));
    EXPECT_ERROR(memory_map(memory, 0, 0, PAGE, execute), PERM);
    EXPECT_ERROR(memory_map(memory, 0, 0, PAGE, execute | COCO_MMAP_PRIVATE), PERM);
    EXPECT_OK(memory_unmap(stores, PAGE));
    EXPECT_ERROR(memory_map(memory, 0, 0, PAGE, execute), PERM); /* it could be stored to again */
    EXPECT_OK(coco_memory_seal(memory, COCO_MEMORY_SEAL_WRITE));
    EXPECT_ERROR(memory_map(memory, 0, 0, PAGE, READ_WRITE), PERM);
    const uint8_t *run = memory_show(memory, 0, PAGE, execute);
    uint8_t *own = memory_show(memory, 0, PAGE, READ_WRITE | COCO_MMAP_PRIVATE);
    REQUIRE_TRUE(run != NULL && own != NULL);
    EXPECT_EQ(((int (*)(void))(uintptr_t)run)(), 42);
    own[1] = 43;
    EXPECT_EQ(((int (*)(void))(uintptr_t)run)(), 42);
    EXPECT_ERROR(memory_protect(run, PAGE, READ_WRITE), PERM);
    EXPECT_OK(memory_unmap(run, PAGE));
    EXPECT_OK(memory_unmap(own, PAGE));
    EXPECT_OK(coco_close(memory));
}

/* Memory goes to another process in a message, with fewer rights. */
TEST(memory_create, handed_on, RULE("memory_create.1"), RULE("channel_exchange.2"))
{
    struct channel_pair pair;
    struct channel_message message;
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *mine = memory_show(memory, 0, PAGE, READ_WRITE);
    REQUIRE(channel_make(&pair, 0));
    REQUIRE_TRUE(mine != NULL);
    struct channel_client client = {.connection = pair.connection,
                                    .exchange = channel_exchange_of(COCO_CHANNEL_SEND, "m", 1)};
    client.exchange.handle_count = 1;
    client.exchange.handles[0] = (struct coco_transfer){
        .handle = memory, .rights = COCO_RIGHT_READ | COCO_RIGHT_MAP | COCO_RIGHT_TRANSFER};
    REQUIRE(channel_client_start(&client));
    EXPECT_EQ(channel_get(pair.channel, &message), 1);
    EXPECT_OK(channel_client_end(&client));
    REQUIRE_EQ(message.header.handle_count, 1);
    mine[0] = 77;
    EXPECT_ERROR(memory_map(message.header.handles[0], 0, 0, PAGE, READ_WRITE), RDONLY);
    EXPECT_ERROR(coco_memory_resize(message.header.handles[0], 0), PERM);
    const uint8_t *theirs = memory_show(message.header.handles[0], 0, PAGE, COCO_MMAP_READ);
    REQUIRE_TRUE(theirs != NULL);
    EXPECT_EQ(theirs[0], 77);
    EXPECT_OK(memory_unmap(theirs, PAGE));
    EXPECT_OK(memory_unmap(mine, PAGE));
    EXPECT_OK(coco_close(message.header.handles[0]));
    EXPECT_OK(coco_close(memory));
    channel_close(&pair);
}

/* A child that maps it from a handle it was started with stores there. */
TEST(memory_create, shared_with_a_child, RULE("memory_create.1"))
{
    coco_handle_t memory = memory_object(PAGE);
    uint8_t *mine = memory_show(memory, 0, PAGE, READ_WRITE);
    const struct coco_spawn_handle handle = {
        .handle = memory, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9};
    struct coco_exit_status status;
    REQUIRE_TRUE(mine != NULL);
    mine[0] = 1;
    REQUIRE(child_run(
        &(struct child){.arguments = {"store_in_memory"}, .handles = &handle, .handle_count = 1},
        &status));
    EXPECT_EQ(status.code, 0);
    EXPECT_EQ(mine[0], 2);
    EXPECT_EQ(memory_state(memory).mappings, 1);
    EXPECT_OK(memory_unmap(mine, PAGE));
    EXPECT_OK(coco_close(memory));
}
