// SPDX-License-Identifier: MIT
#include <base/math.h>
#include <fs/fs.h>
#include <ipc/memory.h>
#include <mm/aspace.h>
#include <mm/backing.h>
#include <task/process.h>

#include "prototypes.h"

static struct aspace *caller_aspace(void)
{
    return process_aspace(process_current());
}

static unsigned prot_of(uint32_t flags)
{
    return flags & COCO_MMAP_PROT_MASK;
}

static enum status check_mmap(struct held_object file, uint64_t offset, uint64_t length,
                              uint32_t flags)
{
    bool writable_code = (flags & COCO_MMAP_WRITE) != 0 && (flags & COCO_MMAP_EXEC) != 0;

    if (file.object != NULL && (flags & COCO_MMAP_EXEC) != 0 &&
        (file.rights & COCO_RIGHT_EXEC) == 0) {
        return ERR_PERM;
    }
    if (file.object != NULL && (flags & COCO_MMAP_WRITE) != 0 && (flags & COCO_MMAP_PRIVATE) == 0 &&
        (file.rights & COCO_RIGHT_WRITE) == 0) {
        return ERR_RDONLY;
    }
    if (length == 0 || length > COCO_USER_END || !is_aligned(offset, PAGE_SIZE) || writable_code) {
        return ERR_INVAL;
    }
    return OK;
}

/// True if the mapping is new memory and shows no file and no memory object.
static bool is_memory(struct held_object file)
{
    return file.object == NULL ||
           (file.object->type == COCO_OBJECT_FILE && vfs_is_zero_device(file_node(file.object)));
}

/// True if stores through the mapping, which shows a memory object, are the object's.
static bool stores_to_object(uint32_t flags)
{
    return (flags & COCO_MMAP_WRITE) != 0 && (flags & COCO_MMAP_PRIVATE) == 0;
}

/// What the mapping shows, with a reference; NULL for private memory. ERR_NOTSUPP: a file that
/// cannot be mapped. ERR_NOMEM.
static enum status find_backing(struct held_object file, uint64_t length, uint32_t flags,
                                struct backing **out)
{
    *out = NULL;
    if (file.object != NULL && file.object->type == COCO_OBJECT_MEMORY) {
        return sized_memory_backing(memory_pages(file.object), stores_to_object(flags),
                                    (flags & COCO_MMAP_EXEC) != 0, out);
    }
    if (!is_memory(file)) {
        *out = vfs_backing(file_node(file.object));
        if (*out == NULL) {
            return ERR_NOTSUPP;
        }
        backing_get(*out);
        vfs_note_read(file_node(file.object)); // POSIX: between mmap() and munmap()
        return OK;
    }
    return (flags & COCO_MMAP_PRIVATE) != 0 ? OK : aspace_make_shared(caller_aspace(), length, out);
}

/// What holds for the life of a mapping.
static unsigned mapping_flags(struct held_object file, uint32_t flags)
{
    bool shared = (flags & COCO_MMAP_PRIVATE) == 0;
    unsigned result = shared ? ASPACE_SHARED : 0;

    result |= (flags & COCO_MMAP_FIXED) != 0 ? ASPACE_FIXED : 0;
    if (file.object != NULL && file.object->type == COCO_OBJECT_MEMORY) {
        result |= ASPACE_FILE; /* its length is its own, and it has been promised */
        result |= shared && !stores_to_object(flags) ? ASPACE_NO_WRITE : 0;
        result |= (flags & COCO_MMAP_EXEC) == 0 ? ASPACE_NO_EXEC : 0;
    } else if (file.object != NULL) {
        result |= is_memory(file) ? 0 : ASPACE_FILE;
        result |= shared && (file.rights & COCO_RIGHT_WRITE) == 0 ? ASPACE_NO_WRITE : 0;
        result |= (file.rights & COCO_RIGHT_EXEC) == 0 ? ASPACE_NO_EXEC : 0;
    }
    return result;
}

/// find_backing() for `request`. Memory to be shared is promised before the mapping is there: what
/// this replaces goes first where there is not enough for both.
static enum status find_request_backing(struct held_object file, uint32_t flags,
                                        struct map_request *request)
{
    enum status status = find_backing(file, request->length, flags, &request->backing);

    if (status == ERR_NOMEM && is_memory(file) && (flags & COCO_MMAP_FIXED) != 0) {
        status = aspace_make_room(caller_aspace(), request);
        if (status == OK) {
            status = find_backing(file, request->length, flags, &request->backing);
        }
    }
    return status;
}

int64_t sys_mmap(struct held_object object, uaddr_t hint, uint64_t offset, uint64_t length,
                 uint32_t flags)
{
    struct map_request request = {
        .hint = hint.v,
        .length = length,
        .prot = prot_of(flags),
        .flags = mapping_flags(object, flags),
        .index = is_memory(object) ? 0 : offset / PAGE_SIZE,
    };
    uaddr_t address;
    enum status status = check_mmap(object, offset, length, flags);

    if (status == OK) {
        status = find_request_backing(object, flags, &request);
    }
    if (status == OK) {
        status = aspace_map(caller_aspace(), &request, &address);
        backing_put(request.backing);
    }
    return status == OK ? (int64_t)address.v : status;
}

int64_t sys_munmap(uaddr_t address, uint64_t length)
{
    return aspace_unmap(caller_aspace(), address, length);
}

int64_t sys_mresize(uaddr_t address, uint64_t length)
{
    return aspace_resize(caller_aspace(), address, length);
}

int64_t sys_mem_protect(uaddr_t address, uint64_t length, uint32_t flags)
{
    if (!is_aligned(address.v, PAGE_SIZE)) {
        return ERR_INVAL;
    }
    if (length == 0) {
        return OK;
    }
    return aspace_protect(caller_aspace(), address, length, prot_of(flags));
}

int64_t sys_mem_advise(uaddr_t address, uint64_t length, uint32_t advice)
{
    switch (advice) {
    case COCO_ADVICE_DISCARD:
        return aspace_discard(caller_aspace(), address, length);
    case COCO_ADVICE_POPULATE:
        return aspace_populate(caller_aspace(), address, length, false);
    case COCO_ADVICE_POPULATE_MAPPED:
        return aspace_populate(caller_aspace(), address, length, true);
    case COCO_ADVICE_NONE:
        return aspace_check_mapped(caller_aspace(), address, length);
    default:
        return ERR_INVAL;
    }
}
