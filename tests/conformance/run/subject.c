// SPDX-License-Identifier: MIT
// The program that the tests of `coconut run` run: its first argument says what it does.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

enum { BUFFER = 40000, USAGE = 99 };

static int fail(const char *what)
{
    fprintf(stderr, "subject: %s: %s\n", what, strerror(errno));
    return 1;
}

/* Standard input to standard output, until the end. */
static int echo(void)
{
    static char buffer[BUFFER];
    ssize_t got;

    while ((got = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0) {
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(STDOUT_FILENO, buffer + done, (size_t)(got - done));

            if (put < 0) {
                return fail("write");
            }
            done += put;
        }
    }
    return got < 0 ? fail("read") : 0;
}

/* The same, waiting by poll() only: a read that finds nothing is EAGAIN. */
static int poll_echo(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char buffer[100];

    if (poll(&input, 1, 0) != 0) {
        return fail("poll of input that has not come");
    }
    if (fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) < 0) {
        return fail("fcntl");
    }
    if (write(STDOUT_FILENO, "?", 1) != 1) { /* input may come now */
        return fail("write");
    }
    for (;;) {
        ssize_t got = read(STDIN_FILENO, buffer, sizeof(buffer));

        if (got == 0) {
            return 0;
        }
        if (got > 0 ? write(STDOUT_FILENO, buffer, (size_t)got) != got : errno != EAGAIN) {
            return fail("read or write");
        }
        if (got < 0 && (poll(&input, 1, -1) != 1 || input.revents != POLLIN)) {
            return fail("poll");
        }
    }
}

/* Every byte value, a hundred times, in turn to both outputs. */
static int both(void)
{
    unsigned char bytes[256];

    for (unsigned i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)i;
    }
    for (int i = 0; i < 100; i++) {
        if (write(STDOUT_FILENO, bytes, sizeof(bytes)) < 0 ||
            write(STDERR_FILENO, bytes, sizeof(bytes)) < 0) {
            return fail("write");
        }
    }
    return 0;
}

/* Arguments from the second on, then the environment, then the working directory. */
static int show(int argc, char **argv)
{
    char directory[4096];

    for (int i = 2; i < argc; i++) {
        printf("argument %s\n", argv[i]);
    }
    for (char **entry = environ; *entry != NULL; entry++) {
        printf("environment %s\n", *entry);
    }
    if (getcwd(directory, sizeof(directory)) == NULL) {
        return fail("getcwd");
    }
    printf("directory %s\n", directory);
    return 0;
}

static int copy_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    int byte;

    if (file == NULL) {
        return fail(path);
    }
    while ((byte = getc(file)) != EOF) {
        putchar(byte);
    }
    return fclose(file) == 0 ? 0 : fail("fclose");
}

/* Fill the file system; succeeds if it refuses with ENOSPC at last. */
static int fill(void)
{
    static char block[1 << 16];
    FILE *file = fopen("/tmp/fill", "wb");

    if (file == NULL) {
        return fail("/tmp/fill");
    }
    memset(block, 'x', sizeof(block));
    while (fwrite(block, 1, sizeof(block), file) == sizeof(block)) {
    }
    printf("%s\n", strerror(errno));
    return errno == ENOSPC ? 0 : 1;
}

static int fault(const char *how)
{
    volatile int zero = 0;

    if (strcmp(how, "null") == 0) {
        *(volatile int *)(uintptr_t)zero = 1;
    } else if (strcmp(how, "divide") == 0) {
        zero = USAGE / zero;
    } else if (strcmp(how, "invalid") == 0) {
        __builtin_trap();
    } else if (strcmp(how, "abort") == 0) {
        abort();
    }
    return USAGE;
}

static int flood(void)
{
    for (;;) {
        puts("yes");
    }
}

int main(int argc, char **argv)
{
    const char *act = argc > 1 ? argv[1] : "";

    if (strcmp(act, "echo") == 0) {
        return echo();
    }
    if (strcmp(act, "poll-echo") == 0) {
        return poll_echo();
    }
    if (strcmp(act, "both") == 0) {
        return both();
    }
    if (strcmp(act, "show") == 0) {
        return show(argc, argv);
    }
    if (strcmp(act, "file") == 0 && argc > 2) {
        return copy_file(argv[2]);
    }
    if (strcmp(act, "exit") == 0 && argc > 2) {
        return atoi(argv[2]);
    }
    if (strcmp(act, "fault") == 0 && argc > 2) {
        return fault(argv[2]);
    }
    if (strcmp(act, "fill") == 0) {
        return fill();
    }
    if (strcmp(act, "flood") == 0) {
        return flood();
    }
    if (strcmp(act, "sleep") == 0) {
        return sleep(600) == 0 ? 0 : USAGE;
    }
    return USAGE;
}
