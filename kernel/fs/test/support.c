// SPDX-License-Identifier: MIT
#include "support.h"

#include <fs/log.h>
#include <fs/special.h>
#include <object/wait.h>
#include <string.h>

static char log_text[1 << 18];
static size_t log_len;

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_LOG] = &log_object_ops,
    [COCO_OBJECT_FILE] = &file_object_ops,
    [COCO_OBJECT_DIR] = &dir_object_ops,
    [COCO_OBJECT_LOG_READER] = &log_reader_object_ops,
};

static unsigned special_alive;

static enum status special_test_open(struct vfs_node *node, void *state, unsigned access,
                                     struct special_opened *out)
{
    (void)node;
    (void)out;
    UNIT_CHECK(state == &special_alive);
    return access == SPECIAL_READ ? ERR_AGAIN : ERR_NXIO; // told apart by the tests
}

static uint64_t special_test_size(void *state)
{
    UNIT_CHECK(state == &special_alive);
    return 77;
}

static void special_test_destroy(void *state)
{
    UNIT_CHECK(state == &special_alive);
    special_alive--;
}

static const struct special_ops special_test_ops = {
    .type = COCO_TYPE_PIPE,
    .open = special_test_open,
    .size = special_test_size,
    .destroy = special_test_destroy,
};

static void no_state(void *state)
{
    UNIT_CHECK(state == NULL);
}

static const struct special_ops device_test_ops = {
    .type = COCO_TYPE_DEVICE,
    .destroy = no_state,
};

const struct special_ops *const special_ops[SPECIAL_KIND_COUNT] = {
    [SPECIAL_FIFO] = &special_test_ops,  [SPECIAL_CONSOLE] = &device_test_ops,
    [SPECIAL_TTY] = &device_test_ops,    [SPECIAL_PTMX] = &device_test_ops,
    [SPECIAL_PSEUDO] = &device_test_ops,
};

struct vfs_node *support_special(void)
{
    struct vfs_node *node;

    UNIT_OK(special_create(SPECIAL_FIFO, &special_alive, 0640, &node));
    special_alive++;
    return node;
}

unsigned support_special_count(void)
{
    return special_alive;
}

static unsigned sched_checks;

void sched_check(void)
{
    sched_checks++;
}

unsigned support_sched_checks(void)
{
    return sched_checks;
}

static unsigned mapping_cuts;

unsigned support_mapping_cuts(void)
{
    return mapping_cuts;
}

void backing_cut_mappings(struct backing *backing, uint64_t first)
{
    (void)first;
    UNIT_CHECK(backing->type == BACKING_FILE);
    mapping_cuts++;
}

struct thread *sched_current(void)
{
    static char only_thread;

    return (struct thread *)(void *)&only_thread;
}

enum status sched_block(uint64_t deadline, enum wait_mode mode)
{
    (void)deadline;
    (void)mode;
    unit_fail(__FILE_NAME__, __LINE__, "a single thread waits for a lock that it holds");
}

void sched_wake(struct thread *thread)
{
    (void)thread;
}

void __wrap_log_sink(const struct log_entry *entry);
void __wrap_log_sink(const struct log_entry *entry)
{
    log_ring_append(entry);
    log_readers_wake();
    if (log_len + entry->len < sizeof(log_text)) {
        memcpy(log_text + log_len, entry->text, entry->len);
        log_len += entry->len;
    }
}

uint64_t log_writer(void)
{
    return 7; // the only process
}

const char *support_log(void)
{
    log_text[log_len] = '\0';
    log_len = 0;
    return log_text;
}

void support_start(void)
{
    if (user_memory_start(USER_LEN)) {
        fs_init();
    }
}

struct user_in support_in(const void *bytes, size_t len)
{
    UNIT_OK(user_copy_out(user_memory(0), bytes, len));
    return (struct user_in){user_memory(0), len};
}

struct user_out support_out(size_t len)
{
    return (struct user_out){user_memory(0), len};
}

void support_get(void *bytes, size_t len)
{
    UNIT_OK(user_copy_in(bytes, user_memory(0), len));
}

struct user_in support_in_at(uint64_t address, uint64_t len)
{
    return (struct user_in){uaddr(address), len};
}

struct user_out support_out_at(uint64_t address, uint64_t len)
{
    return (struct user_out){uaddr(address), len};
}

struct vfs_node *support_file(const char *path)
{
    const struct vfs_open_request request = {
        .path = path,
        .policy = VFS_UPSTREAM,
        .options = VFS_OPEN_CREATE | VFS_OPEN_EXCLUSIVE,
        .permissions = 0644,
    };
    struct vfs_node *node;

    UNIT_OK(vfs_open_node(vfs_origin_root(fs_root()), &request, &node));
    return node;
}
