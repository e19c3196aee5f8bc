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
    fsfilcnt_t f_files;      /* with short names, that there is room for */
    fsfilcnt_t f_ffree;      /* free */
    fsfilcnt_t f_favail;     /* free for anyone */
    unsigned long f_fsid;    /* as st_dev */
    unsigned long f_flag;    /* ST_* */
    unsigned long f_namemax; /* bytes of one name, without its end */
};

/// Ask for the file system that holds a path or an open file.
/// @return 0, or -1 with errno
int statvfs(const char *__restrict __path, struct statvfs *__restrict __out);
int fstatvfs(int __fd, struct statvfs *__out);

#ifdef __cplusplus
}
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define statvfs64 statvfs
#define fstatvfs64 fstatvfs
#endif
