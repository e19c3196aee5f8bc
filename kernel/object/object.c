// SPDX-License-Identifier: MIT
// Reference and handle counters of objects, and the accessors that dispatch by tag.
#include <base/check.h>
#include <object/object.h>

static uint64_t object_total; /* atomic */

static const struct object_ops *ops_of(const struct object *object)
{
    CHECK(object->type < COCO_OBJECT_COUNT && object_ops[object->type] != NULL,
          "object with an unknown type tag");
    return object_ops[object->type];
}

void object_init(struct object *object, unsigned type)
{
    object->refs = 1;
    object->handles = 0;
    object->type = (uint8_t)type;
    object->status_flags = 0;
    (void)ops_of(object);
    __atomic_fetch_add(&object_total, 1, __ATOMIC_RELAXED);
}

bool object_get(struct object *object)
{
    uint32_t refs = __atomic_load_n(&object->refs, __ATOMIC_RELAXED);

    do {
        if (refs == 0) {
            return false;
        }
        CHECK(refs != UINT32_MAX, "object reference counter overflows");
    } while (!__atomic_compare_exchange_n(&object->refs, &refs, refs + 1, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return true;
}

void object_put_last(struct object *object, uint32_t refs)
{
    CHECK(refs != 0, "object reference put twice");
    CHECK(object->handles == 0, "object destroyed while a handle names it");
    __atomic_fetch_sub(&object_total, 1, __ATOMIC_RELAXED);
    ops_of(object)->destroy(object);
}

void object_put(struct object *object)
{
    if (object != NULL) {
        object_put_plain(object);
    }
}

void object_handle_added(struct object *object)
{
    __atomic_fetch_add(&object->handles, 1, __ATOMIC_RELAXED);
}

bool object_handle_kept(struct object *object)
{
    uint32_t handles = __atomic_load_n(&object->handles, __ATOMIC_RELAXED);

    do {
        if (handles == 0) {
            return false;
        }
    } while (!__atomic_compare_exchange_n(&object->handles, &handles, handles + 1, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return true;
}

void object_handle_removed(struct object *object)
{
    uint32_t handles = __atomic_fetch_sub(&object->handles, 1, __ATOMIC_ACQ_REL);

    CHECK(handles != 0, "object handle removed twice");
    if (handles == 1 && ops_of(object)->on_zero_handles != NULL) {
        ops_of(object)->on_zero_handles(object);
    }
}

uint8_t object_change_status_flags(struct object *object, uint8_t clear, uint8_t set)
{
    uint8_t before = object_status_flags(object);
    uint8_t after;

    do {
        after = (uint8_t)((before & ~clear) | set);
    } while (!__atomic_compare_exchange_n(&object->status_flags, &before, after, true,
                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return before;
}

uint64_t object_count(void)
{
    return __atomic_load_n(&object_total, __ATOMIC_RELAXED);
}

const char *object_type_name(const struct object *object)
{
    return ops_of(object)->name;
}

enum status object_read(struct object *object, struct user_out buffer, size_t *done)
{
    const struct object_ops *ops = ops_of(object);

    return ops->read != NULL ? ops->read(object, buffer, done) : ERR_NOTSUPP;
}

enum status object_write(struct object *object, struct user_in buffer, size_t *done)
{
    const struct object_ops *ops = ops_of(object);

    return ops->write != NULL ? ops->write(object, buffer, done) : ERR_NOTSUPP;
}

enum status object_pread(struct object *object, struct user_out buffer, uint64_t offset,
                         size_t *done)
{
    const struct object_ops *ops = ops_of(object);

    return ops->pread != NULL ? ops->pread(object, buffer, offset, done) : ERR_NOTSUPP;
}

enum status object_pwrite(struct object *object, struct user_in buffer, uint64_t offset,
                          size_t *done)
{
    const struct object_ops *ops = ops_of(object);

    return ops->pwrite != NULL ? ops->pwrite(object, buffer, offset, done) : ERR_NOTSUPP;
}

enum status object_fs_seek(struct object *object, int64_t offset, uint64_t mode, uint64_t *position)
{
    const struct object_ops *ops = ops_of(object);

    return ops->fs_seek != NULL ? ops->fs_seek(object, offset, mode, position) : ERR_NOTSUPP;
}

enum status object_seek(struct object *object, int64_t offset, uint32_t whence, uint64_t *position)
{
    const struct object_ops *ops = ops_of(object);

    return ops->seek != NULL ? ops->seek(object, offset, whence, position) : ERR_NOTSUPP;
}

enum status object_truncate(struct object *object, uint64_t length, uint64_t *size)
{
    const struct object_ops *ops = ops_of(object);

    return ops->truncate != NULL ? ops->truncate(object, length, size) : ERR_NOTSUPP;
}

enum status object_resize(struct object *object, uint64_t length)
{
    const struct object_ops *ops = ops_of(object);

    return ops->resize != NULL ? ops->resize(object, length) : ERR_NOTSUPP;
}

enum status object_readdir(struct object *object, struct user_out entries, size_t *count)
{
    const struct object_ops *ops = ops_of(object);

    return ops->readdir != NULL ? ops->readdir(object, entries, count) : ERR_NOTSUPP;
}

enum status object_stat(struct object *object, struct coco_stat *out)
{
    const struct object_ops *ops = ops_of(object);

    return ops->stat != NULL ? ops->stat(object, out) : ERR_NOTSUPP;
}

uint32_t object_events(struct object *object)
{
    const struct object_ops *ops = ops_of(object);

    return ops->events != NULL ? ops->events(object) : COCO_EVENT_READ | COCO_EVENT_WRITE;
}

struct wait_queue *object_event_queue(struct object *object)
{
    const struct object_ops *ops = ops_of(object);

    return ops->events != NULL ? ops->event_queue(object) : NULL;
}
