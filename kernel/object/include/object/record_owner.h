// SPDX-License-Identifier: MIT
// Who holds locks on parts of files: a process, or what a file was opened as. Only fs/record_lock.c
// looks inside; it is here so that processes can hold it without knowing files.
#pragma once

#include <base/list.h>
#include <base/types.h>

struct handle_table;
struct object;

/// Guarded by the lock of all records, but for `id`, which never changes; `count` is also looked at
/// alone, atomically.
struct record_owner {
    struct list records;        /* struct record, in no order */
    uint32_t count;             /* of them */
    uint64_t id;                /* of the process; 0: an open file */
    uint64_t visited;           /* by the search for deadlocks with this number */
    struct record_owner *chain; /* of that search */
};

/// Make an owner of nothing; `id` is that of its process, 0 for an open file.
static inline void record_owner_init(struct record_owner *owner, uint64_t id)
{
    *owner = (struct record_owner){.id = id};
    list_init(&owner->records);
}

/// Whether the owner holds no lock now. For its own threads, who alone take locks in its name.
static inline bool record_owner_is_idle(const struct record_owner *owner)
{
    return __atomic_load_n(&owner->count, __ATOMIC_RELAXED) == 0;
}

/// Upcalls, defined by fs. May sleep.

/// Release all that the owner holds: it goes away, and nobody waits in its name.
void record_owner_end(struct record_owner *owner);

/// Release the locks of the owner, a process, on what `object` is an opening of; nothing if it is
/// no file.
void record_owner_release(struct record_owner *owner, struct object *object);

/// The process goes on with the handles of `after`: release its locks on the files of which it had
/// more handles for one opening in `before`.
void record_owner_keep_open(struct record_owner *owner, struct handle_table *before,
                            struct handle_table *after);
