// SPDX-License-Identifier: MIT
// Terminals: what is copied in and out. The rules are in kernel/tty.
#include <tty/terminal.h>

#include "prototypes.h"

int64_t sys_terminal_get(struct object *terminal, uaddr_t modes)
{
    struct coco_terminal text;
    enum status status = terminal_get(terminal, &text);

    return status == OK ? user_copy_out(modes, &text, sizeof(text)) : status;
}

int64_t sys_terminal_set(struct object *terminal, uint32_t when, uaddr_t modes)
{
    struct coco_terminal text;
    enum status status = user_copy_in(&text, modes, sizeof(text));

    return status == OK ? terminal_set(terminal, when, &text) : status;
}

int64_t sys_terminal_window_get(struct object *terminal, uaddr_t window)
{
    struct coco_window text;
    enum status status = terminal_window_get(terminal, &text);

    return status == OK ? user_copy_out(window, &text, sizeof(text)) : status;
}

int64_t sys_terminal_window_set(struct object *terminal, uaddr_t window)
{
    struct coco_window text;
    enum status status = user_copy_in(&text, window, sizeof(text));

    return status == OK ? terminal_window_set(terminal, &text) : status;
}

int64_t sys_terminal_do(struct object *terminal, uint32_t action)
{
    return terminal_do(terminal, action);
}

int64_t sys_terminal_info(struct object *terminal, uaddr_t info)
{
    struct coco_terminal_info text;

    terminal_info(terminal, &text);
    return user_copy_out(info, &text, sizeof(text));
}

int64_t sys_terminal_control(struct object *terminal, uint32_t flags)
{
    return terminal_control(terminal, flags);
}

int64_t sys_terminal_set_foreground(struct object *terminal, uint64_t group)
{
    return terminal_set_foreground(terminal, group);
}

int64_t sys_terminal_unlock(struct object *terminal)
{
    return terminal_unlock(terminal);
}
