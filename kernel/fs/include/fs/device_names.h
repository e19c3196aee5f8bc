// SPDX-License-Identifier: MIT
// Names in /dev/pts, which come and go with pseudo terminals. Users cannot remove them.
#pragma once

#include <fs/vfs.h>

/// Gives a new node, whose reference is handed over whatever the result, a name in /dev/pts.
/// ERR_NOMEM.
enum status device_name_add(const char *name, struct vfs_node *node) __must_check;

/// Takes a name away. Open files keep the node.
void device_name_remove(const char *name);
