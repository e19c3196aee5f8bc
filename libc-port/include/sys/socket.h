// SPDX-License-Identifier: MIT
// Sockets between processes of this machine. There is no network: AF_INET and AF_INET6 exist as
// numbers only, socket() refuses them with EAFNOSUPPORT.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned int socklen_t;
typedef unsigned short sa_family_t;

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL AF_UNIX
#define AF_INET 2
#define AF_INET6 10
#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_LOCAL
#define PF_INET AF_INET
#define PF_INET6 AF_INET6

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3 /* refused */
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC 0x10000000
#define SOCK_NONBLOCK 0x20000000
#define SOCK_CLOFORK 0x40000000

#define SOL_SOCKET 1

#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_LINGER 13
#define SO_PEERCRED 17
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_ACCEPTCONN 30
#define SO_PROTOCOL 38
#define SO_DOMAIN 39

#define SOMAXCONN 128

#define MSG_OOB 0x1 /* refused */
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_CTRUNC 0x8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
#define MSG_CMSG_CLOFORK 0x20000000

#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

#define SCM_RIGHTS 1 /* data: int[], descriptors */

struct sockaddr {
    sa_family_t sa_family;
    char sa_data[14];
};

struct sockaddr_storage {
    sa_family_t ss_family;
    char __data[118];
    unsigned long __align;
};

struct linger {
    int l_onoff;
    int l_linger; /* seconds */
};

struct msghdr {
    void *msg_name;
    socklen_t msg_namelen;
    struct iovec *msg_iov;
    int msg_iovlen;
    void *msg_control;
    socklen_t msg_controllen;
    int msg_flags; /* received: MSG_* */
};

struct cmsghdr {
    socklen_t cmsg_len; /* bytes, this header included */
    int cmsg_level;
    int cmsg_type;
};

#define __CMSG_ALIGN(length)                                                                       \
    (((size_t)(length) + sizeof(size_t) - 1) & ~(size_t)(sizeof(size_t) - 1))
#define CMSG_LEN(length) (__CMSG_ALIGN(sizeof(struct cmsghdr)) + (size_t)(length))
#define CMSG_SPACE(length) (__CMSG_ALIGN(sizeof(struct cmsghdr)) + __CMSG_ALIGN(length))
#define CMSG_ALIGN(length) __CMSG_ALIGN(length)
#define CMSG_DATA(cmsg) ((unsigned char *)(cmsg) + __CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_FIRSTHDR(message)                                                                     \
    ((size_t)(message)->msg_controllen >= sizeof(struct cmsghdr)                                   \
         ? (struct cmsghdr *)(message)->msg_control                                                \
         : (struct cmsghdr *)0)
#define CMSG_NXTHDR(message, cmsg) __cmsg_next((message), (cmsg))

/// What CMSG_NXTHDR() stands for: the header behind `cmsg`, or NULL.
struct cmsghdr *__cmsg_next(const struct msghdr *__message, const struct cmsghdr *__cmsg);

#if __GNU_VISIBLE
/// Value of SO_PEERCRED: the process at the other end when the connection was made.
struct ucred {
    pid_t pid;
    uid_t uid; /* 0: there is one user */
    gid_t gid;
};
#endif

/// Make a socket of AF_UNIX. EAFNOSUPPORT, EPROTONOSUPPORT, EPROTOTYPE, EINVAL, EMFILE, ENOMEM.
int socket(int __domain, int __type, int __protocol);

/// Make two that are connected to each other; EOPNOTSUPP instead of EAFNOSUPPORT for known domains.
int socketpair(int __domain, int __type, int __protocol, int __pair[2]);

/// Give a socket a path: a node of its type is made there, EADDRINUSE if there is anything.
int bind(int __fd, const struct sockaddr *__address, socklen_t __length);

/// Let connections come, of which at most `backlog` wait to be accepted.
int listen(int __fd, int __backlog);

/// Take one, waiting for it; the address (may be NULL) is that of the other side.
int accept(int __fd, struct sockaddr *__restrict __address, socklen_t *__restrict __length);
#if __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE || __BSD_VISIBLE
int accept4(int __fd, struct sockaddr *__restrict __address, socklen_t *__restrict __length,
            int __flags);
#endif

/// Connect to a path; of a datagram socket, with AF_UNSPEC, to nothing. ECONNREFUSED, EPROTOTYPE,
/// EISCONN, EAGAIN (the backlog is full and the socket does not wait).
int connect(int __fd, const struct sockaddr *__address, socklen_t __length);

/// The address of a socket, and of what it is connected to.
int getsockname(int __fd, struct sockaddr *__restrict __address, socklen_t *__restrict __length);
int getpeername(int __fd, struct sockaddr *__restrict __address, socklen_t *__restrict __length);

/// End one direction, or both.
int shutdown(int __fd, int __how);

/// Send. A message to nobody raises SIGPIPE unless MSG_NOSIGNAL is given.
ssize_t send(int __fd, const void *__bytes, size_t __length, int __flags);
ssize_t sendto(int __fd, const void *__bytes, size_t __length, int __flags,
               const struct sockaddr *__to, socklen_t __to_length);
ssize_t sendmsg(int __fd, const struct msghdr *__message, int __flags);

/// Receive.
ssize_t recv(int __fd, void *__bytes, size_t __length, int __flags);
ssize_t recvfrom(int __fd, void *__restrict __bytes, size_t __length, int __flags,
                 struct sockaddr *__restrict __from, socklen_t *__restrict __from_length);
ssize_t recvmsg(int __fd, struct msghdr *__message, int __flags);

/// Options of SOL_SOCKET. ENOPROTOOPT for what a local socket does not have.
int getsockopt(int __fd, int __level, int __option, void *__restrict __value,
               socklen_t *__restrict __length);
int setsockopt(int __fd, int __level, int __option, const void *__value, socklen_t __length);

/// Always -1: local sockets have no out-of-band data. ENOTTY.
int sockatmark(int __fd);

#ifdef __cplusplus
}
#endif
