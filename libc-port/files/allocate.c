// SPDX-License-Identifier: MIT
// posix_fallocate() and posix_fadvise(): results are error numbers, errno stays.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

// 0, or why a descriptor has no room for bytes at an offset; EBADF if it is not open.
static int check_kind(int fd)
{
    struct stat state;
    if (fstat(fd, &state) < 0) {
        return errno;
    }
    return S_ISFIFO(state.st_mode) || S_ISSOCK(state.st_mode) ? ESPIPE : 0;
}

static int allocate(int fd, off_t offset, off_t len)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return EBADF;
    }
    int64_t result = description->handle == COCO_HANDLE_NONE
                         ? COCO_ENOTSUPP
                         : coco_file_allocate(description->handle, (uint64_t)offset, (uint64_t)len);
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP) {
        return ENODEV;
    }
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

int posix_fallocate(int fd, off_t offset, off_t len)
{
    int saved_errno = errno;
    int error = check_kind(fd);
    if (!error && (offset < 0 || len <= 0)) {
        error = EINVAL;
    }
    error = error ? error : allocate(fd, offset, len);
    errno = saved_errno;
    return error;
}

int posix_fadvise(int fd, off_t offset, off_t len, int advice)
{
    int saved_errno = errno;
    int error = check_kind(fd);
    (void)offset;
    if (!error && (len < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE)) {
        error = EINVAL;
    }
    errno = saved_errno;
    return error;
}
