// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/path.h"
#include "../private/ret.h"

#define STATUS_FLAGS (O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC)

#define NOT_READ UINT32_MAX

// The kernel keeps the mask, so that programs started from here have it; this is a copy.
static uint32_t creation_mask = NOT_READ;

mode_t umask(mode_t mask)
{
    int64_t before = coco_process_creation_mask(mask & ACCESSPERMS);
    __atomic_store_n(&creation_mask, mask & ACCESSPERMS, __ATOMIC_RELAXED);
    return coco_is_error(before) ? S_IWGRP | S_IWOTH : (mode_t)before; // upstream's kernel has none
}

static mode_t get_mask(void)
{
    uint32_t mask = __atomic_load_n(&creation_mask, __ATOMIC_RELAXED);
    if (mask == NOT_READ) {
        int64_t kept = coco_process_creation_mask(UINT32_MAX);
        mask = coco_is_error(kept) ? S_IWGRP | S_IWOTH : (uint32_t)kept;
        uint32_t unread = NOT_READ; // unless another thread sets it meanwhile
        (void)__atomic_compare_exchange_n(&creation_mask, &unread, mask, 0, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED);
    }
    return mask;
}

// Bits for file_mkdir() and file_open(); declared here, used by mkdir too.
uint32_t __coco_apply_umask(mode_t mode);

uint32_t __coco_apply_umask(mode_t mode)
{
    return (uint32_t)(mode & ALLPERMS & ~get_mask());
}

// Kernel flags for open's, or 0 if they are no valid access mode.
static uint32_t kernel_flags(int flags)
{
    static const uint32_t access[] = {COCO_FILE_READ, COCO_FILE_WRITE,
                                      COCO_FILE_READ | COCO_FILE_WRITE, 0};
    uint32_t result = access[flags & O_ACCMODE];
    result |= flags & O_APPEND ? COCO_FILE_APPEND : 0;
    result |= flags & O_CREAT ? COCO_FILE_CREATE : 0;
    result |= (flags & O_EXCL) && (flags & O_CREAT) ? COCO_FILE_EXCLUSIVE : 0;
    result |= flags & O_TRUNC ? COCO_FILE_TRUNCATE : 0;
    result |= flags & O_DIRECTORY ? COCO_FILE_DIRECTORY : 0;
    result |= flags & O_NONBLOCK ? COCO_FILE_NONBLOCK : 0;
    result |= flags & O_NOFOLLOW ? COCO_FILE_NOFOLLOW : 0;
    result |= flags & O_NOCTTY ? COCO_FILE_NO_CONTROL : 0;
    return access[flags & O_ACCMODE] ? result : 0;
}

// A path that stands for a descriptor: another descriptor for the same description, which must
// allow the access that is asked for.
static int open_descriptor(int fd, int flags)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        errno = ENOENT;
        return -1;
    }
    int has = __coco_fd_flags(description);
    __coco_fd_put(description);
    if (has < 0) {
        return -1;
    }
    if ((has & O_ACCMODE) != O_RDWR && (has & O_ACCMODE) != (flags & O_ACCMODE)) {
        errno = EACCES;
        return -1;
    }
    if (flags & O_DIRECTORY) {
        errno = ENOTDIR;
        return -1;
    }
    return __coco_fd_duplicate(fd, 0, __coco_fd_marks_of(flags));
}

// @param own  the descriptor that was taken for it, or NULL
static int finish(struct fd_place *own, coco_handle_t handle, int flags)
{
    int status = flags & STATUS_FLAGS;
    int marks = __coco_fd_marks_of(flags);
    int fd =
        own ? __coco_fd_fill(own, handle, status, marks) : __coco_fd_install(handle, status, marks);
    if (fd < 0) {
        int saved_errno = errno;
        (void)coco_close(handle); // always succeeds
        errno = saved_errno;
    }
    return fd;
}

// Where opening may change the file the descriptor is there before: a full table is to leave it as
// it is. Otherwise it is taken afterwards.
static int open_at(int dirfd, const char *path, int flags, mode_t mode)
{
    struct coco_place place;
    struct fd_place taken;
    struct fd_place *own = flags & (O_CREAT | O_TRUNC) ? &taken : NULL;
    uint32_t wanted = kernel_flags(flags);
    if (wanted == 0) {
        errno = EINVAL;
        return -1;
    }
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    if ((own ? __coco_fd_reserve(own) : __coco_fd_room()) < 0) {
        __coco_place_done(&place);
        return -1;
    }
    int64_t handle = coco_cp_file_open_at(place.dir, path, wanted, __coco_apply_umask(mode));
    int stands_for = handle == COCO_ENOTFOUND ? __coco_place_descriptor(&place) : -1;
    __coco_place_done(&place);
    if (!coco_is_error(handle)) {
        return finish(own, (coco_handle_t)handle, flags);
    }
    if (own) {
        __coco_fd_give_back(own);
    }
    return stands_for >= 0 ? open_descriptor(stands_for, flags) : (int)__coco_place_ret(handle);
}

// The argument behind the flags, which is there if a file may be created.
static mode_t created_mode(int flags, va_list *list)
{
    return flags & O_CREAT ? (mode_t)va_arg(*list, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = created_mode(flags, &list);
    va_end(list);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int dirfd, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = created_mode(flags, &list);
    va_end(list);
    return open_at(dirfd, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
    return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
