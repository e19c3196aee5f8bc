// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static volatile sig_atomic_t broken;

static void count_signal(int number)
{
    broken += number == SIGPIPE;
}

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void close_both(const int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}

static void making(void)
{
    int fds[2];
    struct stat state;
    CHECK("sockets.pair", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0 && fds[0] == 3 &&
                              fds[1] == 4 && fcntl(fds[0], F_GETFD) == 0 &&
                              fcntl(fds[0], F_GETFL) == O_RDWR);
    CHECK("sockets.fstat", fstat(fds[0], &state) == 0 && S_ISSOCK(state.st_mode));
    CHECK("sockets.no-position", fails(lseek(fds[0], 0, SEEK_CUR), ESPIPE));
    close_both(fds);
    CHECK("sockets.flags",
          socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0 &&
              fcntl(fds[1], F_GETFD) == FD_CLOEXEC &&
              fcntl(fds[1], F_GETFL) == (O_RDWR | O_NONBLOCK));
    close_both(fds);
    CHECK("sockets.refused", fails(socketpair(AF_INET, SOCK_STREAM, 0, fds), EOPNOTSUPP) &&
                                 fails(socketpair(AF_UNIX, 77, 0, fds), EINVAL) &&
                                 fails(socketpair(AF_UNIX, SOCK_STREAM, 99, fds), EPROTONOSUPPORT));
    CHECK("sockets.no-network", fails(socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT) &&
                                    fails(socket(AF_INET6, SOCK_DGRAM, 0), EAFNOSUPPORT));
    int one = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK("sockets.unconnected",
          one >= 0 && fails(send(one, "x", 1, 0), ENOTCONN) &&
              fails(recv(one, fds, 1, 0), ENOTCONN) && fails(shutdown(one, SHUT_RD), ENOTCONN) &&
              fails(shutdown(one, 9), EINVAL) && fails(sockatmark(one), ENOTTY));
    close(one);
    CHECK("sockets.not-a-socket", pipe(fds) == 0 && fails(send(fds[1], "x", 1, 0), ENOTSOCK) &&
                                      fails(recv(fds[0], &one, 1, 0), ENOTSOCK) &&
                                      fails(shutdown(fds[0], 0), ENOTSOCK) &&
                                      fails(send(99, "x", 1, 0), EBADF));
    close_both(fds);
}

static void bytes(void)
{
    int fds[2];
    char text[32];
    CHECK("sockets.stream", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0 &&
                                send(fds[0], "hello", 5, 0) == 5 && write(fds[0], "!!", 2) == 2 &&
                                recv(fds[1], text, 4, MSG_PEEK) == 4 &&
                                read(fds[1], text, 3) == 3 && recv(fds[1], text + 3, 20, 0) == 4 &&
                                memcmp(text, "hello!!", 7) == 0 &&
                                fails(recv(fds[1], text, 1, MSG_DONTWAIT), EAGAIN));
    struct iovec out[] = {{"ab", 2}, {"cde", 3}};
    struct iovec in[] = {{text, 1}, {text + 8, 20}};
    CHECK("sockets.vectors", writev(fds[1], out, 2) == 5 && readv(fds[0], in, 2) == 5 &&
                                 text[0] == 'a' && memcmp(text + 8, "bcde", 4) == 0);
    CHECK("sockets.bad-flags", fails(send(fds[0], "x", 1, MSG_OOB), EOPNOTSUPP) &&
                                   fails(recv(fds[0], text, 1, MSG_OOB), EOPNOTSUPP));
    CHECK("sockets.half-close",
          send(fds[0], "end", 3, 0) == 3 && shutdown(fds[0], SHUT_WR) == 0 &&
              recv(fds[1], text, 32, MSG_WAITALL) == 3 && recv(fds[1], text, 32, 0) == 0 &&
              send(fds[1], "back", 4, 0) == 4 && recv(fds[0], text, 32, 0) == 4 &&
              fails(send(fds[0], "x", 1, MSG_NOSIGNAL), EPIPE));
    close_both(fds);
}

static void packets(int type, const char *name)
{
    int fds[2];
    char text[32];
    struct iovec part = {text, 3};
    struct iovec out[] = {{"ab", 2}, {"cde", 3}};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    bool passed = socketpair(AF_UNIX, type, 0, fds) == 0 &&
                  send(fds[0], "first", 5, MSG_EOR) == 5 && send(fds[0], "", 0, 0) == 0 &&
                  writev(fds[0], out, 2) == 5 && recvmsg(fds[1], &message, 0) == 3 &&
                  message.msg_flags == (MSG_TRUNC | MSG_EOR) && message.msg_controllen == 0 &&
                  recv(fds[1], text, 32, 0) == 0 &&
                  recv(fds[1], text, 2, MSG_PEEK | MSG_TRUNC) == 5 &&
                  recv(fds[1], text, 32, 0) == 5 && memcmp(text, "abcde", 5) == 0;
    CHECK(name, passed);
    close_both(fds);
}

static void endings(void)
{
    int fds[2];
    char byte;
    struct sigaction action = {.sa_handler = count_signal};
    struct sigaction before;
    sigaction(SIGPIPE, &action, &before);
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    close(fds[1]);
    broken = 0;
    CHECK("sockets.sigpipe", fails(write(fds[0], "x", 1), EPIPE) && broken == 1 &&
                                 fails(send(fds[0], "x", 1, 0), EPIPE) && broken == 2 &&
                                 fails(send(fds[0], "x", 1, MSG_NOSIGNAL), EPIPE) && broken == 2);
    CHECK("sockets.end", read(fds[0], &byte, 1) == 0);
    close(fds[0]);
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    int error = 0;
    socklen_t length = sizeof(error);
    CHECK("sockets.reset", write(fds[0], "x", 1) == 1 && close(fds[1]) == 0 &&
                               getsockopt(fds[0], SOL_SOCKET, SO_ERROR, &error, &length) == 0 &&
                               error == ECONNRESET && length == sizeof(error) &&
                               read(fds[0], &byte, 1) == 0);
    close(fds[0]);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, fds);
    close(fds[1]);
    CHECK("sockets.refused-datagram", fails(send(fds[0], "x", 1, 0), ECONNREFUSED));
    close(fds[0]);
    sigaction(SIGPIPE, &before, NULL);
}

static int option_of(int fd, int option)
{
    int value = -1;
    socklen_t length = sizeof(value);
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -errno;
}

static void options(void)
{
    int fds[2];
    int size = 20000;
    int one = 1;
    struct timeval time = {.tv_usec = 20000};
    struct ucred peer = {.pid = 0};
    socklen_t length = sizeof(peer);
    char byte;
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds);
    CHECK("sockets.options",
          option_of(fds[0], SO_TYPE) == SOCK_SEQPACKET && option_of(fds[0], SO_DOMAIN) == AF_UNIX &&
              option_of(fds[0], SO_PROTOCOL) == 0 && option_of(fds[0], SO_ERROR) == 0 &&
              option_of(fds[0], SO_ACCEPTCONN) == 0 && option_of(fds[0], 999) == -ENOPROTOOPT);
    CHECK("sockets.buffers",
          setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0 &&
              option_of(fds[0], SO_SNDBUF) == 20000 &&
              setsockopt(fds[0], SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
              fails(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, 1), EINVAL) &&
              fails(setsockopt(fds[0], SOL_SOCKET, SO_TYPE, &one, sizeof(one)), ENOPROTOOPT) &&
              fails(setsockopt(fds[0], 6, 1, &one, sizeof(one)), ENOPROTOOPT));
    CHECK("sockets.peer", getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
                              peer.pid == getpid() && length == sizeof(peer));
    CHECK("sockets.timeout",
          setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) == 0 &&
              fails(read(fds[0], &byte, 1), EAGAIN));
    memset(&time, 0, sizeof(time));
    length = sizeof(time);
    CHECK("sockets.timeout-told",
          getsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &time, &length) == 0 && time.tv_sec == 0 &&
              time.tv_usec == 20000);
    close_both(fds);
}

static void polling(void)
{
    int fds[2];
    char block[4096] = {0};
    struct pollfd waited = {.events = POLLIN | POLLOUT};
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds);
    waited.fd = fds[0];
    CHECK("sockets.poll-writable", poll(&waited, 1, -1) == 1 && waited.revents == POLLOUT);
    while (write(fds[0], block, sizeof(block)) > 0) {
    }
    CHECK("sockets.poll-full", errno == EAGAIN && poll(&waited, 1, 0) == 0);
    while (read(fds[1], block, sizeof(block)) > 0) {
    }
    write(fds[1], "x", 1);
    CHECK("sockets.poll-both", poll(&waited, 1, -1) == 1 && waited.revents == (POLLIN | POLLOUT));
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(fds[0], &readable);
    CHECK("sockets.select", select(fds[0] + 1, &readable, NULL, NULL, NULL) == 1);
    close(fds[1]);
    CHECK("sockets.poll-hangup", poll(&waited, 1, -1) == 1 && (waited.revents & POLLHUP) != 0);
    close(fds[0]);
}

// Send `count` descriptors with one byte.
static ssize_t send_fds(int socket, const int *fds, size_t count)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control = {0};
    struct iovec part = {"d", 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
    return sendmsg(socket, &message, 0);
}

// Receive descriptors, at most `room`. Returns how many, or -1.
static int receive_fds(int socket, int *fds, size_t room, int flags, int *result_flags)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = (socklen_t)CMSG_SPACE(room * sizeof(int))};
    if (recvmsg(socket, &message, flags) != 1) {
        return -1;
    }
    *result_flags = message.msg_flags;
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
    if (!cmsg) {
        return 0;
    }
    size_t len = cmsg->cmsg_len - CMSG_LEN(0);
    memcpy(fds, CMSG_DATA(cmsg), len);
    return cmsg->cmsg_type == SCM_RIGHTS && !CMSG_NXTHDR(&message, cmsg) ? (int)(len / sizeof(int))
                                                                         : -1;
}

static void descriptors(void)
{
    int fds[2];
    int ends[2];
    int got[4] = {-1, -1, -1, -1};
    int flags = -1;
    char text[8];
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    pipe(ends);
    CHECK("sockets.send-fds", send_fds(fds[0], ends, 2) == 1);
    close_both(ends);
    CHECK("sockets.receive-fds", receive_fds(fds[1], got, 4, MSG_CMSG_CLOEXEC, &flags) == 2 &&
                                     flags == 0 && fcntl(got[0], F_GETFD) == FD_CLOEXEC &&
                                     fcntl(got[0], F_GETFL) == O_RDONLY &&
                                     fcntl(got[1], F_GETFL) == O_WRONLY);
    CHECK("sockets.received-works", write(got[1], "pipe", 4) == 4 && read(got[0], text, 8) == 4 &&
                                        memcmp(text, "pipe", 4) == 0);
    const int same[] = {got[0], got[0], got[1]};
    send_fds(fds[0], same, 3);
    CHECK("sockets.little-room", receive_fds(fds[1], got + 2, 2, 0, &flags) == 2 &&
                                     flags == MSG_CTRUNC && fcntl(got[2], F_GETFD) == 0);
    const int bad[] = {got[0], 99};
    CHECK("sockets.bad-fd", fails(send_fds(fds[0], bad, 2), EBADF));
    CHECK("sockets.nested", send_fds(fds[0], &fds[1], 1) == -1 && errno == ETOOMANYREFS);
    for (size_t i = 0; i < 4; i++) {
        close(got[i]);
    }
    close_both(fds);
}

static void *echo(void *argument)
{
    int fd = *(const int *)argument;
    char text[64];
    ssize_t got;
    while ((got = read(fd, text, sizeof(text))) > 0) {
        if (write(fd, text, (size_t)got) != got) {
            return argument;
        }
    }
    return NULL;
}

static void threads(void)
{
    int fds[2];
    pthread_t thread;
    char text[64];
    void *failed;
    bool passed = true;
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    pthread_create(&thread, NULL, echo, &fds[1]);
    for (int i = 0; passed && i < 2000; i++) {
        snprintf(text, sizeof(text), "message %d", i);
        size_t len = strlen(text);
        char answer[64] = {0};
        passed = write(fds[0], text, len) == (ssize_t)len &&
                 recv(fds[0], answer, len, MSG_WAITALL) == (ssize_t)len &&
                 strcmp(answer, text) == 0;
    }
    shutdown(fds[0], SHUT_RDWR);
    pthread_join(thread, &failed);
    CHECK("sockets.echo", passed && !failed);
    close_both(fds);
}

void area_sockets(void)
{
    making();
    bytes();
    packets(SOCK_DGRAM, "sockets.datagrams");
    packets(SOCK_SEQPACKET, "sockets.sequence");
    endings();
    options();
    polling();
    descriptors();
    threads();
}
