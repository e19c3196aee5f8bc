// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about files, directories and locks on files.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* open (upstream) */
#define COCO_OPEN_READ 0x1u
#define COCO_OPEN_WRITE 0x2u
#define COCO_OPEN_APPEND 0x4u
#define COCO_OPEN_TRUNC 0x8u
#define COCO_OPEN_MODE_MASK 0xfu
#define COCO_OPEN_CREATE 0x1u
#define COCO_OPEN_FLAG_MASK 0x1u

/* seek (upstream) */
#define COCO_FS_SEEK_ABSOLUTE 0u
#define COCO_FS_SEEK_RELATIVE 1u
#define COCO_FS_SEEK_END 2u

/* file_open */
#define COCO_FILE_READ 0x01u
#define COCO_FILE_WRITE 0x02u
#define COCO_FILE_APPEND 0x04u
#define COCO_FILE_CREATE 0x08u
#define COCO_FILE_EXCLUSIVE 0x10u
#define COCO_FILE_TRUNCATE 0x20u
#define COCO_FILE_DIRECTORY 0x40u
#define COCO_FILE_OPEN_MASK 0x7fu
/* file_open_at: do not wait for the other end of a FIFO; and status flag */
#define COCO_FILE_NONBLOCK 0x80u
#define COCO_FILE_NOFOLLOW 0x100u   /* file_open_at: LOOP for a symbolic link at the end */
#define COCO_FILE_NO_CONTROL 0x200u /* a terminal does not become the session's */
#define COCO_FILE_OPEN_AT_MASK 0x3ffu

/* file_stat_at, file_set_attributes_at: a symbolic link at the end is meant itself */
#define COCO_FILE_AT_NOFOLLOW 0x1u
#define COCO_FILE_AT_MASK 0x1u

/* file_dir_seek: the beginning, without looking for new names */
#define COCO_DIR_FIRST UINT64_MAX

/* file_link_at: a symbolic link at the end of `from` is followed */
#define COCO_FILE_LINK_FOLLOW 0x1u
#define COCO_FILE_LINK_MASK 0x1u

/* file_status_flags, pipe_create */
#define COCO_STATUS_NONBLOCK 0x1u /* read and write do not wait: AGAIN instead */
#define COCO_STATUS_APPEND 0x2u   /* every write to a file goes to its end */
#define COCO_STATUS_MASK 0x3u
#define COCO_PIPE_CREATE_MASK 0x1u

/* file_unlink */
#define COCO_UNLINK_DIRECTORY 0x1u
#define COCO_FILE_UNLINK_MASK 0x1u

/* file_seek */
#define COCO_SEEK_SET 0u
#define COCO_SEEK_CURRENT 1u
#define COCO_SEEK_END 2u
#define COCO_SEEK_DATA 3u /* where data begins, at or behind the offset */
#define COCO_SEEK_HOLE 4u /* where none is; the end of the file counts */

/* coco_dirent.type, coco_stat.type */
#define COCO_TYPE_FILE 0u
#define COCO_TYPE_DIR 1u
#define COCO_TYPE_STREAM 2u
#define COCO_TYPE_LOG 3u
#define COCO_TYPE_PIPE 4u
#define COCO_TYPE_DEVICE 5u
#define COCO_TYPE_SOCKET 6u
#define COCO_TYPE_LINK 7u /* a symbolic link */
#define COCO_TYPE_MQUEUE 8u

/// One entry of `readdir`; upstream's layout.
struct coco_dirent {
    char name[256]; /* NUL-terminated UTF-8 */
    uint8_t type;
    uint8_t position[7]; /* for `file_dir_seek`, little-endian; 0 from upstream's `opendir` */
    uint64_t size;
};

/// Result of `file_stat`. Times are nanoseconds since 1970-01-01 00:00 UTC.
struct coco_stat {
    uint64_t inode;
    uint64_t size;
    uint32_t type;
    uint32_t permissions;
    uint32_t links;
    uint32_t device; /* of a device: its number; otherwise 0 */
    int64_t modified;
    int64_t changed;
    int64_t accessed;
    uint64_t blocks; /* 512-byte units in use */
};

/* coco_attributes.wanted */
#define COCO_ATTRIBUTE_PERMISSIONS 0x01u
#define COCO_ATTRIBUTE_MODIFIED 0x02u
#define COCO_ATTRIBUTE_ACCESSED 0x04u
#define COCO_ATTRIBUTE_MODIFIED_NOW 0x08u /* the time of the call, whatever `modified` says */
#define COCO_ATTRIBUTE_ACCESSED_NOW 0x10u
#define COCO_ATTRIBUTE_MASK 0x1fu
#define COCO_PERMISSIONS_MASK 07777u

/// Result of `file_system`.
struct coco_file_system {
    uint32_t block_size; /* bytes */
    uint32_t name_max;   /* bytes of a name, NUL excluded */
    uint64_t blocks;     /* that file data may take */
    uint64_t blocks_free;
    uint64_t files; /* with short names, that there is room for */
    uint64_t files_free;
};

/// Argument of `file_set_attributes`. Times as in coco_stat.
struct coco_attributes {
    uint32_t wanted;      /* COCO_ATTRIBUTE_*: what to change */
    uint32_t permissions; /* within COCO_PERMISSIONS_MASK */
    int64_t modified;
    int64_t accessed;
};

/* coco_file_lock.kind */
#define COCO_LOCK_NONE 0u /* release */
#define COCO_LOCK_SHARED 1u
#define COCO_LOCK_EXCLUSIVE 2u

/* coco_file_lock.owner */
#define COCO_LOCK_PROCESS 0u     /* the range, for the caller's process */
#define COCO_LOCK_DESCRIPTION 1u /* the range, for what the handle opens */
#define COCO_LOCK_WHOLE 2u       /* the file as such, for what the handle opens */

/* file_lock: wait until nobody is in the way */
#define COCO_FILE_LOCK_WAIT 0x1u
#define COCO_FILE_LOCK_MASK 0x1u

#define COCO_LOCK_MAX 1024u /* ranges that a process, or an open file, holds */

/// Argument of `file_lock` and `file_lock_query`.
struct coco_file_lock {
    uint64_t start;   /* first byte */
    uint64_t length;  /* bytes; 0: to the end, wherever that will be */
    uint32_t kind;    /* COCO_LOCK_NONE, SHARED, EXCLUSIVE */
    uint32_t owner;   /* COCO_LOCK_PROCESS, DESCRIPTION, WHOLE */
    uint64_t process; /* told: task id of who holds it, 0 for an open file; given: 0 */
};

COCO_STATIC_ASSERT(sizeof(struct coco_dirent) == 272, "upstream's DirEnt is 272 bytes");
COCO_STATIC_ASSERT(sizeof(struct coco_file_lock) == 32, "coco_file_lock has a fixed size");

#ifdef __cplusplus
}
#endif
