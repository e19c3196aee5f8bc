// SPDX-License-Identifier: MIT
#include "endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tpm.h"

static int fail(const char *what, const char *which)
{
    (void)fprintf(stderr, "vtpm: %s %s: %s\n", what, which, strerror(errno));
    return -1;
}

int endpoint_open_port(struct endpoint *endpoint, const char *path)
{
    endpoint->file = open(path, O_RDWR | O_CLOEXEC);
    endpoint->listens = false;
    return endpoint->file >= 0 ? 0 : fail("cannot open", path);
}

int endpoint_listen(struct endpoint *endpoint, unsigned port)
{
    const int on = 1;
    const struct sockaddr_in address = {.sin_family = AF_INET,
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
        (void)fail("cannot listen at port", text);
        (void)close(listener);
        return -1;
    }
    endpoint->file = listener;
    endpoint->listens = true;
    return 0;
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

/// Reads what the client that is left still sends, up to its end: the next one begins behind it.
static void skip(int stream)
{
    char bytes[256];
    ssize_t got;
    do {
        got = read(stream, bytes, sizeof(bytes));
    } while (got > 0 || (got < 0 && errno == EINTR));
}

void *endpoint_serve(void *argument)
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
        enum mssim_end end = endpoint->serve(stream);
        if (endpoint->listens) {
            (void)close(stream);
        } else if (end == MSSIM_LEFT) {
            skip(stream);
        }
        if (end == MSSIM_STOP) {
            tpm_power_off();
            exit(0);
        }
    }
}

int endpoint_start(struct endpoint *endpoint)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, endpoint_serve, endpoint);
    return errno == 0 ? 0 : fail("no thread for", "an endpoint");
}
