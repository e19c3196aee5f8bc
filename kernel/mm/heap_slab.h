// SPDX-License-Identifier: MIT
// Slabs: 1 or 4 pages cut into objects of one size. What is known about a slab stands in a record
// outside of it, one record per page of the slab region: objects hold no pointers of the heap that
// an overflow could change, and the bitmap of used objects finds every double free.
#pragma once

#include "layout.h"
#include <abi/status.h>
#include <base/compiler.h>
#include <base/list.h>

#define SLAB_OBJECTS_MAX 256u
#define SLAB_PAGES_LARGE 4u

enum slab_state {
    SLAB_NONE = 0, /* no pages are mapped */
    SLAB_IDLE,     /* pages are mapped, no class uses them */
    SLAB_HEAD,     /* first page of a slab in use */
    SLAB_TAIL,     /* further page of a slab (in use or idle) */
};

struct slab {
    uint64_t used[SLAB_OBJECTS_MAX /
                  64]; /* bit n: object n is handed out; bits beyond the last are set */
    struct list link;  /* in the list of its class or state */
    uint16_t free_count;
    uint8_t class_index;
    uint8_t state;
    uint8_t page_count;
    uint8_t tail_index; /* of a tail: pages back to the head */
    uint8_t reserved[10];
};

_Static_assert(sizeof(struct slab) == 64, "a slab record has 64 bytes");

/// Boot: nothing is mapped yet.
void slab_start(void);

/// A mapped slab of `page_count` pages (1 or SLAB_PAGES_LARGE) in state SLAB_HEAD, in no list; the
/// caller sets up the rest of its record. ERR_NOMEM.
enum status slab_get(unsigned page_count, struct slab **out) __must_check;

/// Keep an empty slab, which is in no list, for the next slab_get(), or unmap it if enough are
/// kept.
void slab_put(struct slab *slab);

/// The slab that holds `pointer`, NULL if no slab in use does.
struct slab *slab_of(const void *pointer);

/// First byte of a slab.
void *slab_base(const struct slab *slab);

/// Unmap all idle slabs and free their pages.
void slab_trim(void);
