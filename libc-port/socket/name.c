// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/fd.h"
#include "../private/ret.h"
#include "../private/socket.h"
#include "../private/socket_name.h"

uint32_t __coco_apply_umask(mode_t mode);

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct socket_path path;
    if (__coco_socket_path(&path, address, length) < 0) {
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    long result = __coco_socket_ret(coco_socket_bind(description->handle, path.absolute, path.name,
                                                     path.length, __coco_apply_umask(0777)));
    __coco_fd_put(description);
    return (int)result;
}

int listen(int fd, int backlog)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = coco_socket_listen(description->handle, backlog < 0 ? 0 : (uint32_t)backlog);
    if (result == COCO_ENOTSUPP && __coco_is_socket(description->handle)) {
        errno = EOPNOTSUPP;
        result = -1;
    } else {
        result = __coco_socket_ret(result);
    }
    __coco_fd_put(description);
    return (int)result;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct socket_path path = {.absolute = ""}; // empty: no connection
    bool dissolve = length >= sizeof(sa_family_t) && address->sa_family == AF_UNSPEC;
    if (!dissolve && __coco_socket_path(&path, address, length) < 0) {
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int64_t result = coco_cp_socket_connect(description->handle, path.absolute);
    __coco_fd_put(description);
    return (int)__coco_socket_ret(result);
}

// The name of a socket, or of its peer, as an address.
static int tell_name(coco_handle_t handle, uint32_t flags, struct sockaddr *address,
                     socklen_t *length)
{
    char name[COCO_SOCKET_NAME_MAX];
    long len = __coco_socket_ret(coco_socket_name(handle, flags, name, sizeof(name)));
    if (len < 0) {
        return -1;
    }
    __coco_socket_store_name(name, (uint32_t)len, address, length);
    return 0;
}

static int name_of(int fd, uint32_t flags, struct sockaddr *address, socklen_t *length)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    int result = tell_name(description->handle, flags, address, length);
    __coco_fd_put(description);
    return result;
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return name_of(fd, 0, address, length);
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return name_of(fd, COCO_SOCKET_NAME_OF_PEER, address, length);
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags)
{
    if ((flags & ~(SOCK_CLOEXEC | SOCK_CLOFORK | SOCK_NONBLOCK)) != 0) {
        errno = EINVAL;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    if (__coco_fd_room() < 0) { // with a full table the connection stays
        __coco_fd_put(description);
        return -1;
    }
    int64_t handle = coco_cp_socket_accept(description->handle,
                                           flags & SOCK_NONBLOCK ? COCO_STATUS_NONBLOCK : 0);
    bool datagrams = handle == COCO_ENOTSUPP && __coco_is_socket(description->handle);
    __coco_fd_put(description);
    if (datagrams) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (__coco_socket_ret(handle) < 0) {
        return -1;
    }
    if (address && length &&
        tell_name((coco_handle_t)handle, COCO_SOCKET_NAME_OF_PEER, address, length) < 0) {
        __coco_socket_store_name("", 0, address, length); // the other side has gone already
    }
    int accepted = __coco_fd_install((coco_handle_t)handle, O_RDWR, __coco_socket_marks(flags));
    if (accepted < 0) {
        (void)coco_close((coco_handle_t)handle); // always succeeds
    }
    return accepted;
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return accept4(fd, address, length, 0);
}
