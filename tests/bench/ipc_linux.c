// SPDX-License-Identifier: MIT
// The Linux side of `coconut bench ipc`, process 1 of an initramfs: the same bytes to another
// process and back, over two pipes or over a pair of local sockets. measure.h says what is printed.
#include <linux/futex.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_machine.h"
#include "measure.h"

#define MESSAGE_MAX 4096

static char bytes[MESSAGE_MAX];
static int request_end; /* where requests go, and where they come from */
static int reply_end;
static pid_t server;
static bool apart; /* client and server on a processor each */

static bool stay_on(int processor)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    return sched_setaffinity(0, sizeof(set), &set) == 0;
}

/* fork(); what is made runs apart if that is asked for. */
static pid_t fork_server(void)
{
    pid_t made = fork();
    if (made == 0 && apart && !stay_on(1)) {
        _exit(1);
    }
    return made;
}

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
    server = fork_server();
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

/* Two event descriptors, or two words that both processes see, there and back. */
static uint32_t *words;
static int there;
static int back;

static int events_set_up(unsigned count)
{
    (void)count;
    there = eventfd(0, 0);
    back = eventfd(0, 0);
    server = there < 0 || back < 0 ? -1 : fork_server();
    if (server == 0) {
        uint64_t value = 1;
        while (read(there, &value, sizeof(value)) == sizeof(value) && value == 1) {
            if (write(back, &value, sizeof(value)) != sizeof(value)) {
                break;
            }
        }
        _exit(0);
    }
    return server < 0 ? -1 : 0;
}

static int events_clean_up(unsigned count)
{
    uint64_t end = 2;
    (void)count;
    bool good =
        write(there, &end, sizeof(end)) == sizeof(end) && waitpid(server, NULL, 0) == server;
    close(there);
    close(back);
    return good ? 0 : -1;
}

static int event_wake(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t value = 1;
        if (write(there, &value, sizeof(value)) != sizeof(value) ||
            read(back, &value, sizeof(value)) != sizeof(value)) {
            return -1;
        }
    }
    return 0;
}

static void word_wait(uint32_t *word, uint32_t old)
{
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == old) {
        (void)syscall(SYS_futex, word, FUTEX_WAIT, old, NULL, NULL, 0);
    }
}

static void word_set(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    (void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int words_set_up(unsigned count)
{
    (void)count;
    words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    server = words == MAP_FAILED ? -1 : fork_server();
    if (server == 0) {
        for (uint32_t i = 0; __atomic_load_n(&words[0], __ATOMIC_ACQUIRE) != UINT32_MAX; i++) {
            word_wait(&words[0], i);
            word_set(&words[16], i + 1);
        }
        _exit(0);
    }
    return server < 0 ? -1 : 0;
}

static int words_clean_up(unsigned count)
{
    (void)count;
    word_set(&words[0], UINT32_MAX);
    bool good = waitpid(server, NULL, 0) == server;
    return munmap(words, 4096) == 0 && good ? 0 : -1;
}

static int event_futex(unsigned count)
{
    for (uint32_t i = 0; i < count; i++) {
        word_set(&words[0], i + 1);
        word_wait(&words[16], i);
    }
    return 0;
}

/* A program that answers once, over two pipes. */
static int service_start(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int request[2];
        int answer[2];
        char byte = 0;
        if (pipe(request) != 0 || pipe(answer) != 0 || (server = fork()) < 0) {
            return -1;
        }
        if (server == 0) {
            dup2(request[0], 3);
            dup2(answer[1], 4);
            execl("/init", "init", "serve", NULL);
            _exit(1);
        }
        close(request[0]);
        close(answer[1]);
        bool good = write(request[1], &byte, 1) == 1 && read(answer[0], &byte, 1) == 1;
        close(request[1]);
        close(answer[0]);
        if (waitpid(server, NULL, 0) != server || !good) {
            return -1;
        }
    }
    return 0;
}

static const struct operation operations[] = {
    {"call_empty", 1000, pipes_set_up, call_empty, clean_up},
    {"call_among_many", 1000, pipes_set_up, call_empty, clean_up},
    {"call_8", 1000, pipes_set_up, call_8, clean_up},
    {"call_64", 1000, sockets_set_up, call_64, clean_up},
    {"call_4096", 200, sockets_set_up, call_4096, clean_up},
    {"call_handle", 200, sockets_set_up, call_handle, clean_up},
    {"event_wake", 500, events_set_up, event_wake, events_clean_up},
    {"event_futex", 500, words_set_up, event_futex, words_clean_up},
    {"service_start", 20, NULL, service_start, NULL},
    {0},
};

static const struct operation operations_apart[] = {
    {"call_empty", 500, pipes_set_up, call_empty, clean_up},
    {"call_64", 500, sockets_set_up, call_64, clean_up},
    {"call_4096", 200, sockets_set_up, call_4096, clean_up},
    {"event_wake", 500, events_set_up, event_wake, events_clean_up},
    {"event_futex", 500, words_set_up, event_futex, words_clean_up},
    {0},
};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "serve") == 0) {
        char byte;
        return read(3, &byte, 1) == 1 && write(4, &byte, 1) == 1 ? 0 : 1;
    }
    int good = machine_start();
    printf("\n"); // behind what the firmware left on the line
    apart = sysconf(_SC_NPROCESSORS_ONLN) > 1;
    good = good && (!apart || stay_on(0));
    good = good && measure_all(apart ? operations_apart : operations) == 0;
    fflush(stdout);
    machine_end(good != 0);
}
