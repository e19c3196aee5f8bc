// SPDX-License-Identifier: MIT
// Locks on files, and what closing a handle means for them.
#include <fs/fs.h>
#include <fs/record_lock.h>
#include <object/handle.h>
#include <task/process.h>

#include "decode.h"
#include "prototypes.h"

#define LAST_BYTE ((uint64_t)INT64_MAX)

/// Check what the caller asks for, but for rights.
static enum status decode_lock(const struct object *object, const struct coco_file_lock *lock,
                               struct record_request *request)
{
    uint64_t last = LAST_BYTE;

    if (lock->kind > COCO_LOCK_EXCLUSIVE || lock->owner > COCO_LOCK_WHOLE || lock->process != 0 ||
        (lock->owner == COCO_LOCK_WHOLE && (lock->start != 0 || lock->length != 0))) {
        return ERR_INVAL;
    }
    if (lock->start > LAST_BYTE ||
        (lock->length != 0 &&
         (!checked_add(lock->start, lock->length - 1, &last) || last > LAST_BYTE))) {
        return ERR_INVAL;
    }
    if (object->type == COCO_OBJECT_DIR && lock->owner != COCO_LOCK_WHOLE) {
        return ERR_NOTSUPP;
    }
    *request = (struct record_request){
        .space = lock->owner == COCO_LOCK_WHOLE ? RECORD_WHOLE : RECORD_RANGE,
        .kind = lock->kind,
        .first = lock->start,
        .last = last,
    };
    return OK;
}

static enum status check_right(const struct coco_file_lock *lock, uint32_t rights)
{
    uint32_t needed = lock->kind == COCO_LOCK_SHARED      ? COCO_RIGHT_READ
                      : lock->kind == COCO_LOCK_EXCLUSIVE ? COCO_RIGHT_WRITE
                                                          : 0;

    if (lock->owner == COCO_LOCK_WHOLE || (needed & ~rights) == 0) {
        return OK;
    }
    return status_missing_right(needed);
}

static struct record_owner *owner_of(struct object *object, uint32_t owner)
{
    return owner == COCO_LOCK_PROCESS ? process_file_locks(process_current())
                                      : record_lock_owner(object);
}

int64_t sys_file_lock(struct held_object file, uaddr_t address, uint32_t flags)
{
    struct coco_file_lock lock;
    struct record_request request;
    enum status status = user_copy_in(&lock, address, sizeof(lock));

    if (status == OK) {
        status = decode_lock(file.object, &lock, &request);
    }
    if (status == OK) {
        status = check_right(&lock, file.rights);
    }
    if (status != OK) {
        return status;
    }
    return record_lock_set(record_lock_node(file.object), owner_of(file.object, lock.owner),
                           &request, (flags & COCO_FILE_LOCK_WAIT) != 0);
}

int64_t sys_file_lock_query(struct object *file, uaddr_t address)
{
    struct coco_file_lock lock;
    struct record_request request;
    enum status status = user_copy_in(&lock, address, sizeof(lock));

    if (status == OK) {
        status = decode_lock(file, &lock, &request);
    }
    if (status == OK && lock.kind == COCO_LOCK_NONE) {
        status = ERR_INVAL;
    }
    if (status != OK) {
        return status;
    }
    record_lock_find(record_lock_node(file), owner_of(file, lock.owner), &request, &lock.process);
    lock.kind = request.kind;
    if (request.kind != COCO_LOCK_NONE && request.space == RECORD_RANGE) {
        lock.start = request.first;
        lock.length = request.last == LAST_BYTE ? 0 : request.last - request.first + 1;
    }
    return user_copy_out(address, &lock, sizeof(lock));
}

/// Close a handle of a process that holds locks: those on the file go, whatever other handles to it
/// there are.
static void close_with_locks(struct process *process, uint32_t handle)
{
    const uint32_t types = OBJECT_MASK(COCO_OBJECT_FILE);
    struct object *file;

    if (handle_get(process_handles(process), handle, types, 0, &file) == OK) {
        record_lock_release(file_node(file), process_file_locks(process));
        object_put(file);
    }
}

int64_t sys_close(uint32_t handle)
{
    struct process *process = process_current();

    if (unlikely(!record_owner_is_idle(process_file_locks(process)))) {
        close_with_locks(process, handle);
    }
    // A number that is not open is closed: the ABI knows no error here.
    (void)!handle_close(process_handles(process), handle);
    return OK;
}
