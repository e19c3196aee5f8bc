// SPDX-License-Identifier: MIT
// Terminals (objects COCO_OBJECT_TTY): the console at the host and pseudo terminals; controlling
// terminals of sessions. The rules are those of the calls `terminal_*` in syscalls.def, as are the
// errors; ERR_CANCELED where something waits.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <fs/special.h>
#include <object/object.h>

/// Rows of the object table, and of the table of special nodes: /dev/console, /dev/tty, /dev/ptmx
/// and what is in /dev/pts.
extern const struct object_ops terminal_object_ops;
extern const struct special_ops console_special_ops;
extern const struct special_ops tty_special_ops;
extern const struct special_ops ptmx_special_ops;
extern const struct special_ops pseudo_special_ops;

/// Prepares the layer; before any other function.
void terminal_init(void);

/// The calls. `object` is a terminal or a master; none keeps a reference.
__must_check enum status terminal_get(struct object *object, struct coco_terminal *modes);
__must_check enum status terminal_set(struct object *object, uint32_t when,
                                      const struct coco_terminal *modes);
__must_check enum status terminal_window_get(struct object *object, struct coco_window *window);
__must_check enum status terminal_window_set(struct object *object,
                                             const struct coco_window *window);
__must_check enum status terminal_do(struct object *object, uint32_t action);
void terminal_info(struct object *object, struct coco_terminal_info *info);
__must_check enum status terminal_control(struct object *object, uint32_t flags);
__must_check enum status terminal_set_foreground(struct object *object, uint64_t group);
__must_check enum status terminal_unlock(struct object *object);

/// The node that a terminal was opened by, with no new reference; NULL for none.
struct vfs_node *terminal_node(struct object *object);
