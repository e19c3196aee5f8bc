// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "../private/path.h"
#include "../private/socket_name.h"

_Static_assert(sizeof(((struct sockaddr_un *)0)->sun_path) == COCO_SOCKET_NAME_MAX,
               "a path is a name");

int __coco_socket_path(struct socket_path *path, const struct sockaddr *address, socklen_t length)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    if (length < sizeof(sa_family_t) || length > sizeof(struct sockaddr_un)) {
        errno = EINVAL;
        return -1;
    }
    if (address->sa_family != AF_UNIX) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    size_t room = length > head ? length - head : 0;
    const char *text = (const char *)address + head;
    path->length = (uint32_t)strnlen(text, room);
    if (path->length == 0) { // no path: names of other sorts do not exist here
        errno = EINVAL;
        return -1;
    }
    memcpy(path->name, text, path->length);
    path->name[path->length] = '\0';
    return __coco_path(path->name, path->absolute);
}

void __coco_socket_store_name(const char *name, uint32_t length, struct sockaddr *address,
                              socklen_t *room)
{
    struct sockaddr_un whole = {.sun_family = AF_UNIX};
    size_t len = length < sizeof(whole.sun_path) ? length : sizeof(whole.sun_path);
    memcpy(whole.sun_path, name, len);
    size_t size = offsetof(struct sockaddr_un, sun_path) + len;
    size += len > 0 && len < sizeof(whole.sun_path); // its NUL
    if (address) {
        memcpy(address, &whole, *room < size ? *room : size);
    }
    *room = (socklen_t)size;
}
