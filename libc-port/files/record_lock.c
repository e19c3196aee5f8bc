// SPDX-License-Identifier: MIT
// fcntl()'s locks on ranges, lockf(), and flock(). The kernel keeps them.
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/record_lock.h"
#include "../private/ret.h"

// What the kernel says of a lock, as fcntl() and lockf() have it.
static int lock_result(int64_t result)
{
    switch (result) {
    case COCO_ENOTSUPP:  // no file
    case COCO_ENOTFOUND: // input that nobody gave
        errno = EINVAL;
        return -1;
    case COCO_ENOMEM:
        errno = ENOLCK;
        return -1;
    default:
        return (int)__coco_ret(result);
    }
}

// What l_start counts from. Returns 0, or an errno value.
static int find_base(const struct file_description *description, int whence, int64_t *base)
{
    struct coco_stat state;
    int64_t result = 0;
    switch (whence) {
    case SEEK_SET:
        *base = 0;
        return 0;
    case SEEK_CUR:
        *base = coco_file_seek(description->handle, 0, COCO_SEEK_CURRENT);
        return coco_is_error(*base) ? EINVAL : 0;
    case SEEK_END:
        result = coco_file_stat(description->handle, &state);
        *base = (int64_t)state.size;
        return coco_is_error(result) ? EINVAL : 0;
    default:
        return EINVAL;
    }
}

// The range from `base` + `start` on, of `len` bytes as l_len has them. Returns 0 or an errno
// value.
static int set_range(int64_t base, off_t start, off_t len, struct coco_file_lock *out)
{
    int64_t first;
    int64_t last;
    if (__builtin_add_overflow(base, start, &first)) {
        return start < 0 ? EINVAL : EOVERFLOW;
    }
    if (len < 0) {
        last = first - 1;
        if (first < 0 || __builtin_add_overflow(first, len, &first)) {
            return EINVAL;
        }
    } else if (__builtin_add_overflow(first, len == 0 ? 0 : len - 1, &last)) {
        return EOVERFLOW;
    }
    if (first < 0) {
        return EINVAL;
    }
    out->start = (uint64_t)first;
    out->length = len == 0 ? 0 : (uint64_t)(last - first) + 1;
    return 0;
}

static int convert(const struct file_description *description, const struct flock *lock,
                   struct coco_file_lock *out)
{
    static const uint32_t kinds[] = {
        [F_RDLCK] = COCO_LOCK_SHARED, [F_WRLCK] = COCO_LOCK_EXCLUSIVE, [F_UNLCK] = COCO_LOCK_NONE};
    if (lock->l_type < F_RDLCK || lock->l_type > F_UNLCK) {
        return EINVAL;
    }
    out->kind = kinds[lock->l_type];
    int64_t base;
    int error = find_base(description, lock->l_whence, &base);
    return error ? error : set_range(base, lock->l_start, lock->l_len, out);
}

static int query(const struct file_description *description, struct coco_file_lock *wanted,
                 struct flock *lock)
{
    int64_t result = coco_file_lock_query(description->handle, wanted);
    if (coco_is_error(result)) {
        return lock_result(result);
    }
    if (wanted->kind == COCO_LOCK_NONE) {
        lock->l_type = F_UNLCK;
        return 0;
    }
    lock->l_type = wanted->kind == COCO_LOCK_SHARED ? F_RDLCK : F_WRLCK;
    lock->l_whence = SEEK_SET;
    lock->l_start = (off_t)wanted->start;
    lock->l_len = (off_t)wanted->length;
    lock->l_pid = wanted->process != 0 ? (pid_t)wanted->process : -1;
    return 0;
}

static int64_t set(const struct file_description *description, const struct coco_file_lock *wanted,
                   bool wait)
{
    return wait ? coco_cp_file_lock(description->handle, wanted, COCO_FILE_LOCK_WAIT)
                : coco_file_lock(description->handle, wanted, 0);
}

int __coco_record_lock(int fd, int command, struct flock *lock)
{
    bool of_description = command >= F_OFD_GETLK;
    bool asks = command == F_GETLK || command == F_OFD_GETLK;
    struct coco_file_lock wanted = {
        .owner = of_description ? COCO_LOCK_DESCRIPTION : COCO_LOCK_PROCESS,
    };
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t done = 0;
    int result = -1;
    int error = of_description && lock->l_pid != 0 ? EINVAL : convert(description, lock, &wanted);
    if (error) {
        errno = error;
    } else if (asks) {
        result = query(description, &wanted, lock);
    } else {
        done = set(description, &wanted, command == F_SETLKW || command == F_OFD_SETLKW);
    }
    __coco_fd_put(description);
    return error || asks ? result : lock_result(done);
}

int lockf(int fd, int function, off_t len)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = len};
    switch (function) {
    case F_ULOCK:
        lock.l_type = F_UNLCK;
        return __coco_record_lock(fd, F_SETLK, &lock);
    case F_LOCK:
        return __coco_record_lock(fd, F_SETLKW, &lock);
    case F_TLOCK:
        return __coco_record_lock(fd, F_SETLK, &lock);
    case F_TEST:
        if (__coco_record_lock(fd, F_GETLK, &lock) < 0) {
            return -1;
        }
        errno = lock.l_type == F_UNLCK ? errno : EAGAIN;
        return lock.l_type == F_UNLCK ? 0 : -1;
    default:
        errno = EINVAL;
        return -1;
    }
}

int flock(int fd, int operation)
{
    struct coco_file_lock wanted = {.owner = COCO_LOCK_WHOLE};
    switch (operation & ~LOCK_NB) {
    case LOCK_SH:
        wanted.kind = COCO_LOCK_SHARED;
        break;
    case LOCK_EX:
        wanted.kind = COCO_LOCK_EXCLUSIVE;
        break;
    case LOCK_UN:
        wanted.kind = COCO_LOCK_NONE;
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    uint32_t flags = operation & LOCK_NB ? 0 : COCO_FILE_LOCK_WAIT;
    int64_t result = coco_file_lock(description->handle, &wanted, flags);
    __coco_fd_put(description);
    return result == COCO_ENOTSUPP ? (int)__coco_ret(result) : lock_result(result);
}
