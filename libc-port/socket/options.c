// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/fd.h"
#include "../private/ret.h"
#include "../private/socket.h"

// Value of an option, as far as its caller gave room; the length becomes what was stored.
static int store(const void *from, size_t size, void *value, socklen_t *length)
{
    size_t len = *length < size ? *length : size;
    memcpy(value, from, len);
    *length = (socklen_t)len;
    return 0;
}

static int store_int(int64_t number, void *value, socklen_t *length)
{
    int from = (int)number;
    return store(&from, sizeof(from), value, length);
}

// The kernel's number for an option that is a plain number there; -1 for another.
static int64_t number_option(int option)
{
    switch (option) {
    case SO_TYPE:
        return COCO_SOCKET_OPTION_TYPE;
    case SO_ERROR:
        return COCO_SOCKET_OPTION_ERROR;
    case SO_ACCEPTCONN:
        return COCO_SOCKET_OPTION_LISTENING;
    case SO_SNDBUF:
        return COCO_SOCKET_OPTION_SEND_BUFFER;
    case SO_RCVBUF:
        return COCO_SOCKET_OPTION_RECEIVE_BUFFER;
    default:
        return -1;
    }
}

// Options that mean nothing between processes of one machine: they are off.
static bool is_without_effect(int option)
{
    return option == SO_REUSEADDR || option == SO_KEEPALIVE || option == SO_BROADCAST ||
           option == SO_DONTROUTE || option == SO_DEBUG || option == SO_OOBINLINE;
}

static int get_timeout(coco_handle_t handle, uint32_t option, void *value, socklen_t *length)
{
    long ns = __coco_socket_ret(coco_socket_get(handle, option));
    if (ns < 0) {
        return -1;
    }
    const struct timeval time = {.tv_sec = ns / (long)COCO_SECOND,
                                 .tv_usec = ns % (long)COCO_SECOND / 1000};
    return store(&time, sizeof(time), value, length);
}

static int get_peer(coco_handle_t handle, void *value, socklen_t *length)
{
    long process = __coco_socket_ret(coco_socket_get(handle, COCO_SOCKET_OPTION_PEER_PROCESS));
    if (process < 0) {
        return -1;
    }
    const struct ucred peer = {.pid = (pid_t)process};
    return store(&peer, sizeof(peer), value, length);
}

static int get_number(coco_handle_t handle, int option, void *value, socklen_t *length)
{
    long number = __coco_socket_ret(coco_socket_get(handle, (uint32_t)number_option(option)));
    if (number < 0) {
        return -1;
    }
    if (option == SO_ERROR && number != 0) {
        number = __coco_errno(-number);
    }
    return store_int(number, value, length);
}

static int get_option(coco_handle_t handle, int option, void *value, socklen_t *length)
{
    if (number_option(option) >= 0) {
        return get_number(handle, option, value, length);
    }
    if (is_without_effect(option)) {
        return store_int(0, value, length);
    }
    switch (option) {
    case SO_DOMAIN:
        return store_int(AF_UNIX, value, length);
    case SO_PROTOCOL:
        return store_int(0, value, length);
    case SO_RCVLOWAT:
    case SO_SNDLOWAT:
        return store_int(1, value, length);
    case SO_LINGER:
        return store(&(const struct linger){0}, sizeof(struct linger), value, length);
    case SO_PEERCRED:
        return get_peer(handle, value, length);
    case SO_RCVTIMEO:
        return get_timeout(handle, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, value, length);
    case SO_SNDTIMEO:
        return get_timeout(handle, COCO_SOCKET_OPTION_SEND_TIMEOUT, value, length);
    default:
        errno = ENOPROTOOPT;
        return -1;
    }
}

// Look a descriptor up that has to be a socket.
static struct file_description *get_socket(int fd, int level)
{
    struct file_description *description = __coco_fd_get(fd);
    if (description && !__coco_is_socket(description->handle)) {
        errno = ENOTSOCK;
    } else if (description && level != SOL_SOCKET) {
        errno = ENOPROTOOPT;
    } else {
        return description;
    }
    __coco_fd_put(description);
    return NULL;
}

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
    struct file_description *description = get_socket(fd, level);
    if (!description) {
        return -1;
    }
    int result = get_option(description->handle, option, value, length);
    __coco_fd_put(description);
    return result;
}

static int set_timeout(coco_handle_t handle, uint32_t option, const void *value, socklen_t length)
{
    struct timeval time;
    if (length < sizeof(time)) {
        errno = EINVAL;
        return -1;
    }
    memcpy(&time, value, sizeof(time));
    if (time.tv_usec < 0 || time.tv_usec >= 1000000 || time.tv_sec < 0) {
        errno = EDOM;
        return -1;
    }
    const struct timespec exact = {.tv_sec = time.tv_sec, .tv_nsec = time.tv_usec * 1000};
    return (int)__coco_socket_ret(coco_socket_set(handle, option, __coco_time_ns(&exact)));
}

static int set_number(coco_handle_t handle, int option, int number)
{
    if (is_without_effect(option)) {
        return 0;
    }
    if (option == SO_SNDBUF || option == SO_RCVBUF) {
        uint64_t bytes = number < 0 ? 0 : (uint64_t)number;
        return (int)__coco_socket_ret(
            coco_socket_set(handle, (uint32_t)number_option(option), bytes));
    }
    if ((option == SO_RCVLOWAT || option == SO_SNDLOWAT) && number == 1) {
        return 0;
    }
    errno = ENOPROTOOPT;
    return -1;
}

static int set_option(coco_handle_t handle, int option, const void *value, socklen_t length)
{
    int number;
    switch (option) {
    case SO_RCVTIMEO:
        return set_timeout(handle, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, value, length);
    case SO_SNDTIMEO:
        return set_timeout(handle, COCO_SOCKET_OPTION_SEND_TIMEOUT, value, length);
    case SO_LINGER: // a local socket's bytes are at the other side already
        return 0;
    default:
        break;
    }
    if (length < sizeof(number)) {
        errno = EINVAL;
        return -1;
    }
    memcpy(&number, value, sizeof(number));
    return set_number(handle, option, number);
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    struct file_description *description = get_socket(fd, level);
    if (!description) {
        return -1;
    }
    int result = set_option(description->handle, option, value, length);
    __coco_fd_put(description);
    return result;
}
