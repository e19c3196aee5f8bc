// SPDX-License-Identifier: MIT
// The Linux side of `coconut bench ipc`, process 1 of an initramfs: the same bytes to another
// process and back, over two pipes or over a pair of local sockets. measure.h says what is printed.
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_machine.h"
#include "measure.h"

#define MESSAGE_MAX 4096

static char bytes[MESSAGE_MAX];
static int request_end; /* where requests go, and where they come from */
static int reply_end;
static pid_t server;

/* Returns what came until nothing comes any more. A descriptor that came along is closed. */
static void serve(int in, int out)
{
    char control[CMSG_SPACE(sizeof(int))];
    for (;;) {
        struct iovec part = {bytes, sizeof(bytes)};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof(control)};
        ssize_t got = in == out ? recvmsg(in, &message, 0) : read(in, bytes, sizeof(bytes));
        if (got <= 0 || write(out, bytes, (size_t)got) != got) {
            _exit(0);
        }
        struct cmsghdr *header = in == out ? CMSG_FIRSTHDR(&message) : NULL;
        if (header != NULL) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
            close(descriptor);
        }
    }
}

static int start(int server_in, int server_out)
{
    server = fork();
    if (server == 0) {
        close(request_end);
        close(reply_end);
        serve(server_in, server_out);
    }
    close(server_in);
    if (server_out != server_in) {
        close(server_out);
    }
    return server < 0 ? -1 : 0;
}

static int pipes_set_up(unsigned count)
{
    int there[2];
    int back[2];
    (void)count;
    if (pipe(there) != 0 || pipe(back) != 0) {
        return -1;
    }
    request_end = there[1];
    reply_end = back[0];
    return start(there[0], back[1]);
}

static int sockets_set_up(unsigned count)
{
    int ends[2];
    (void)count;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        return -1;
    }
    request_end = reply_end = ends[0];
    return start(ends[1], ends[1]);
}

static int clean_up(unsigned count)
{
    (void)count;
    close(request_end);
    if (reply_end != request_end) {
        close(reply_end);
    }
    return waitpid(server, NULL, 0) == server ? 0 : -1;
}

static int round_trips(unsigned count, size_t length)
{
    for (unsigned i = 0; i < count; i++) {
        if (write(request_end, bytes, length) != (ssize_t)length ||
            read(reply_end, bytes, length) != (ssize_t)length) {
            return -1;
        }
    }
    return 0;
}

/* A pipe carries no empty message. */
static int call_empty(unsigned count)
{
    return round_trips(count, 1);
}

static int call_8(unsigned count)
{
    return round_trips(count, 8);
}

static int call_64(unsigned count)
{
    return round_trips(count, 64);
}

static int call_4096(unsigned count)
{
    return round_trips(count, MESSAGE_MAX);
}

static int call_handle(unsigned count)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct iovec part = {bytes, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    memcpy(CMSG_DATA(&control.header), &request_end, sizeof(request_end));
    for (unsigned i = 0; i < count; i++) {
        if (sendmsg(request_end, &message, 0) != 1 || read(reply_end, bytes, 1) != 1) {
            return -1;
        }
    }
    return 0;
}

static const struct operation operations[] = {
    {"call_empty", 1000, pipes_set_up, call_empty, clean_up},
    {"call_8", 1000, pipes_set_up, call_8, clean_up},
    {"call_64", 1000, sockets_set_up, call_64, clean_up},
    {"call_4096", 200, sockets_set_up, call_4096, clean_up},
    {"call_handle", 200, sockets_set_up, call_handle, clean_up},
    {0},
};

int main(void)
{
    int good = machine_start();
    printf("\n"); // behind what the firmware left on the line
    good = good && measure_all(operations) == 0;
    fflush(stdout);
    machine_end(good != 0);
}
