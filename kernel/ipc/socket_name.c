// SPDX-License-Identifier: MIT
// Names of sockets: nodes in the tree of files, which keep the endpoint.
#include <base/check.h>
#include <base/string.h>
#include <fs/namespace.h>
#include <mm/heap.h>

#include "endpoint.h"

static enum status name_create(const struct socket_place *place, struct socket_name **out)
{
    void *memory;
    enum status status = kmalloc(sizeof(struct socket_name) + place->name_len, &memory);

    *out = memory;
    if (status == OK) {
        **out = (struct socket_name){.refs = 1, .len = place->name_len};
        memcpy((*out)->bytes, place->name, place->name_len);
    }
    return status;
}

/// Make the node, which gets a reference to the endpoint, and name it.
static enum status add_node(struct endpoint *endpoint, const struct socket_place *place)
{
    struct vfs_node *node;
    enum status status =
        special_create(SPECIAL_SOCKET, endpoint_get(endpoint), place->permissions, &node);

    if (status != OK) {
        endpoint_put(endpoint);
        return status;
    }
    status = vfs_add_node(place->origin, place->path, node);
    vfs_node_put(node);
    return status == ERR_EXIST ? ERR_ADDRINUSE : status;
}

enum status socket_bind(struct object *object, const struct socket_place *place)
{
    struct endpoint *endpoint = endpoint_of(object);
    struct socket_name *name = NULL;
    enum status status = OK;

    mutex_lock(&endpoint->lock);
    if (endpoint->name != NULL) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = name_create(place, &name);
    }
    if (status == OK) {
        status = add_node(endpoint, place);
    }
    if (status == OK) {
        endpoint->name = name;
        name = NULL;
    }
    mutex_unlock(&endpoint->lock);
    kfree(name);
    return status;
}

enum status socket_find(struct vfs_origin origin, const char *path, struct endpoint **out)
{
    struct vfs_node *node;
    enum status status = vfs_lookup(origin, path, VFS_POSIX, &node);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    struct endpoint *endpoint = special_state(node, SPECIAL_SOCKET);
    if (endpoint != NULL) {
        *out = endpoint_get(endpoint); // the node keeps it meanwhile
    }
    vfs_node_put(node);
    return *out != NULL ? OK : ERR_CONNREFUSED;
}

enum status socket_get_name(struct object *object, bool peers, struct socket_name **out)
{
    struct endpoint *endpoint = endpoint_of(object);
    struct endpoint *named = peers ? endpoint_peer(endpoint) : endpoint_get(endpoint);

    *out = NULL;
    if (named == NULL) {
        return ERR_NOTCONN;
    }
    mutex_lock(&named->lock);
    *out = socket_name_get(named->name);
    mutex_unlock(&named->lock);
    endpoint_put(named);
    return OK;
}

static void node_destroy(void *state)
{
    endpoint_put(state);
}

const struct special_ops socket_special_ops = {
    .type = COCO_TYPE_SOCKET,
    .destroy = node_destroy,
};
