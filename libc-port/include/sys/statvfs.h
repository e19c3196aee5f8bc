// SPDX-License-Identifier: MIT
// Size and free space of the file system, which is one for all names.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ST_RDONLY 1
#define ST_NOSUID 2

struct statvfs {
    unsigned long f_bsize;   /* bytes: preferred size of a transfer */
    unsigned long f_frsize;  /* bytes: unit of the three counts below */
    fsblkcnt_t f_blocks;     /* all */
    fsblkcnt_t f_bfree;      /* free */
    fsblkcnt_t f_bavail;     /* free for anyone */
    fsfilcnt_t f_files;      /* 0: there is no limit of its own on files */
    fsfilcnt_t f_ffree;      /* 0 */
    fsfilcnt_t f_favail;     /* 0 */
    unsigned long f_fsid;    /* 0 */
    unsigned long f_flag;    /* ST_* */
    unsigned long f_namemax; /* bytes of one name, without its end */
};

/// Ask for the file system that holds a path or an open file.
/// @return -1 with errno ENOSYS: what is free of memory is not told to programs
int statvfs(const char *__restrict __path, struct statvfs *__restrict __out);
int fstatvfs(int __fd, struct statvfs *__out);

#ifdef __cplusplus
}
#endif
