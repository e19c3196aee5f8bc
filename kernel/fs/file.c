// SPDX-License-Identifier: MIT
// Open files: a node and a position. Rights were checked when the handle was looked up.
#include <base/check.h>
#include <base/math.h>
#include <fs/fs.h>
#include <mm/heap.h>

struct file {
    struct object object;
    struct vfs_node *node; /* one reference; NULL until attached */
    struct mutex lock;     /* guards position; taken before the node's lock */
    uint64_t position;
    struct record_owner locks;
};

static struct file *file_of(struct object *object)
{
    return container_of(object, struct file, object);
}

enum status file_alloc(unsigned flags, struct object **out)
{
    struct file *file;

    *out = NULL;
    enum status status = kzalloc_object(&file);
    if (status != OK) {
        return status;
    }
    mutex_init(&file->lock);
    record_owner_init(&file->locks, 0);
    object_init(&file->object, COCO_OBJECT_FILE);
    file->object.status_flags =
        (uint8_t)(((flags & FILE_APPEND) != 0 ? COCO_STATUS_APPEND : 0) |
                  ((flags & FILE_NONBLOCK) != 0 ? COCO_STATUS_NONBLOCK : 0));
    *out = &file->object;
    return OK;
}

void file_attach(struct object *object, struct vfs_node *node)
{
    CHECK(file_of(object)->node == NULL, "an open file gets a second node");
    vfs_node_get(node);
    file_of(object)->node = node;
}

enum status file_create(struct vfs_node *node, unsigned flags, struct object **out)
{
    enum status status = file_alloc(flags, out);

    if (status == OK) {
        file_attach(*out, node);
    }
    return status;
}

void file_set_position(struct object *object, uint64_t position)
{
    struct file *file = file_of(object);

    mutex_lock(&file->lock);
    file->position = position;
    mutex_unlock(&file->lock);
}

struct vfs_node *file_node(struct object *object)
{
    return file_of(object)->node;
}

struct record_owner *file_owner(struct object *object)
{
    return &file_of(object)->locks;
}

static void file_destroy(struct object *object)
{
    struct file *file = file_of(object);

    record_owner_end(&file->locks);
    vfs_node_put(file->node);
    kfree(file);
}

static enum status file_read(struct object *object, struct user_out buffer, size_t *done)
{
    struct file *file = file_of(object);

    mutex_lock(&file->lock);
    enum status status = vfs_read(file->node, buffer, file->position, done);
    if (status == OK) {
        file->position += *done;
    }
    mutex_unlock(&file->lock);
    return status;
}

static enum status file_write(struct object *object, struct user_in buffer, size_t *done)
{
    struct file *file = file_of(object);
    uint64_t end;

    mutex_lock(&file->lock);
    bool append = (object_status_flags(object) & COCO_STATUS_APPEND) != 0 && buffer.len != 0;
    enum status status =
        vfs_write(file->node, buffer, append ? VFS_OFFSET_END : file->position, &end);
    if (status == OK) {
        file->position = end;
        *done = buffer.len;
    }
    mutex_unlock(&file->lock);
    return status;
}

static enum status file_pread(struct object *object, struct user_out buffer, uint64_t offset,
                              size_t *done)
{
    return vfs_read(file_of(object)->node, buffer, offset, done);
}

static enum status file_pwrite(struct object *object, struct user_in buffer, uint64_t offset,
                               size_t *done)
{
    uint64_t end;

    // The offset that stands for the end is beyond any file.
    if (offset > VFS_FILE_SIZE_MAX) {
        return ERR_FBIG;
    }
    enum status status = vfs_write(file_of(object)->node, buffer, offset, &end);
    *done = buffer.len;
    return status;
}

/// Upstream's arithmetic: never beyond the end, 0 instead of a position below 0.
static uint64_t clamped_position(uint64_t position, uint64_t size, int64_t offset, uint64_t mode)
{
    uint64_t sum;

    switch (mode) {
    case COCO_FS_SEEK_ABSOLUTE:
        return MIN((uint64_t)offset, size);
    case COCO_FS_SEEK_RELATIVE:
        if (offset < 0) {
            uint64_t back = 0 - (uint64_t)offset;
            return back > position ? 0 : MIN(position - back, size);
        }
        return checked_add(position, (uint64_t)offset, &sum) ? MIN(sum, size) : 0;
    default:
        return (uint64_t)offset > size ? 0 : size - (uint64_t)offset;
    }
}

static enum status file_fs_seek(struct object *object, int64_t offset, uint64_t mode,
                                uint64_t *position)
{
    struct file *file = file_of(object);

    if (mode > COCO_FS_SEEK_END) {
        return ERR_INVAL;
    }
    mutex_lock(&file->lock);
    file->position = clamped_position(file->position, vfs_size(file->node), offset, mode);
    *position = file->position;
    mutex_unlock(&file->lock);
    return OK;
}

static enum status seek_data(struct file *file, int64_t offset, bool hole, uint64_t *position)
{
    uint64_t found = (uint64_t)offset;

    mutex_lock(&file->lock);
    enum status status = offset < 0 ? ERR_NXIO : vfs_find_data(file->node, hole, &found);
    if (status == OK) {
        file->position = found;
        *position = found;
    }
    mutex_unlock(&file->lock);
    return status;
}

static enum status file_seek(struct object *object, int64_t offset, uint32_t whence,
                             uint64_t *position)
{
    struct file *file = file_of(object);
    enum status status = OK;
    int64_t base = 0;
    int64_t target;

    if (whence > COCO_SEEK_HOLE) {
        return ERR_INVAL;
    }
    if (whence >= COCO_SEEK_DATA) {
        return seek_data(file, offset, whence == COCO_SEEK_HOLE, position);
    }
    mutex_lock(&file->lock);
    if (whence == COCO_SEEK_CURRENT) {
        base = (int64_t)file->position;
    } else if (whence == COCO_SEEK_END) {
        base = (int64_t)vfs_size(file->node);
    }
    if (__builtin_add_overflow(base, offset, &target) || target < 0 ||
        target > (int64_t)VFS_FILE_SIZE_MAX) {
        status = ERR_INVAL;
    } else {
        file->position = (uint64_t)target;
        *position = file->position;
    }
    mutex_unlock(&file->lock);
    return status;
}

static enum status file_truncate(struct object *object, uint64_t length, uint64_t *size)
{
    struct file *file = file_of(object);

    mutex_lock(&file->lock);
    enum status status = vfs_cut(file->node, length);
    if (status == OK) {
        file->position = length;
        *size = length;
    }
    mutex_unlock(&file->lock);
    return status;
}

static enum status file_resize(struct object *object, uint64_t length)
{
    return vfs_resize(file_of(object)->node, length);
}

static enum status file_stat(struct object *object, struct coco_stat *out)
{
    vfs_stat(file_of(object)->node, out);
    return OK;
}

const struct object_ops file_object_ops = {
    .name = "file",
    .destroy = file_destroy,
    .read = file_read,
    .write = file_write,
    .pread = file_pread,
    .pwrite = file_pwrite,
    .fs_seek = file_fs_seek,
    .seek = file_seek,
    .truncate = file_truncate,
    .resize = file_resize,
    .stat = file_stat,
};
