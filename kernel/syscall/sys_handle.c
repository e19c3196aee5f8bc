// SPDX-License-Identifier: MIT
#include <object/handle.h>
#include <task/process.h>

#include "new_handle.h"
#include "prototypes.h"

int64_t sys_handle_duplicate(struct held_object handle, uint32_t rights)
{
    if (rights == COCO_RIGHTS_SAME) {
        rights = handle.rights;
    }
    if ((rights & ~handle.rights) != 0) {
        return ERR_PERM;
    }
    if (!object_get(handle.object)) {
        return ERR_NOTFOUND;
    }
    return new_handle_install(handle.object, rights);
}

int64_t sys_handle_info(struct held_object handle)
{
    return (int64_t)((uint64_t)handle.rights << 32 | handle.object->type);
}
