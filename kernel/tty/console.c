// SPDX-License-Identifier: MIT
// /dev/console and /dev/tty.
#include "terminal.h"

#include <fs/log.h>

/// The terminal at the host; NULL if there is none, and constant once programs run.
static struct terminal *console;

/// Without a terminal it takes lines for the log.
static enum status open_log(unsigned access, struct special_opened *out)
{
    if ((access & SPECIAL_READ) != 0) {
        return ERR_NXIO;
    }
    out->rights = COCO_OBJECT_LOG_RIGHTS;
    return log_object_create("console", &out->object);
}

static enum status console_open(struct vfs_node *node, void *state, unsigned access,
                                struct special_opened *out)
{
    (void)state;
    return console != NULL ? terminal_open(console, node, access, out) : open_log(access, out);
}

static enum status tty_open(struct vfs_node *node, void *state, unsigned access,
                            struct special_opened *out)
{
    struct terminal *terminal = session_terminal();
    enum status status = ERR_NXIO;

    (void)state;
    if (terminal != NULL) {
        status = terminal_open(terminal, node, access | SPECIAL_NO_CONTROL, out);
        terminal_put(terminal);
    }
    return status;
}

static void no_state(void *state)
{
    (void)state;
}

static uint32_t console_device(void *state)
{
    (void)state;
    return DEVICE_CONSOLE;
}

const struct special_ops console_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .device = console_device,
    .open = console_open,
    .destroy = no_state,
};

static uint32_t tty_device(void *state)
{
    (void)state;
    return DEVICE_TTY;
}

const struct special_ops tty_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .device = tty_device,
    .open = tty_open,
    .destroy = no_state,
};
