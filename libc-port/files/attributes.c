// SPDX-License-Identifier: MIT
// Modes and times.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/fd.h"
#include "../private/path.h"
#include "../private/ret.h"

static int set_by_fd(int fd, const struct coco_attributes *wanted)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = COCO_ENOTSUPP; // no handle: empty input
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_file_set_attributes(description->handle, wanted);
    }
    __coco_fd_put(description);
    if (result == COCO_ENOTSUPP) { // a pipe, a stream
        errno = EINVAL;
        return -1;
    }
    return (int)__coco_ret(result);
}

static int set_by_path(int dirfd, const char *path, const struct coco_attributes *wanted, int flags)
{
    struct coco_place place;
    if ((flags & ~AT_SYMLINK_NOFOLLOW) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    bool itself = (flags & AT_SYMLINK_NOFOLLOW) != 0;
    int64_t result =
        coco_file_set_attributes_at(place.dir, path, wanted, itself ? COCO_FILE_AT_NOFOLLOW : 0);
    int fd = result == COCO_ENOTFOUND ? __coco_place_descriptor(&place) : -1;
    __coco_place_done(&place);
    if (fd >= 0) {
        return set_by_fd(fd, wanted);
    }
    // The mode of a link is NOTSUPP, as is a descriptor that is no directory.
    bool mode = itself && (wanted->wanted & COCO_ATTRIBUTE_PERMISSIONS) != 0;
    return (int)(mode ? __coco_ret(result) : __coco_place_ret(result));
}

static struct coco_attributes mode_attributes(mode_t mode)
{
    return (struct coco_attributes){.wanted = COCO_ATTRIBUTE_PERMISSIONS,
                                    .permissions = (uint32_t)mode & COCO_PERMISSIONS_MASK};
}

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
    const struct coco_attributes wanted = mode_attributes(mode);
    return set_by_path(dirfd, path, &wanted, flags);
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

int fchmod(int fd, mode_t mode)
{
    const struct coco_attributes wanted = mode_attributes(mode);
    return set_by_fd(fd, &wanted);
}

// One of the two times; adds `given` or `now` to the flags. Returns 0, or -1 with errno EINVAL.
static int convert(const struct timespec *time, uint32_t given, uint32_t now, int64_t *ns,
                   uint32_t *wanted)
{
    if (time->tv_nsec == UTIME_OMIT) {
        return 0;
    }
    if (time->tv_nsec == UTIME_NOW) {
        *wanted |= now;
        return 0;
    }
    if (!__coco_timespec_valid(time) ||
        __builtin_mul_overflow((int64_t)time->tv_sec, (int64_t)COCO_SECOND, ns) ||
        __builtin_add_overflow(*ns, (int64_t)time->tv_nsec, ns)) {
        errno = EINVAL;
        return -1;
    }
    *wanted |= given;
    return 0;
}

static int time_attributes(const struct timespec times[2], struct coco_attributes *out)
{
    static const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    *out = (struct coco_attributes){0};
    times = times ? times : now;
    if (convert(&times[0], COCO_ATTRIBUTE_ACCESSED, COCO_ATTRIBUTE_ACCESSED_NOW, &out->accessed,
                &out->wanted) < 0) {
        return -1;
    }
    return convert(&times[1], COCO_ATTRIBUTE_MODIFIED, COCO_ATTRIBUTE_MODIFIED_NOW, &out->modified,
                   &out->wanted);
}

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
    struct coco_attributes wanted;
    return time_attributes(times, &wanted) < 0 ? -1 : set_by_path(dirfd, path, &wanted, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    struct coco_attributes wanted;
    return time_attributes(times, &wanted) < 0 ? -1 : set_by_fd(fd, &wanted);
}

int utimes(const char *path, const struct timeval times[2])
{
    struct timespec exact[2];
    for (int i = 0; times && i < 2; i++) {
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000) {
            errno = EINVAL;
            return -1;
        }
        exact[i] = (struct timespec){times[i].tv_sec, (long)times[i].tv_usec * 1000};
    }
    return utimensat(AT_FDCWD, path, times ? exact : NULL, 0);
}

int utime(const char *path, const struct utimbuf *times)
{
    struct timespec exact[2] = {{0}, {0}};
    if (times) {
        exact[0].tv_sec = times->actime;
        exact[1].tv_sec = times->modtime;
    }
    return utimensat(AT_FDCWD, path, times ? exact : NULL, 0);
}
