// SPDX-License-Identifier: MIT
// Memory objects; sys_memory.c maps them.
#include <abi/objects.h>
#include <ipc/memory.h>
#include <task/process.h>

#include "new_handle.h"
#include "prototypes.h"

int64_t sys_memory_create(uint64_t length)
{
    struct quota *quota = process_quota(process_current());
    struct object *memory;
    enum status status = memory_create(quota, length, &memory);

    quota_put(quota);
    return status == OK ? new_handle_install(memory, COCO_OBJECT_MEMORY_RIGHTS) : status;
}

int64_t sys_memory_resize(struct object *memory, uint64_t length)
{
    return sized_memory_resize(memory_pages(memory), length);
}

int64_t sys_memory_seal(struct object *memory, uint32_t seals)
{
    uint32_t before;
    enum status status = sized_memory_seal(memory_pages(memory), seals, &before);

    return status == OK ? (int64_t)before : status;
}

int64_t sys_memory_info(struct object *memory, uaddr_t out)
{
    struct coco_memory_info info;

    sized_memory_info(memory_pages(memory), &info);
    return user_copy_out(out, &info, sizeof(info));
}
