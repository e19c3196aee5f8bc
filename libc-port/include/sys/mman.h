// SPDX-License-Identifier: MIT
// Memory mapping, private and shared, of files and of zeros.
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PROT_NONE 0x0
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4

#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_NORESERVE 0x4000 /* accepted; memory is accounted for all the same */
#define MAP_FAILED ((void *)-1)

#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4

#define POSIX_MADV_NORMAL 0
#define POSIX_MADV_RANDOM 1
#define POSIX_MADV_SEQUENTIAL 2
#define POSIX_MADV_WILLNEED 3
#define POSIX_MADV_DONTNEED 4

/// Map length bytes (> 0, rounded up to pages) of fd from offset, or zeros with MAP_ANONYMOUS.
/// Returns the address or MAP_FAILED with errno. PROT_WRITE with PROT_EXEC is refused.
void *mmap(void *__address, size_t __length, int __protection, int __flags, int __fd,
           off_t __offset);

/// Remove what is mapped in the range. Returns 0, or -1 with errno.
int munmap(void *__address, size_t __length);

/// Change the access of mapped pages. Returns 0, or -1 with errno.
int mprotect(void *__address, size_t __length, int __protection);

/// Write changed pages back; private mappings have nothing to write. Returns 0, or -1 with errno.
int msync(void *__address, size_t __length, int __flags);

/// Announce how a range will be used. Returns 0 or an error number.
int posix_madvise(void *__address, size_t __length, int __advice);

#ifdef __cplusplus
}
#endif
