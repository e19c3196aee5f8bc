// SPDX-License-Identifier: MIT
// Handle tables: the only place where a number from user mode becomes an object.
//
// Every function locks the table itself and calls no object operation with the lock held, so that a
// destroy may sleep. The lowest free number is handed out, as the ABI promises.
#pragma once

#include <abi/rights.h>
#include <abi/types.h>
#include <arch/spinlock.h>
#include <object/object.h>

#define HANDLE_CHUNK_SIZE 64u
#define HANDLE_CHUNK_COUNT (COCO_HANDLE_MAX / HANDLE_CHUNK_SIZE)

struct handle_chunk; /* private: 64 entries */

/// The handles of one process. Only chunks in use cost memory; all but the first count in the quota
/// of the process that made them (mm/quota.h).
struct handle_table {
    struct spinlock lock;
    uint64_t full;  /* bit n: chunk n has no free entry */
    uint32_t count; /* handles open */
    uint32_t limit; /* numbers lie below; constant once others see the table */
    bool closed;    /* destroyed; nothing can be installed any more */
    struct handle_chunk *chunks[HANDLE_CHUNK_COUNT];
};

/// Makes an empty table in the caller's memory.
void handle_table_init(struct handle_table *table);

/// Lets numbers only lie below `limit`, which is at most COCO_HANDLE_MAX. For a table that nobody
/// else sees yet.
void handle_table_set_limit(struct handle_table *table, uint32_t limit);

/// Closes all handles and frees the chunks; later installs fail with ERR_CANCELED. May sleep.
/// Harmless on a table that is destroyed already.
void handle_table_destroy(struct handle_table *table);

/// Gives `object` the lowest free number, stored in `out`. The table takes its own reference.
/// `rights` (COCO_RIGHT_*) must lie in the rights of the object's kind. Errors: ERR_MFILE no free
/// number; ERR_NOMEM; ERR_CANCELED the table was destroyed.
__must_check enum status handle_install(struct handle_table *table, struct object *object,
                                        uint32_t rights, uint32_t *out);

/// The same with a given number. Errors as above, and ERR_EXIST the number is taken; ERR_MFILE it
/// is above the limit.
__must_check enum status handle_install_at(struct handle_table *table, uint32_t number,
                                           struct object *object, uint32_t rights);

/// Gives `to`, which is empty and used by nobody else yet, the handles of `from` with their numbers
/// and rights, but for objects that stay. ERR_NOMEM: `to` holds some of them.
__must_check enum status handle_table_copy(struct handle_table *to, struct handle_table *from);

/// Finds the object that `number` names and returns a new reference to it in `out`.
/// `type_mask` is a set of OBJECT_MASK(); `rights` are the rights needed, 0 for none.
/// Errors, in this order: ERR_NOTFOUND no such handle; ERR_NOTSUPP another kind; then the error of
/// the lowest right that is missing (ERR_WRONLY for READ, ERR_RDONLY for WRITE, else ERR_PERM).
__must_check enum status handle_get(struct handle_table *table, uint32_t number, uint32_t type_mask,
                                    uint32_t rights, struct object **out);

/// For fast paths, interrupts off: handle_get() without its reasons. NULL stands for all errors.
__must_check struct object *handle_get_plain(struct handle_table *table, uint32_t number,
                                             unsigned type, uint32_t rights);

/// The same question about an object that the caller holds: whether `number` names it, with
/// `rights` at least. Interrupts off.
__must_check bool handle_names(struct handle_table *table, uint32_t number,
                               const struct object *object, uint32_t rights);

/// As handle_get for any kind and no right, and stores the handle's rights in `rights`.
__must_check enum status handle_info(struct handle_table *table, uint32_t number,
                                     struct object **out, uint32_t *rights);

/// As handle_info(), for a handle that goes elsewhere: into a message, or to a new process. The
/// object counts one handle more until handle_drop(), so that what ends with its last one stays
/// although the number is closed meanwhile.
__must_check enum status handle_take_along(struct handle_table *table, uint32_t number,
                                           struct object **out, uint32_t *rights);

/// Gives back what handle_take_along() took. May sleep.
void handle_drop(struct object *object);

/// How many handles name the object.
uint32_t handle_table_count(struct handle_table *table, const struct object *object);

/// Closes a handle and drops its reference; may sleep. ERR_NOTFOUND if the number is not open.
__must_check enum status handle_close(struct handle_table *table, uint32_t number);

/// Handles that are open in all tables, for COCO_COUNTER_HANDLES.
uint64_t handle_count(void);
