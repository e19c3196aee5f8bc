// SPDX-License-Identifier: MIT
// The program that the tests of host ports run: serves a port as its first argument says.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 10000, USAGE = 99, WHOLE = 4096 };

static int fail(const char *what)
{
    fprintf(stderr, "ports: %s: %s\n", what, strerror(errno));
    return 1;
}

static int say(const char *text)
{
    puts(text);
    return fflush(stdout) == 0 ? 0 : fail("write");
}

/* One connection: what comes goes back, until its end. 1: an error. */
static int echo(int port)
{
    static char buffer[BUFFER];
    ssize_t got;

    while ((got = read(port, buffer, sizeof(buffer))) > 0) {
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(port, buffer + done, (size_t)(got - done));

            if (put < 0 && errno == EPIPE) {
                break; // gone without waiting for the rest; the next read tells the end
            }
            if (put < 0) {
                return fail("write to the port");
            }
            done += put;
        }
    }
    return got < 0 ? fail("read from the port") : 0;
}

static int echo_connections(int port, int count)
{
    for (int n = 0; n < count; n++) {
        if (echo(port) != 0 || say("end of connection") != 0) {
            return 1;
        }
    }
    return 0;
}

/* Without blocking: nothing to read and nobody to write to, then a client, then its end. */
static int events(int port)
{
    struct pollfd one = {.fd = port, .events = POLLIN | POLLOUT};
    char byte;

    if (fcntl(port, F_SETFL, O_NONBLOCK) < 0) {
        return fail("fcntl");
    }
    if (poll(&one, 1, 0) != 0 || read(port, &byte, 1) != -1 || errno != EAGAIN ||
        write(port, "x", 1) != -1 || errno != EPIPE) {
        return fail("a port with nobody there");
    }
    if (say("ready") != 0 || poll(&one, 1, -1) != 1) {
        return fail("poll");
    }
    if (one.revents != POLLOUT) { // connected; nothing sent yet
        fprintf(stderr, "ports: events 0x%x\n", (unsigned)one.revents);
        return 1;
    }
    if (write(port, "hello", 5) != 5) {
        return fail("write");
    }
    one.events = POLLIN;
    if (poll(&one, 1, -1) != 1 || one.revents != POLLIN || read(port, &byte, 1) != 1) {
        return fail("a byte");
    }
    if (poll(&one, 1, -1) != 1 || one.revents != POLLIN || read(port, &byte, 1) != 0) {
        return fail("the end of the connection");
    }
    return read(port, &byte, 1) == -1 && errno == EAGAIN ? 0 : fail("after the end");
}

/* Writes more than anybody takes; ends when the other side goes. */
static int flood(int port)
{
    static char buffer[BUFFER];
    struct pollfd one = {.fd = port, .events = POLLOUT};
    ssize_t put;

    if (poll(&one, 1, -1) != 1 || say("sending") != 0) {
        return fail("poll");
    }
    while ((put = write(port, buffer, sizeof(buffer))) > 0) {
    }
    return put == -1 && errno == EPIPE ? say("nobody there") : fail("write");
}

/* Names, modes, and that a port is opened once. */
static int facts(int port, const char *path)
{
    struct stat named, opened;

    if (open(path, O_RDWR) != -1 || errno != EBUSY) {
        return fail("a second open");
    }
    if (stat(path, &named) != 0 || fstat(port, &opened) != 0) {
        return fail("stat");
    }
    if (!S_ISCHR(named.st_mode) || named.st_ino != opened.st_ino ||
        named.st_mode != opened.st_mode || lseek(port, 0, SEEK_SET) != -1 || errno != ESPIPE) {
        return fail("what stat says");
    }
    if (unlink(path) != -1 || rename(path, "/dev/ports/other") != -1) {
        return fail("a port lost its name");
    }
    if (close(port) != 0 || (port = open(path, O_RDONLY)) < 0) {
        return fail("open again");
    }
    return write(port, "x", 1) == -1 && errno == EBADF ? 0 : fail("write with O_RDONLY");
}

/* Fills the port with frames of one letter, until it is killed; tells when the first is written. */
static _Noreturn void fill(const char *path, int told)
{
    static char frame[WHOLE];
    int port = open(path, O_RDWR);

    memset(frame, 'x', sizeof(frame));
    if (port < 0 || write(port, frame, sizeof(frame)) != (ssize_t)sizeof(frame) ||
        write(told, "", 1) != 1) {
        _exit(fail("fill"));
    }
    while (write(port, frame, sizeof(frame)) == (ssize_t)sizeof(frame)) {
    }
    _exit(fail("fill"));
}

/* Kills one that writes, and writes a frame of another letter in its place, `count` times. */
static int replace(int port, const char *path, int count)
{
    static char frame[WHOLE];
    struct pollfd one = {.fd = port, .events = POLLOUT};
    int told[2];
    char byte;

    memset(frame, 'y', sizeof(frame));
    if (poll(&one, 1, -1) != 1 || close(port) != 0 || pipe(told) != 0) {
        return fail("poll");
    }
    for (int n = 0; n < count; n++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            fill(path, told[1]);
        }
        if (child < 0 || read(told[0], &byte, 1) != 1) {
            return fail("the first that is written");
        }
        usleep(1000u * (unsigned)(n % 7));
        if (kill(child, SIGKILL) != 0 || waitpid(child, &status, 0) != child ||
            !WIFSIGNALED(status)) {
            return fail("the one that writes");
        }
        port = open(path, O_RDWR);
        if (port < 0 || write(port, frame, sizeof(frame)) != (ssize_t)sizeof(frame)) {
            return fail("in its place");
        }
        if (n + 1 < count && close(port) != 0) {
            return fail("close");
        }
    }
    return read(port, frame, 1) == 1 ? 0 : fail("read");
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        return USAGE;
    }
    signal(SIGPIPE, SIG_IGN);
    int port = open(argv[2], O_RDWR);
    if (port < 0) {
        return fail(argv[2]);
    }
    if (say("open") != 0) {
        return 1;
    }
    if (strcmp(argv[1], "echo") == 0) {
        return echo_connections(port, argc > 3 ? atoi(argv[3]) : 1);
    }
    if (strcmp(argv[1], "events") == 0) {
        return events(port);
    }
    if (strcmp(argv[1], "flood") == 0) {
        return flood(port);
    }
    if (strcmp(argv[1], "replace") == 0 && argc > 3) {
        return replace(port, argv[2], atoi(argv[3]));
    }
    return strcmp(argv[1], "facts") == 0 ? facts(port, argv[2]) : USAGE;
}
