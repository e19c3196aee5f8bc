// SPDX-License-Identifier: MIT
// FIFOs: pipes with a name in the tree of files. Their ends are those of pipes (COCO_OBJECT_PIPE).
//
// Opening to read waits until somebody has it open to write, and the other way round; without
// waiting, to read succeeds and to write is ERR_NXIO when nobody reads. Opening for both never
// waits. When the last end goes, what nobody read is lost.
#pragma once

#include <fs/special.h>

/// Make the node of a new FIFO, without a name. Returns a new reference. ERR_NOMEM.
enum status fifo_create(uint32_t permissions, struct vfs_node **out) __must_check;

/// Row of `special_ops` for SPECIAL_FIFO.
extern const struct special_ops fifo_special_ops;
