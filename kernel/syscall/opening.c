// SPDX-License-Identifier: MIT
#include "opening.h"

#include "new_handle.h"

enum status opening_begin(struct opening *opening, bool changes, unsigned file_flags)
{
    *opening = (struct opening){0};
    if (!changes) {
        return OK;
    }
    enum status status = new_handle_reserve(&opening->number);
    if (status != OK) {
        return status;
    }
    status = file_alloc(file_flags, &opening->file);
    if (status != OK) {
        new_handle_cancel(opening->number);
    }
    return status;
}

void opening_abort(struct opening *opening)
{
    if (opening->file != NULL) {
        object_put(opening->file);
        opening->file = NULL;
        new_handle_cancel(opening->number);
    }
}

int64_t opening_finish(struct opening *opening, struct vfs_node *node, unsigned file_flags,
                       uint64_t position, uint32_t rights)
{
    struct object *file = opening->file;
    bool reserved = file != NULL;

    opening->file = NULL;
    if (reserved) {
        file_attach(file, node);
    } else {
        enum status status = file_create(node, file_flags, &file);
        if (status != OK) {
            return status;
        }
    }
    if (position != 0) {
        file_set_position(file, position);
    }
    return reserved ? new_handle_fill(opening->number, file, rights)
                    : new_handle_install(file, rights);
}
