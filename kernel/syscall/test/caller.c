// SPDX-License-Identifier: MIT
#include "caller.h"

#include <arch/thread.h>
#include <arch/trap.h>
#include <fs/fs.h>
#include <fs/namespace.h>
#include <mm/aspace.h>
#include <mm/user_copy.h>
#include <string.h>
#include <syscall/system.h>
#include <task/process.h>
#include <task/thread.h>

static struct aspace space;
static struct handle_table handles;
static struct process process;
static struct thread thread;

void system_halt_machine(uint32_t status)
{
    panic("the machine was halted with status %u", status);
}

static void map_at(uint64_t address, uint64_t len)
{
    struct map_request request = {
        .hint = address, .length = len, .prot = ASPACE_READ | ASPACE_WRITE, .flags = ASPACE_FIXED};
    uaddr_t out;

    UNIT_OK(aspace_map(&space, &request, &out));
    UNIT_OK(user_zero(out, len));
}

void caller_start(void)
{
    static bool started;

    if (started) {
        return;
    }
    started = true;
    machine_start();
    UNIT_OK(aspace_create(&space, 0));
    arch_as_activate(&space.arch);
    handle_table_init(&handles);
    process.handles = &handles;
    process.aspace = &space;
    process.id = 7;
    process.limits[COCO_LIMIT_FILE_SIZE] = (struct coco_limit){COCO_LIMIT_NONE, COCO_LIMIT_NONE};
    record_owner_init(&process.file_locks, process.id);
    process.quota = &quota_root;
    spin_init(&process.lock);
    list_init(&process.threads);
    object_init(&process.object, COCO_OBJECT_PROCESS);
    thread.process = &process;
    thread.aspace = &space;
    thread.id = 8;
    arch_thread_adopt(&thread.arch);
    map_at(CALLER_STRING, 2 * PAGE_SIZE);
    map_at(CALLER_STRING2, 2 * PAGE_SIZE);
    map_at(CALLER_DATA, CALLER_DATA_LEN);
    fs_init();
    UNIT_OK(dir_create(fs_root(), DIR_NO_SNAPSHOT, &process.root));
}

void caller_set_root(const char *path)
{
    struct vfs_node *node;

    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), path, VFS_POSIX, &node));
    object_put(process.root);
    UNIT_OK(dir_create(node, DIR_NO_SNAPSHOT, &process.root));
    vfs_node_put(node);
}

/// The leak checker looks when the program ends.
__attribute__((destructor)) static void stop(void)
{
    if (process.root != NULL) {
        handle_table_destroy(&handles);
        aspace_clear(&space);
        arch_as_activate(NULL);
        aspace_destroy(&space);
    }
}

int64_t caller_call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                    uint64_t a4)
{
    struct syscall_frame frame = {.number = number, .args = {a0, a1, a2, a3, a4}};

    arch_irq_disable(); /* as the gate does */
    syscall_entry(&frame);
    arch_irq_enable();
    return (int64_t)frame.result;
}

uint64_t caller_string(const char *text)
{
    UNIT_OK(user_copy_out(uaddr(CALLER_STRING), text, strlen(text) + 1));
    return CALLER_STRING;
}

uint64_t caller_string2(const char *text)
{
    UNIT_OK(user_copy_out(uaddr(CALLER_STRING2), text, strlen(text) + 1));
    return CALLER_STRING2;
}

void caller_put(const void *bytes, size_t len)
{
    UNIT_OK(user_copy_out(uaddr(CALLER_DATA), bytes, len));
}

void caller_get(void *bytes, size_t len)
{
    UNIT_OK(user_copy_in(bytes, uaddr(CALLER_DATA), len));
}

uint64_t caller_fresh(size_t len)
{
    struct map_request request = {.length = len, .prot = ASPACE_READ | ASPACE_WRITE};
    uaddr_t out;

    UNIT_OK(aspace_map(&space, &request, &out));
    return out.v;
}

void caller_drop(uint64_t address, size_t len)
{
    UNIT_OK(aspace_unmap(&space, uaddr(address), len));
}

uint32_t caller_give(struct object *owned_object, uint32_t rights)
{
    uint32_t number;

    UNIT_OK(handle_install(&handles, owned_object, rights, &number));
    object_put(owned_object);
    return number;
}

uint32_t caller_system(void)
{
    struct object *system;

    UNIT_OK(system_object_create(&system));
    return caller_give(system, COCO_OBJECT_SYSTEM_RIGHTS);
}

void caller_reset_handles(void)
{
    handle_table_destroy(&handles);
    handle_table_init(&handles);
}

int64_t caller_create_file(const char *path, const char *content)
{
    int64_t handle = CALL(COCO_SYS_OPEN, caller_string(path), COCO_OPEN_READ | COCO_OPEN_WRITE,
                          COCO_OPEN_CREATE);

    UNIT_CHECK(handle >= 0);
    caller_put(content, strlen(content));
    UNIT_EQUAL(CALL(COCO_SYS_WRITE, handle, CALLER_DATA, strlen(content)), strlen(content));
    UNIT_EQUAL(CALL(COCO_SYS_SEEK, handle, 0, COCO_FS_SEEK_ABSOLUTE), 0);
    return handle;
}

void caller_remove_file(const char *path, int64_t handle)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
    UNIT_OK(CALL(COCO_SYS_UNLINK, caller_string(path)));
}
