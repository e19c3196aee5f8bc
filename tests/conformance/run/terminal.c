// SPDX-License-Identifier: MIT
// What test_terminal.py runs at a terminal: one behaviour for each word.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int about(void)
{
    struct winsize size = {0};
    tcgetwinsize(0, &size);
    int tty = open("/dev/tty", O_RDWR);
    const char *name = ttyname(0);
    printf("tty %d %d %d, %s, %dx%d, leader %d, foreground %d, /dev/tty %d, TERM %s\n", isatty(0),
           isatty(1), isatty(2), name ? name : "-", size.ws_row, size.ws_col,
           tcgetsid(0) == getpid(), tcgetpgrp(0) == getpgrp(), tty >= 0,
           getenv("TERM") ? getenv("TERM") : "-");
    return 0;
}

static int echo_lines(void)
{
    char line[256];
    printf("> "); // shown before input is waited for
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        printf("[%s]\n> ", line);
    }
    puts("end");
    return 3;
}

static int echo_keys(void)
{
    struct termios modes;
    char key;
    tcgetattr(0, &modes);
    cfmakeraw(&modes);
    tcsetattr(0, TCSAFLUSH, &modes);
    write(1, "ready\r\n", 7);
    while (read(0, &key, 1) == 1 && key != 'q') {
        char text[8];
        write(1, text, (size_t)snprintf(text, sizeof(text), "<%02x>", (unsigned char)key));
    }
    return 0;
}

static volatile sig_atomic_t resized;

static void on_resize(int signal)
{
    (void)signal;
    resized = 1;
}

static int tell_size(void)
{
    struct winsize size;
    signal(SIGWINCH, on_resize);
    puts("ready");
    while (!resized) {
        poll(NULL, 0, 20);
    }
    tcgetwinsize(0, &size);
    printf("now %dx%d\n", size.ws_row, size.ws_col);
    return 0;
}

static int wait_for_ever(void)
{
    puts("ready");
    for (;;) {
        pause();
    }
}

static int print_much(void)
{
    for (int i = 0; i < 3000; i++) {
        printf("line %d\n", i);
    }
    fputs("no newline", stdout);
    return 0;
}

static int to_errors(void)
{
    fprintf(stderr, "error %d\n", isatty(2));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *word;
        int (*run)(void);
    } behaviours[] = {
        {"about", about},        {"lines", echo_lines}, {"keys", echo_keys},   {"size", tell_size},
        {"wait", wait_for_ever}, {"much", print_much},  {"errors", to_errors},
    };
    for (size_t i = 0; argc == 2 && i < sizeof(behaviours) / sizeof(behaviours[0]); i++) {
        if (strcmp(argv[1], behaviours[i].word) == 0) {
            return behaviours[i].run();
        }
    }
    return 99;
}
