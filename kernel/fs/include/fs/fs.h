// SPDX-License-Identifier: MIT
// Starting the file layer, and its object kinds: open files, open directories, logs.
#pragma once

#include <fs/vfs.h>
#include <object/object.h>
#include <object/record_owner.h>

/// Make the tree: the root directory, /Log/logfile and /dev. File data may take half of memory,
/// names and nodes an eighth. Called once, after mm and object, before any other function. Panics
/// without memory.
void fs_init(void);

/// Bytes of file data, and of names and nodes, in use and at most. Bytes of the boot archive that
/// files borrow are not counted.
struct fs_usage {
    uint64_t data;
    uint64_t data_limit;
    uint64_t names;
    uint64_t names_limit;
};

/// How full the file system is now. `file_cost` gets what a file with a short name takes of
/// `names`.
void fs_read_usage(struct fs_usage *out, uint64_t *file_cost);

/// Make files from the boot archive, which stays mapped at `data` for good: files borrow its bytes.
/// One log line tells what is wrong with a bad archive. ERR_INVAL: malformed; ERR_EXIST: a name
/// occurs twice or is used as a directory; ERR_NOMEM.
enum status fs_unpack_archive(const void *data, size_t len) __must_check;

/// The root directory of the whole tree; no new reference.
struct vfs_node *fs_root(void);

/// Put `node` into the tree as /dev/ports/`name`, for good; its reference is handed over. At boot
/// only. ERR_EXIST; ERR_NOMEM: it stays the caller's.
enum status fs_add_port(const char *name, struct vfs_node *node) __must_check;

/// Rows of the object table for COCO_OBJECT_FILE, COCO_OBJECT_DIR and COCO_OBJECT_LOG.
extern const struct object_ops file_object_ops;
extern const struct object_ops dir_object_ops;
extern const struct object_ops log_object_ops;

#define FILE_APPEND 0x1u   /* every write goes to the end */
#define FILE_NONBLOCK 0x2u /* kept for who asks; a file never lets wait */

/// Make an open file over `node` (not a directory) with its own position, 0. Takes a reference of
/// its own to the node; returns a new reference. ERR_NOMEM.
enum status file_create(struct vfs_node *node, unsigned flags, struct object **out) __must_check;

/// The same in two steps, for callers that must not fail once the node is there: an open file
/// without a node, which may only be put or attached, once. ERR_NOMEM.
enum status file_alloc(unsigned flags, struct object **out) __must_check;
void file_attach(struct object *object, struct vfs_node *node);

/// Move the position of an open file without any check; for opening.
void file_set_position(struct object *object, uint64_t position);

/// The node of an open file; no new reference.
struct vfs_node *file_node(struct object *object);

/// Who holds the locks that belong to an open file or directory.
struct record_owner *file_owner(struct object *object);
struct record_owner *dir_owner(struct object *object);

#define DIR_POSIX 0x1u /* names are copied by the first readdir, which passes over lost ones */
#define DIR_NO_SNAPSHOT 0x2u /* a root directory: never read */

/// Make an open directory over `node`, with a copy of its names; as file_create(). ERR_NOTDIR.
enum status dir_create(struct vfs_node *node, unsigned flags, struct object **out) __must_check;

/// Let readdir go on at `position`: what an entry told, COCO_DIR_FIRST for the beginning, or 0 for
/// that of a fresh copy of the names. ERR_INVAL: no entry told it; ERR_NOMEM.
enum status dir_seek(struct object *object, uint64_t position) __must_check;

/// The node of an open directory; no new reference.
struct vfs_node *dir_node(struct object *object);
