// SPDX-License-Identifier: MIT
// Pseudo terminals: /dev/ptmx makes one, /dev/pts/n opens it.
#include "terminal.h"

#include <base/format.h>
#include <fs/device_names.h>

#define NAME_MAX 16u
#define PSEUDO_PERMISSIONS 0620u

static void write_name(const struct terminal *terminal, char *name)
{
    ksnprintf(name, NAME_MAX, "%u", terminal->number);
}

/// Puts /dev/pts/n there. The node has a reference to the terminal.
static enum status add_name(struct terminal *terminal)
{
    char name[NAME_MAX];
    struct vfs_node *node;
    enum status status;

    write_name(terminal, name);
    terminal_hold(terminal);
    status = special_create(SPECIAL_PSEUDO, terminal, PSEUDO_PERMISSIONS, &node);
    if (status != OK) {
        terminal_put(terminal);
        return status;
    }
    return device_name_add(name, node);
}

/// Makes a terminal with its number and name, and one reference.
static enum status make(struct terminal **out)
{
    enum status status = terminal_create(COCO_TERMINAL_PSEUDO, 0, out);

    if (status != OK) {
        return status;
    }
    status = session_add(*out);
    if (status == OK) {
        status = add_name(*out);
        if (status == OK) {
            return OK;
        }
        session_remove(*out);
    }
    terminal_put(*out);
    return status;
}

void pseudo_forget(const struct terminal *terminal)
{
    char name[NAME_MAX];

    write_name(terminal, name);
    device_name_remove(name);
}

static enum status ptmx_open(struct vfs_node *node, void *state, unsigned access,
                             struct special_opened *out)
{
    struct terminal *terminal;
    enum status status = make(&terminal);

    (void)state;
    if (status != OK) {
        return status;
    }
    status = terminal_open_master(terminal, node, access, out);
    if (status != OK) {
        pseudo_forget(terminal);
        session_remove(terminal);
    }
    terminal_put(terminal);
    return status;
}

static void no_state(void *state)
{
    (void)state;
}

static uint32_t ptmx_device(void *state)
{
    (void)state;
    return DEVICE_MASTER;
}

const struct special_ops ptmx_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .device = ptmx_device,
    .open = ptmx_open,
    .destroy = no_state,
};

static enum status pseudo_open(struct vfs_node *node, void *state, unsigned access,
                               struct special_opened *out)
{
    return terminal_open(state, node, access, out);
}

static void pseudo_destroy(void *state)
{
    terminal_put(state);
}

static uint32_t pseudo_device(void *state)
{
    return terminal_device(state);
}

const struct special_ops pseudo_special_ops = {
    .type = COCO_TYPE_DEVICE,
    .device = pseudo_device,
    .open = pseudo_open,
    .destroy = pseudo_destroy,
};
