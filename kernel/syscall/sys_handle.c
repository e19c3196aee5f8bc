// SPDX-License-Identifier: MIT
#include <object/handle.h>
#include <task/process.h>

#include "new_handle.h"
#include "prototypes.h"

int64_t sys_close(uint32_t handle)
{
    // A number that is not open is closed: the ABI knows no error here.
    (void)!handle_close(process_handles(process_current()), handle);
    return OK;
}

int64_t sys_handle_duplicate(struct object *handle, uint32_t handle_rights, uint32_t rights)
{
    if (rights == COCO_RIGHTS_SAME) {
        rights = handle_rights;
    }
    if ((rights & ~handle_rights) != 0) {
        return ERR_PERM;
    }
    if (!object_get(handle)) {
        return ERR_NOTFOUND;
    }
    return new_handle_install(handle, rights);
}

int64_t sys_handle_info(struct object *handle, uint32_t handle_rights)
{
    return (int64_t)((uint64_t)handle_rights << 32 | handle->type);
}
