// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>

#include <coconut/objects.h>
#include <coconut/rights.h>
#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

int __coco_fd_flags(struct file_description *description)
{
    int flags = __atomic_load_n(&description->flags, __ATOMIC_RELAXED);
    if (flags != COCO_FD_FLAGS_UNKNOWN) {
        return flags;
    }
    int64_t info = coco_handle_info(description->handle);
    if (coco_is_error(info)) {
        return (int)__coco_ret(info);
    }
    uint32_t rights = (uint32_t)((uint64_t)info >> 32);
    bool reads = (rights & COCO_RIGHT_READ) != 0;
    bool writes = (rights & COCO_RIGHT_WRITE) != 0;
    flags = reads && writes ? O_RDWR : (writes ? O_WRONLY : O_RDONLY);
    __atomic_store_n(&description->flags, flags, __ATOMIC_RELAXED);
    return flags;
}

bool __coco_fd_is_directory(const struct file_description *description)
{
    int64_t info = description->handle == COCO_HANDLE_NONE ? COCO_ENOTDIR
                                                           : coco_handle_info(description->handle);
    return !coco_is_error(info) && (uint32_t)info == COCO_OBJECT_DIR;
}
