// SPDX-License-Identifier: MIT
// vtpm --state DIRECTORY (--tcp PORT | --ports COMMANDS PLATFORM): a TPM that
// speaks the simulator's protocol.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mssim.h"
#include "tpm.h"

/// One of the two streams: a listening socket, or a port of the machine that is
/// one connection after the other.
struct endpoint {
    int file;
    bool listens;
    bool (*serve)(int stream);
};

static int fail(const char *what, const char *which)
{
    (void)fprintf(stderr, "vtpm: %s %s: %s\n", what, which, strerror(errno));
    return -1;
}

static int listen_at(unsigned port)
{
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    char text[16];
    (void)snprintf(text, sizeof(text), "%u", port);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) {
        return fail("no TCP socket for port", text);
    }
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(listener, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 4) != 0) {
        (void)close(listener);
        return fail("cannot listen at port", text);
    }
    return listener;
}

static int open_port(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    return file >= 0 ? file : fail("cannot open", path);
}

/// Clients send a request in pieces and wait with the second for the acknowledgement of the first,
/// which the system may take 40 ms for. An option that fails only costs this time.
static void hurry(int stream)
{
    const int on = 1;
#ifdef TCP_QUICKACK
    (void)setsockopt(stream, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
#endif
    (void)setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/// Serves connections until a client asks the service to end; that ends the
/// process, on whichever stream.
static void *serve(void *argument)
{
    const struct endpoint *endpoint = argument;
    for (;;) {
        int stream = endpoint->listens ? accept(endpoint->file, NULL, NULL) : endpoint->file;
        if (stream < 0) {
            if (errno == EINTR || errno == ECONNABORTED) {
                continue;
            }
            (void)fail("cannot accept", "a connection");
            exit(1);
        }
        if (endpoint->listens) {
            hurry(stream);
        }
        bool stop = endpoint->serve(stream);
        if (endpoint->listens) {
            (void)close(stream);
        }
        if (stop) {
            tpm_power_off();
            exit(0);
        }
    }
}

static int usage(void)
{
    (void)fprintf(stderr, "usage: vtpm --state DIRECTORY (--tcp PORT | --ports COMMANDS PLATFORM)\n"
                          "  --tcp PORT    commands at 127.0.0.1:PORT, platform at the next port\n"
                          "  --ports A B   commands and platform through the files A and B\n");
    return 2;
}

int main(int argc, char **argv)
{
    static struct endpoint commands = {.serve = mssim_serve_commands};
    static struct endpoint platform = {.serve = mssim_serve_platform};
    pthread_t thread;
    if (argc < 5 || strcmp(argv[1], "--state") != 0) {
        return usage();
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (strcmp(argv[3], "--tcp") == 0 && argc == 5) {
        char *end;
        unsigned long port = strtoul(argv[4], &end, 10);
        if (*end != 0 || port == 0 || port >= 65535) {
            return usage();
        }
        commands.listens = platform.listens = true;
        commands.file = listen_at((unsigned)port);
        platform.file = listen_at((unsigned)port + 1);
    } else if (strcmp(argv[3], "--ports") == 0 && argc == 6) {
        commands.file = open_port(argv[4]);
        platform.file = open_port(argv[5]);
    } else {
        return usage();
    }
    if (commands.file < 0 || platform.file < 0 || tpm_open(argv[2]) != 0 || tpm_power_on() != 0) {
        return 1;
    }
    int error = pthread_create(&thread, NULL, serve, &platform);
    if (error != 0) {
        (void)fprintf(stderr, "vtpm: no thread: %s\n", strerror(error));
        return 1;
    }
    (void)printf("vtpm: ready\n");
    (void)fflush(stdout);
    (void)serve(&commands);
    return 0;
}
