// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/memory.h"
#include "../private/ret.h"

_Static_assert(PROT_READ == COCO_MMAP_READ && PROT_WRITE == COCO_MMAP_WRITE &&
                   PROT_EXEC == COCO_MMAP_EXEC,
               "PROT_* are passed through");

// The errno value for arguments that the kernel would not refuse, or refuses less exactly; else 0.
static int check(int protection, int flags, size_t length)
{
    bool shared = (flags & MAP_SHARED) != 0;
    bool private = (flags & MAP_PRIVATE) != 0;
    if (length == 0 || shared == private || (protection & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) ||
        (flags & ~(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE))) {
        return EINVAL;
    }
    if ((protection & PROT_WRITE) && (protection & PROT_EXEC)) {
        return ENOTSUP;
    }
    return length > COCO_USER_END ? ENOMEM : 0; // more than there are addresses
}

// mmap()'s errno for errors of which other calls make something else.
static int map_errno(int64_t result)
{
    switch (result) {
    case COCO_ENOTSUPP: // a directory, a stream, the log
        return ENODEV;
    case COCO_EWRONLY: // not open for reading, or, shared, not for writing
    case COCO_ERDONLY:
    case COCO_EPERM:
        return EACCES;
    default:
        return 0;
    }
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    int error = check(protection, flags, length);
    if (error) {
        errno = error;
        return MAP_FAILED;
    }
    uint32_t kernel_flags = (uint32_t)protection;
    kernel_flags |= flags & MAP_PRIVATE ? COCO_MMAP_PRIVATE : 0;
    kernel_flags |= flags & MAP_FIXED ? COCO_MMAP_FIXED : 0;
    int64_t result;
    if (flags & MAP_ANONYMOUS) {
        result =
            coco_mmap(COCO_HANDLE_NONE, address, 0, length, kernel_flags | COCO_MMAP_ANONYMOUS);
    } else {
        struct file_description *description = __coco_fd_get(fd);
        if (!description) {
            return MAP_FAILED;
        }
        result = COCO_ENOTSUPP; // no handle: empty input
        if (description->handle != COCO_HANDLE_NONE) {
            result =
                coco_mmap(description->handle, address, (uint64_t)offset, length, kernel_flags);
        }
        __coco_fd_put(description);
    }
    if (coco_is_error(result) && map_errno(result)) {
        errno = map_errno(result);
        return MAP_FAILED;
    }
    if (!coco_is_error(result) && &__coco_lock_future &&
        __atomic_load_n(&__coco_lock_future, __ATOMIC_RELAXED) &&
        coco_mem_advise((void *)result, length, COCO_ADVICE_POPULATE_MAPPED) < 0) {
        (void)coco_munmap((void *)result, length); // cannot fail: it is a whole mapping
        errno = EAGAIN;
        return MAP_FAILED;
    }
    return (void *)__coco_ret(result);
}

int munmap(void *address, size_t length)
{
    if (length == 0) {
        errno = EINVAL;
        return -1;
    }
    return (int)__coco_ret(coco_munmap(address, length));
}

int mprotect(void *address, size_t length, int protection)
{
    if (protection & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) {
        errno = EINVAL;
        return -1;
    }
    if ((protection & PROT_WRITE) && (protection & PROT_EXEC)) {
        errno = ENOTSUP;
        return -1;
    }
    int64_t result = coco_mem_protect(address, length, (uint32_t)protection);
    if (result == COCO_EPERM) { // more than the descriptor allowed
        errno = EACCES;
        return -1;
    }
    return (int)__coco_ret(result);
}

int msync(void *address, size_t length, int flags)
{
    __coco_cancel_point();
    if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
        ((flags & MS_ASYNC) && (flags & MS_SYNC)) || (uintptr_t)address % COCO_PAGE_SIZE != 0) {
        errno = EINVAL;
        return -1;
    }
    // A shared mapping has the file's own pages: there is nothing to write.
    return (int)__coco_ret(coco_mem_advise(address, length, COCO_ADVICE_NONE));
}
