// SPDX-License-Identifier: MIT
// /dev/console, which takes lines for the log, and /dev/tty, which nothing stands behind: there are
// no terminals, so no session has one.
#include <fs/fs.h>
#include <fs/log.h>
#include <fs/special.h>

static enum status console_open(struct vfs_node *node, void *state, unsigned access,
                                struct special_opened *out)
{
    (void)node;
    (void)state;
    if ((access & SPECIAL_READ) != 0) {
        return ERR_NXIO;
    }
    out->rights = COCO_OBJECT_LOG_RIGHTS;
    return log_object_create("console", &out->object);
}

static void no_state(void *state)
{
    (void)state;
}

const struct special_ops console_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .open = console_open,
    .destroy = no_state,
};

const struct special_ops tty_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .destroy = no_state,
};
