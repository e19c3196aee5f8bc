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
    // Another thread may have closed the handle meanwhile. What ends with its last one, such as a
    // timer, would have a handle again and do nothing.
    if (!object_handle_kept(handle.object)) {
        return ERR_NOTFOUND;
    }
    object_get_held(handle.object);
    int64_t result = new_handle_install(handle.object, rights);
    object_handle_removed(handle.object);
    return result;
}

int64_t sys_handle_info(struct held_object handle)
{
    return (int64_t)((uint64_t)handle.rights << 32 | handle.object->type);
}
