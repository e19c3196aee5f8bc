// SPDX-License-Identifier: MIT
#include "new_handle.h"

#include <task/process.h>

static struct handle_table *table(void)
{
    return process_handles(process_current());
}

int64_t new_handle_install(struct object *owned_object, uint32_t rights)
{
    uint32_t number;
    enum status status = handle_install(table(), owned_object, rights, &number);

    object_put(owned_object);
    return status == OK ? (int64_t)number : status;
}

int64_t new_handle_install_two(struct object *const owned_objects[2], const uint32_t rights[2])
{
    int64_t first = new_handle_install(owned_objects[0], rights[0]);

    if (first < 0) {
        object_put(owned_objects[1]);
        return first;
    }
    int64_t second = new_handle_install(owned_objects[1], rights[1]);
    if (second < 0) {
        new_handle_cancel((uint32_t)first);
        return second;
    }
    return (int64_t)((uint64_t)second << 32 | (uint64_t)first);
}

enum status new_handle_reserve(uint32_t *number)
{
    return handle_install(table(), &process_current()->object, 0, number);
}

void new_handle_cancel(uint32_t number)
{
    // A thread of the same process may have closed it already: nothing is left to do then.
    (void)!handle_close(table(), number);
}

int64_t new_handle_fill(uint32_t number, struct object *owned_object, uint32_t rights)
{
    new_handle_cancel(number);
    enum status status = handle_install_at(table(), number, owned_object, rights);
    if (status == ERR_EXIST) {
        return new_handle_install(owned_object, rights);
    }
    object_put(owned_object);
    return status == OK ? (int64_t)number : status;
}
