// SPDX-License-Identifier: MIT
#include "message_handles.h"

#include <abi/rights.h>
#include <object/handle.h>
#include <task/process.h>

static struct handle_table *table(void)
{
    return process_handles(process_current());
}

/// Whether the entry could be taken, whatever it names.
static bool is_sound(const struct coco_transfer *entries, uint32_t index)
{
    const struct coco_transfer *entry = &entries[index];

    for (uint32_t i = 0; i < index; i++) {
        if (entries[i].handle == entry->handle) {
            return false;
        }
    }
    return entry->reserved == 0 && (entry->flags & ~COCO_TRANSFER_MASK) == 0;
}

static enum status take(struct message *message, const struct coco_transfer *entry)
{
    struct object *object;
    uint32_t held;
    enum status status = handle_take_along(table(), entry->handle, &object, &held);

    if (status != OK) {
        return status;
    }
    uint32_t rights = entry->rights == COCO_RIGHTS_SAME ? held : entry->rights;
    if ((held & COCO_RIGHT_TRANSFER) == 0 || (rights & ~held) != 0) {
        handle_drop(object);
        return ERR_PERM;
    }
    message_add_handle(message, object, rights);
    return OK;
}

enum status message_take_handles(struct message *message, const struct coco_transfer *entries,
                                 uint32_t count)
{
    enum status status = OK;

    for (uint32_t i = 0; i < count; i++) {
        if (!is_sound(entries, i)) {
            return ERR_INVAL;
        }
    }
    for (uint32_t i = 0; status == OK && i < count; i++) {
        status = take(message, &entries[i]);
    }
    if (status != OK) {
        message_drop_handles(message);
        return status;
    }
    for (uint32_t i = 0; i < count; i++) {
        if ((entries[i].flags & COCO_TRANSFER_MOVE) != 0) {
            // Another thread may have closed it meanwhile: then that is done.
            (void)!handle_close(table(), entries[i].handle);
        }
    }
    return OK;
}

void message_install_handles(struct message *message, uint32_t *numbers)
{
    for (uint32_t i = 0; i < COCO_CHANNEL_HANDLES_MAX; i++) {
        numbers[i] = COCO_HANDLE_NONE;
        if (i < message->handle_count) {
            const struct message_handle *handle = &message->handles[i];

            if (handle_install(table(), handle->object, handle->rights, &numbers[i]) != OK) {
                numbers[i] = COCO_HANDLE_NONE;
            }
        }
    }
    message_drop_handles(message); // the table has references of its own
}

void message_close_handles(const uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (numbers[i] != COCO_HANDLE_NONE) {
            (void)!handle_close(table(), numbers[i]);
        }
    }
}
