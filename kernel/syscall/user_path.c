// SPDX-License-Identifier: MIT
#include "user_path.h"

#include <base/string.h>
#include <fs/fs.h>
#include <mm/heap.h>
#include <task/process.h>

static enum status copy_long(struct user_path *path, uaddr_t address, enum vfs_policy policy)
{
    enum status status = kzalloc(COCO_PATH_MAX, &path->memory);

    if (status != OK) {
        return status;
    }
    status = user_copy_string(path->memory, COCO_PATH_MAX, address, &path->len);
    if (status == OK) {
        path->text = path->memory;
        return OK;
    }
    // The block was zero, so without a zero byte all of it was filled.
    if (status == ERR_INVAL && policy == VFS_POSIX &&
        memchr(path->memory, '\0', COCO_PATH_MAX) == NULL) {
        status = ERR_NAMETOOLONG;
    }
    user_path_free(path);
    return status;
}

enum status user_path_copy(struct user_path *path, uaddr_t address, enum vfs_policy policy)
{
    path->memory = NULL;
    path->text = path->small;
    enum status status = user_copy_string(path->small, sizeof(path->small), address, &path->len);
    if (status != ERR_INVAL) {
        return status;
    }
    return copy_long(path, address, policy);
}

void user_path_free(struct user_path *path)
{
    kfree(path->memory);
    path->memory = NULL;
}

const char *user_path_last(const struct user_path *path, size_t *len)
{
    size_t end = path->len;

    while (end > 0 && path->text[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && path->text[start - 1] != '/') {
        start--;
    }
    *len = end - start;
    return path->text + start;
}

bool user_path_is_bare(const struct user_path *path)
{
    size_t len;

    (void)user_path_last(path, &len);
    return len == 0;
}

struct vfs_node *caller_root(void)
{
    return dir_node(process_root(process_current()));
}

struct vfs_origin caller_origin(struct object *dir)
{
    return (struct vfs_origin){
        .root = caller_root(),
        .dir = dir == NULL ? NULL : dir_node(dir),
        .view = view_current(),
    };
}

struct vfs_origin caller_origin_for(struct object *dir, enum view_access need)
{
    struct vfs_origin origin = caller_origin(dir);

    origin.need = need;
    return origin;
}
