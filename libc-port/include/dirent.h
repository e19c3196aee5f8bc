// SPDX-License-Identifier: MIT
// newlib's <dirent.h> and the records of POSIX.1-2024's posix_getdents().
#pragma once

#include_next <dirent.h>

typedef unsigned short reclen_t;

struct posix_dent {
    ino_t d_ino;
    reclen_t d_reclen; // bytes from this record to the next
    unsigned char d_type;
    char d_name[]; // NUL-terminated
};

// As a flag: d_type is never DT_UNKNOWN, which here holds in any case.
#define DT_FORCE_TYPE 1

#ifdef __cplusplus
extern "C" {
#endif

/// Further entries of the open directory `fd`, as struct posix_dent one behind the other, without
/// `.` and `..`. Result: bytes used in `buffer`, 0 at the end, -1 with errno: EINVAL for unknown
/// flags or a buffer below the size of the longest record (280 bytes), ENOTDIR, EBADF.
ssize_t posix_getdents(int __fd, void *__buffer, size_t __size, int __flags);

#ifdef __cplusplus
}
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define dirent64 dirent
#define readdir64 readdir
#define readdir64_r readdir_r
#define scandir64 scandir
#define alphasort64 alphasort
#endif
