// SPDX-License-Identifier: MIT
// Open directories: a copy of the names, and a place in it. The copy is made at opening, or when it
// is first needed, and counts as memory of who has it made.
#include <base/check.h>
#include <base/string.h>
#include <fs/fs.h>
#include <fs/namespace.h>
#include <mm/heap.h>

#include "ram.h"

#define NAME_FIELD (sizeof(((struct coco_dirent *)NULL)->name))

struct dir {
    struct object object;
    struct vfs_node *node;  /* one reference */
    unsigned flags;         /* DIR_*; never changes */
    struct mutex lock;      /* guards what follows */
    bool has_names;         /* the copy was made */
    struct vfs_names names; /* owned */
    size_t offset;          /* of the next record in `names` */
    struct record_owner locks;
};

static struct dir *dir_of(struct object *object)
{
    return container_of(object, struct dir, object);
}

enum status dir_create(struct vfs_node *node, unsigned flags, struct object **out)
{
    struct dir *dir;

    *out = NULL;
    if (!vfs_is_dir(node)) {
        return ERR_NOTDIR;
    }
    enum status status = kzalloc_object(&dir);
    if (status != OK) {
        return status;
    }
    if ((flags & (DIR_NO_SNAPSHOT | DIR_POSIX)) == 0) {
        status = vfs_copy_names(node, &dir->names);
        if (status != OK) {
            kfree(dir);
            return status;
        }
        dir->has_names = true;
    }
    vfs_node_get(node);
    dir->node = node;
    dir->flags = flags;
    mutex_init(&dir->lock);
    record_owner_init(&dir->locks, 0);
    object_init(&dir->object, COCO_OBJECT_DIR);
    *out = &dir->object;
    return OK;
}

struct vfs_node *dir_node(struct object *object)
{
    return dir_of(object)->node;
}

struct record_owner *dir_owner(struct object *object)
{
    return &dir_of(object)->locks;
}

static void dir_destroy(struct object *object)
{
    struct dir *dir = dir_of(object);

    record_owner_end(&dir->locks);
    vfs_node_put(dir->node);
    vfs_names_free(&dir->names);
    kfree(dir);
}

/// Copy a name into the field of an entry, cut before the character that does not fit.
static void copy_name(char field[NAME_FIELD], const char *name, size_t len)
{
    if (len >= NAME_FIELD) {
        len = NAME_FIELD - 1;
        while (len > 0 && ((uint8_t)name[len] & 0xc0u) == 0x80u) {
            len--; // inside of a UTF-8 sequence
        }
    }
    memcpy(field, name, len);
}

/// Make the copy of the names if there is none. The lock is held.
static enum status need_names(struct dir *dir)
{
    if (dir->has_names) {
        return OK;
    }
    enum status status = vfs_copy_names(dir->node, &dir->names);
    dir->has_names = status == OK;
    return status;
}

/// Where the record at `offset` of the copy ends.
static size_t record_end(const struct dir *dir, size_t offset)
{
    uint16_t len;

    memcpy(&len, dir->names.bytes + offset, sizeof(len));
    return offset + sizeof(len) + len;
}

enum status dir_seek(struct object *object, uint64_t position)
{
    struct dir *dir = dir_of(object);
    enum status status = OK;
    size_t offset = 0;

    mutex_lock(&dir->lock);
    if (position == 0) {
        vfs_names_free(&dir->names);
        dir->has_names = false;
    } else {
        status = need_names(dir);
    }
    position = position == COCO_DIR_FIRST ? 0 : position;
    while (status == OK && offset < position) {
        status = offset < dir->names.len ? OK : ERR_INVAL;
        offset = status == OK ? record_end(dir, offset) : offset;
    }
    if (status == OK) {
        status = offset == position ? OK : ERR_INVAL;
    }
    if (status == OK) {
        dir->offset = offset;
    }
    mutex_unlock(&dir->lock);
    return status;
}

/// Take the next name of the copy and describe what it names now. ERR_NOTFOUND: it has gone;
/// ERR_DENIED: the process does not see it.
static enum status next_entry(struct dir *dir, struct coco_dirent *entry)
{
    const char *name = (const char *)dir->names.bytes + dir->offset + sizeof(uint16_t);
    size_t end = record_end(dir, dir->offset);
    size_t len = end - dir->offset - sizeof(uint16_t);
    uint64_t position = end;

    dir->offset = end;
    memset(entry, 0, sizeof(*entry));
    copy_name(entry->name, name, len);
    if ((dir->flags & DIR_POSIX) != 0) {
        memcpy(entry->position, &position, sizeof(entry->position));
    }
    return vfs_describe_entry(dir->node, name, len, &entry->type, &entry->size);
}

static enum status dir_readdir(struct object *object, struct user_out entries, size_t *count)
{
    struct dir *dir = dir_of(object);
    bool skip_missing = (dir->flags & DIR_POSIX) != 0;
    uint64_t room = entries.len / sizeof(struct coco_dirent);
    enum status status;
    size_t stored = 0;

    mutex_lock(&dir->lock);
    status = need_names(dir);
    while (status == OK && stored < room && dir->offset < dir->names.len) {
        struct coco_dirent entry;
        status = next_entry(dir, &entry);
        if (status == ERR_DENIED || (status == ERR_NOTFOUND && skip_missing)) {
            status = OK;
            continue;
        }
        if (status == OK) {
            uaddr_t to = uaddr(entries.addr.v + stored * sizeof(entry));
            status = user_copy_out(to, &entry, sizeof(entry));
            stored++;
        }
    }
    mutex_unlock(&dir->lock);
    *count = stored;
    return status;
}

static enum status dir_stat(struct object *object, struct coco_stat *out)
{
    vfs_stat(dir_of(object)->node, out);
    return OK;
}

const struct object_ops dir_object_ops = {
    .name = "directory",
    .destroy = dir_destroy,
    .readdir = dir_readdir,
    .stat = dir_stat,
};
