// SPDX-License-Identifier: MIT
// Kernel objects: a common header, two counters, and operations found by the type tag.
//
// A *reference* keeps the memory of an object, a *handle* keeps it reachable from user mode. Every
// handle owns one reference. Who gets a reference puts it back in the same function, or says in its
// header that it hands it on. No function here takes a lock.
#pragma once

#include <abi/objects.h>
#include <abi/status.h>
#include <abi/types.h>
#include <base/check.h>
#include <base/compiler.h>
#include <base/types.h>
#include <mm/user_copy.h>

/// Header of every kernel object; embed it as a member and recover the outer struct by
/// container_of.
struct object {
    uint32_t refs;        /* atomic; 0 = being destroyed */
    uint32_t handles;     /* atomic; handles in all tables */
    uint8_t type;         /* COCO_OBJECT_*; never changes */
    uint8_t status_flags; /* atomic; COCO_STATUS_* */
};

struct wait_queue;

/// Operations of one kind of object. An empty slot makes the accessor return ERR_NOTSUPP, except
/// where said otherwise. They are called without any lock held and may sleep. `done` is valid on OK
/// only.
struct object_ops {
    const char *name;
    /// A copy of a process gets no handles to such objects.
    bool stays;
    /// Frees the object; the last reference is gone. Required.
    void (*destroy)(struct object *object);
    /// The last handle was closed; references may remain. Optional.
    void (*on_zero_handles)(struct object *object);
    enum status (*read)(struct object *object, struct user_out buffer, size_t *done);
    enum status (*write)(struct object *object, struct user_in buffer, size_t *done);
    enum status (*pread)(struct object *object, struct user_out buffer, uint64_t offset,
                         size_t *done);
    enum status (*pwrite)(struct object *object, struct user_in buffer, uint64_t offset,
                          size_t *done);
    /// Upstream's seek: `mode` is one of COCO_FS_SEEK_*.
    enum status (*fs_seek)(struct object *object, int64_t offset, uint64_t mode,
                           uint64_t *position);
    /// POSIX seek: `whence` is one of COCO_SEEK_*.
    enum status (*seek)(struct object *object, int64_t offset, uint32_t whence, uint64_t *position);
    /// Upstream's truncate: cuts only, moves the position.
    enum status (*truncate)(struct object *object, uint64_t length, uint64_t *size);
    /// Cuts or extends, leaves the position.
    enum status (*resize)(struct object *object, uint64_t length);
    /// Fills `count` entries at most; `entries` is an array of struct coco_dirent.
    enum status (*readdir)(struct object *object, struct user_out entries, size_t *count);
    enum status (*stat)(struct object *object, struct coco_stat *out);
    /// The CPU that the object is bound to: who sees READ of it goes on there. Optional: none.
    unsigned (*bound_cpu)(struct object *object);
    /// The events (COCO_EVENT_*) that hold now. Must not sleep. Without the operation the object is
    /// always ready to be read and written.
    uint32_t (*events)(struct object *object);
    /// The queue that is woken, all of it, after each change that makes an event hold. Required
    /// with `events`; it lives as long as the object.
    struct wait_queue *(*event_queue)(struct object *object);
};

/// The table by tag, in read-only memory. Defined once, by the layer above all kinds of object.
extern const struct object_ops *const object_ops[COCO_OBJECT_COUNT];

/// Set of object types as `handle_get` takes it.
#define OBJECT_MASK(type) (1u << (type))
#define OBJECT_MASK_ANY UINT32_MAX

/// Starts the life of `object` with one reference, the caller's, and no handle. `type` must be a
/// row of the table. Counts the object in `object_count`.
void object_init(struct object *object, unsigned type);

/// Takes one more reference. Returns false, and takes none, if the object is being destroyed
/// already; that can only happen to callers that found it without holding a reference.
__must_check bool object_get(struct object *object);

/// The same for callers who know that somebody holds a reference meanwhile.
static inline void object_get_held(struct object *object)
{
    uint32_t refs = __atomic_fetch_add(&object->refs, 1, __ATOMIC_RELAXED);

    CHECK(refs != 0, "reference to a destroyed object");
}

/// Gives a reference back; the last one destroys the object, which may sleep. NULL is passed over.
void object_put(struct object *object);

/// The end of it; not for direct use.
void object_put_last(struct object *object, uint32_t refs);

/// object_put() in place, for fast paths; not for NULL.
static inline void object_put_plain(struct object *object)
{
    /* acq_rel: what other holders did to the object happens before its destruction */
    uint32_t refs = __atomic_fetch_sub(&object->refs, 1, __ATOMIC_ACQ_REL);

    if (unlikely(refs <= 1)) {
        object_put_last(object, refs);
    }
}

/// Counts one handle more, or one less; the latter runs on_zero_handles at zero. The caller holds a
/// reference. Only handle tables call these.
void object_handle_added(struct object *object);
void object_handle_removed(struct object *object);

/// Counts one more for who has found a handle, which others may have closed since: false, and none
/// is counted, if that was the last one and the object has ended. object_handle_removed() undoes
/// it.
__must_check bool object_handle_kept(struct object *object);

/// Number of objects that exist, for COCO_COUNTER_OBJECTS.
uint64_t object_count(void);

/// Status flags (COCO_STATUS_*) of what the object opens; those in `clear` are removed, then those
/// in `set` added, in one step. Returns the flags before.
static inline uint8_t object_status_flags(const struct object *object)
{
    return __atomic_load_n(&object->status_flags, __ATOMIC_RELAXED);
}
uint8_t object_change_status_flags(struct object *object, uint8_t clear, uint8_t set);

/// Name of the object's kind, for log lines; never NULL.
const char *object_type_name(const struct object *object);

/// One accessor per operation; see struct object_ops. The caller holds a reference.
__must_check enum status object_read(struct object *object, struct user_out buffer, size_t *done);
__must_check enum status object_write(struct object *object, struct user_in buffer, size_t *done);
__must_check enum status object_pread(struct object *object, struct user_out buffer,
                                      uint64_t offset, size_t *done);
__must_check enum status object_pwrite(struct object *object, struct user_in buffer,
                                       uint64_t offset, size_t *done);
__must_check enum status object_fs_seek(struct object *object, int64_t offset, uint64_t mode,
                                        uint64_t *position);
__must_check enum status object_seek(struct object *object, int64_t offset, uint32_t whence,
                                     uint64_t *position);
__must_check enum status object_truncate(struct object *object, uint64_t length, uint64_t *size);
__must_check enum status object_resize(struct object *object, uint64_t length);
__must_check enum status object_readdir(struct object *object, struct user_out entries,
                                        size_t *count);
__must_check enum status object_stat(struct object *object, struct coco_stat *out);

/// Whether objects of this kind can be read and written at any time: nobody waits for them.
static inline bool object_is_always_ready(const struct object *object)
{
    return object_ops[object->type]->events == NULL;
}

/// The CPU that the object is bound to, or OBJECT_UNBOUND.
#define OBJECT_UNBOUND UINT32_MAX
static inline unsigned object_bound_cpu(struct object *object)
{
    unsigned (*bound_cpu)(struct object *) = object_ops[object->type]->bound_cpu;

    return likely(bound_cpu == NULL) ? OBJECT_UNBOUND : bound_cpu(object);
}

/// Events that hold now; see `events` above.
uint32_t object_events(struct object *object);

/// The queue for waiting for events; NULL for a kind that is always ready.
struct wait_queue *object_event_queue(struct object *object);
