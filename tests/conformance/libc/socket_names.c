// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define PLACE "/tmp/socket-names"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof(address.sun_path));
    return address;
}

static int bind_to(int fd, const char *path)
{
    const struct sockaddr_un address = address_of(path);
    return bind(fd, (const struct sockaddr *)&address, sizeof(address));
}

static int connect_to(int fd, const char *path)
{
    const struct sockaddr_un address = address_of(path);
    return connect(fd, (const struct sockaddr *)&address, sizeof(address));
}

static void connections(void)
{
    struct sockaddr_un address;
    socklen_t length = sizeof(address);
    struct stat state;
    char text[16];
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK("socket-names.listen-unbound", fails(listen(listener, 1), EDESTADDRREQ));
    CHECK("socket-names.bind", bind_to(listener, PLACE "/a") == 0 &&
                                   stat(PLACE "/a", &state) == 0 && S_ISSOCK(state.st_mode) &&
                                   fails(open(PLACE "/a", O_RDONLY), ENXIO));
    CHECK("socket-names.in-use", fails(bind_to(client, PLACE "/a"), EADDRINUSE) &&
                                     fails(bind_to(listener, PLACE "/b"), EINVAL));
    CHECK("socket-names.not-listening", fails(connect_to(client, PLACE "/a"), ECONNREFUSED) &&
                                            fails(connect_to(client, PLACE "/no"), ENOENT));
    CHECK("socket-names.listen", listen(listener, 3) == 0);
    CHECK("socket-names.connect",
          connect_to(client, PLACE "/a") == 0 && fails(connect_to(client, PLACE "/a"), EISCONN));
    int server = accept(listener, (struct sockaddr *)&address, &length);
    CHECK("socket-names.accept", server >= 0 && address.sun_family == AF_UNIX &&
                                     length == offsetof(struct sockaddr_un, sun_path));
    length = sizeof(address);
    CHECK("socket-names.getpeername",
          getpeername(client, (struct sockaddr *)&address, &length) == 0 &&
              strcmp(address.sun_path, PLACE "/a") == 0 &&
              length == offsetof(struct sockaddr_un, sun_path) + sizeof(PLACE "/a"));
    length = 4;
    memset(&address, 'x', sizeof(address));
    CHECK("socket-names.getsockname-cut",
          getsockname(server, (struct sockaddr *)&address, &length) == 0 &&
              length == offsetof(struct sockaddr_un, sun_path) + sizeof(PLACE "/a") &&
              address.sun_path[0] == '/' && address.sun_path[2] == 'x');
    CHECK("socket-names.bytes", write(client, "ping", 4) == 4 && read(server, text, 16) == 4 &&
                                    write(server, "pong!", 5) == 5 && read(client, text, 16) == 5);
    int other = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK("socket-names.unlink", unlink(PLACE "/a") == 0 && write(client, "x", 1) == 1 &&
                                     bind_to(other, PLACE "/a") == 0 && unlink(PLACE "/a") == 0);
    close(other);
    close(server);
    close(client);
    close(listener);
}

static void refusals(void)
{
    struct sockaddr_un address = address_of(PLACE "/a");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    int datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);
    const struct sockaddr *generic = (const struct sockaddr *)&address;
    CHECK("socket-names.lengths", fails(bind(fd, generic, 1), EINVAL) &&
                                      fails(bind(fd, generic, sizeof(sa_family_t)), EINVAL) &&
                                      fails(bind(fd, generic, sizeof(address) + 1), EINVAL));
    address.sun_path[0] = '\0';
    CHECK("socket-names.abstract", fails(bind(fd, generic, sizeof(address)), EINVAL));
    address.sun_family = AF_INET;
    CHECK("socket-names.family", fails(bind(fd, generic, sizeof(address)), EAFNOSUPPORT));
    CHECK("socket-names.datagrams", fails(accept(datagrams, NULL, NULL), EOPNOTSUPP) &&
                                        fails(accept(fd, NULL, NULL), EINVAL) &&
                                        fails(accept4(fd, NULL, NULL, 1), EINVAL));
    memset(address.sun_path, 'l', sizeof(address.sun_path)); // a path without a NUL
    address.sun_family = AF_UNIX;
    socklen_t length = sizeof(address);
    char name[sizeof(address.sun_path) + 1] = {0};
    memset(name, 'l', sizeof(address.sun_path));
    CHECK("socket-names.longest",
          chdir(PLACE) == 0 && bind(fd, generic, sizeof(address)) == 0 && access(name, F_OK) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &length) == 0 &&
              length == sizeof(address) && unlink(name) == 0 && chdir("/") == 0);
    close(fd);
    close(datagrams);
}

static void datagrams(void)
{
    char text[16];
    struct sockaddr_un from;
    struct sockaddr_un to = address_of(PLACE "/server");
    socklen_t length = sizeof(from);
    int server = socket(AF_UNIX, SOCK_DGRAM, 0);
    int client = socket(AF_UNIX, SOCK_DGRAM, 0);
    bind_to(server, PLACE "/server");
    CHECK("socket-names.sendto",
          sendto(client, "one", 3, 0, (struct sockaddr *)&to, sizeof(to)) == 3 &&
              recvfrom(server, text, 16, 0, (struct sockaddr *)&from, &length) == 3 && length == 0);
    length = sizeof(from);
    CHECK("socket-names.recvfrom",
          bind_to(client, PLACE "/client") == 0 && connect_to(client, PLACE "/server") == 0 &&
              send(client, "two", 3, 0) == 3 &&
              recvfrom(server, text, 16, 0, (struct sockaddr *)&from, &length) == 3 &&
              strcmp(from.sun_path, PLACE "/client") == 0);
    CHECK("socket-names.answer",
          sendto(server, "back", 4, 0, (struct sockaddr *)&from, length) == 4 &&
              recv(client, text, 16, 0) == 4);
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    CHECK("socket-names.disconnect",
          connect(client, &none, sizeof(none)) == 0 && fails(send(client, "x", 1, 0), ENOTCONN));
    close(server);
    CHECK("socket-names.stale",
          fails(sendto(client, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)), ECONNREFUSED));
    close(client);
    unlink(PLACE "/server");
    unlink(PLACE "/client");
}

// A server in a child, and its answer.
static void processes(void)
{
    int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    char text[32] = {0};
    bind_to(listener, PLACE "/a");
    listen(listener, 1);
    pid_t child = fork();
    if (child == 0) {
        int connection = accept(listener, NULL, NULL);
        ssize_t got = read(connection, text, sizeof(text));
        write(connection, text, (size_t)got);
        _exit(got == 5 ? 0 : 1);
    }
    close(listener);
    int client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    struct ucred peer;
    socklen_t length = sizeof(peer);
    int status = -1;
    CHECK("socket-names.process",
          child > 0 && connect_to(client, PLACE "/a") == 0 && write(client, "hello", 5) == 5 &&
              read(client, text, sizeof(text)) == 5 && memcmp(text, "hello", 5) == 0 &&
              read(client, text, sizeof(text)) == 0);
    CHECK("socket-names.credentials",
          getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
              peer.pid == getpid()); // who made it listen
    CHECK("socket-names.child", waitpid(child, &status, 0) == child && status == 0);
    close(client);
    unlink(PLACE "/a");
}

void area_socket_names(void)
{
    mkdir(PLACE, 0700);
    connections();
    refusals();
    datagrams();
    processes();
    rmdir(PLACE);
}
