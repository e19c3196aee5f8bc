// SPDX-License-Identifier: MIT
// What <fcntl.h> has: newlib's, with a `struct flock` that holds any offset and process id, and
// what POSIX has beyond.
#pragma once

#define flock __newlib_flock
#include_next <sys/_default_fcntl.h>
#undef flock

#ifdef __cplusplus
extern "C" {
#endif

/// A lock on bytes of a file, for fcntl().
struct flock {
    short l_type;   /* F_RDLCK, F_WRLCK, F_UNLCK */
    short l_whence; /* what l_start counts from: SEEK_SET, SEEK_CUR, SEEK_END */
    off_t l_start;
    off_t l_len; /* 0: to the end, wherever that will be; below 0: the bytes in front of l_start */
    pid_t l_pid; /* told by F_GETLK; -1: a lock of an open file description */
};

#if __BSD_VISIBLE
int flock(int __fd, int __operation);
#endif

#if __POSIX_VISIBLE >= 200112
#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5

/// Both return 0 or an error number; errno stays. Advice changes nothing: files are in memory.
int posix_fadvise(int __fd, off_t __offset, off_t __len, int __advice);
int posix_fallocate(int __fd, off_t __offset, off_t __len);
#endif

#if __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE
#define FD_CLOFORK 2         /* close in the child of fork(), and of posix_spawn() */
#define O_CLOFORK 0x01000000 /* open with it */
#define F_DUPFD_CLOFORK 15   /* as F_DUPFD, with FD_CLOFORK */
#define F_OFD_GETLK 16       /* locks that belong to the open file description */
#define F_OFD_SETLK 17
#define F_OFD_SETLKW 18
#endif

#ifdef __cplusplus
}
#endif
