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

#define MADV_NORMAL 0
#define MADV_RANDOM 1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED 3
#define MADV_DONTNEED 4
#define MADV_FREE 8
#define MADV_HUGEPAGE 14
#define MADV_NOHUGEPAGE 15

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

/// Announce how a range will be used; the content stays. Returns 0 or an error number.
int posix_madvise(void *__address, size_t __length, int __advice);

/// MADV_DONTNEED gives the pages back: private memory then reads as zero, or shows its file again.
/// MADV_WILLNEED brings them in. Other advice is accepted. Returns 0, or -1 with errno.
int madvise(void *__address, size_t __length, int __advice);

/// Bring pages in; no page that is there ever goes, so locking has nothing else to do. Returns 0,
/// or -1 with errno.
int mlock(const void *__address, size_t __length);
int munlock(const void *__address, size_t __length);

#define MCL_CURRENT 1 /* what is mapped now */
#define MCL_FUTURE 2  /* what mmap() maps from now on */

/// The same for all mappings. Returns 0, or -1 with errno.
int mlockall(int __flags);
int munlockall(void);

/// Open memory by name: a file below /dev/shm. The name starts with its only slash. Returns a
/// descriptor with close-on-exec mark, or -1 with errno.
int shm_open(const char *__name, int __flags, mode_t __mode);

/// Remove such a name. Returns 0, or -1 with errno.
int shm_unlink(const char *__name);

#ifdef __cplusplus
}
#endif

#if defined(_LARGEFILE64_SOURCE) || defined(_GNU_SOURCE)
#define mmap64 mmap
#endif
