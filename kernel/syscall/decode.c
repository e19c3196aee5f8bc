// SPDX-License-Identifier: MIT
#include "decode.h"

enum status decode_handle_held(uint32_t number, uint32_t types, uint32_t rights,
                               struct held_object *out)
{
    struct object *object;
    uint32_t held;
    enum status status = handle_info(process_handles(process_current()), number, &object, &held);

    if (status != OK) {
        return status;
    }
    if ((OBJECT_MASK(object->type) & types) == 0) {
        status = ERR_NOTSUPP;
    } else if ((rights & ~held) != 0) {
        status = status_missing_right(rights & ~held);
    }
    if (status != OK) {
        object_put(object);
        return status;
    }
    *out = (struct held_object){object, held};
    return OK;
}
