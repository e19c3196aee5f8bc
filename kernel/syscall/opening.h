// SPDX-License-Identifier: MIT
// Private: what opening a file needs, taken before a name is made or content is cut, so that a call
// that is refused for lack of handles or memory has changed nothing.
#pragma once

#include <fs/fs.h>

/// All zero: nothing is taken yet.
struct opening {
    struct object *file; /* without a node; NULL if nothing is taken */
    uint32_t number;     /* reserved, if `file` is not NULL */
};

/// Take a handle number and an open file, if the call is going to change something.
/// `file_flags`: FILE_*. ERR_MFILE, ERR_NOMEM.
enum status opening_begin(struct opening *opening, bool changes, unsigned file_flags) __must_check;

/// Give back what was taken; nothing is taken afterwards.
void opening_abort(struct opening *opening);

/// Install an open file over `node` at `position`. What opening_begin() took is used up; after it
/// took something this fails only if new_handle_fill() does. Result of the call.
int64_t opening_finish(struct opening *opening, struct vfs_node *node, unsigned file_flags,
                       uint64_t position, uint32_t rights);
