// SPDX-License-Identifier: MIT
#include <base/math.h>
#include <fs/fs.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <task/process.h>

#include "prototypes.h"

#define COPY_CHUNK 2048u /* bytes of a file copied at a time when they lie in pages */

static struct aspace *caller_aspace(void)
{
    return process_aspace(process_current());
}

static unsigned prot_of(uint32_t flags)
{
    return flags & COCO_MMAP_PROT_MASK;
}

/// Copy one piece of the file to the mapping; `*len` gets its bytes, at least 1 unless the file
/// ends.
static enum status copy_piece(struct vfs_node *node, uint64_t offset, uaddr_t to, void *bounce,
                              size_t *len)
{
    size_t limit = *len;
    const void *bytes = vfs_span(node, offset, len);
    enum status status = OK;

    if (bytes == NULL) {
        status = vfs_read_kernel(node, bounce, MIN(limit, (size_t)COPY_CHUNK), offset, len);
        bytes = bounce;
    }
    *len = MIN(*len, limit);
    if (status == OK && *len > 0) {
        status = aspace_populate_copy(caller_aspace(), to, bytes, *len);
    }
    return status;
}

/// Fill a fresh mapping of `length` bytes with what the file holds from `offset` on.
static enum status copy_file(struct vfs_node *node, uint64_t offset, uaddr_t to, uint64_t length)
{
    uint64_t size = vfs_size(node);
    uint64_t left = offset < size ? MIN(length, size - offset) : 0;
    void *bounce;
    enum status status = kmalloc(COPY_CHUNK, &bounce);

    if (status != OK) {
        return status;
    }
    while (status == OK && left > 0) {
        size_t len = (size_t)left;
        status = copy_piece(node, offset, to, bounce, &len);
        if (len == 0) {
            break; // the file was cut meanwhile
        }
        offset += len;
        to = uaddr(to.v + len);
        left -= len;
    }
    kfree(bounce);
    return status;
}

static enum status check_mmap(struct held_object file, uint64_t offset, uint64_t length,
                              uint32_t flags)
{
    bool writable_code = (flags & COCO_MMAP_WRITE) != 0 && (flags & COCO_MMAP_EXEC) != 0;

    if (file.object != NULL && (flags & COCO_MMAP_EXEC) != 0 &&
        (file.rights & COCO_RIGHT_EXEC) == 0) {
        return ERR_PERM;
    }
    if (length == 0 || length > COCO_USER_END || !is_aligned(offset, PAGE_SIZE) || writable_code) {
        return ERR_INVAL;
    }
    return OK;
}

int64_t sys_mmap(struct held_object object, uaddr_t hint, uint64_t offset, uint64_t length,
                 uint32_t flags)
{
    struct map_request request = {
        .hint = hint.v,
        .length = length,
        .prot = prot_of(flags),
        .flags = ((flags & COCO_MMAP_FIXED) != 0 ? ASPACE_FIXED : 0) |
                 (object.object != NULL ? ASPACE_FILE : 0),
    };
    uaddr_t address;
    enum status status = check_mmap(object, offset, length, flags);

    if (status == OK) {
        status = aspace_map(caller_aspace(), &request, &address);
    }
    if (status != OK) {
        return status;
    }
    if (object.object != NULL) {
        status = copy_file(file_node(object.object), offset, address, length);
    }
    if (status != OK) {
        // Splitting cannot fail here: the range is one whole mapping.
        (void)!aspace_unmap(caller_aspace(), address, length);
        return status;
    }
    return (int64_t)address.v;
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
