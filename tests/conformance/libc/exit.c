// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define PATH "/tmp/libc-exit.txt"
#define LINE "a line of a thread\n"
#define MOMENT 20000000 /* nanoseconds */
#define SOON 60         /* seconds after which a child that does not end is killed */

static bool prints(const char *mode, int exit_status, const char *expected)
{
    char output[512];
    int status = test_child(mode, output, sizeof(output));
    return WIFEXITED(status) && WEXITSTATUS(status) == exit_status && strcmp(output, expected) == 0;
}

static void say_handler(void)
{
    puts("handler");
}

static void *late_thread(void *unused)
{
    (void)unused;
    usleep(20000);
    puts("thread");
    return NULL;
}

static int run_pthread_exit(void)
{
    pthread_t thread;
    atexit(say_handler);
    pthread_create(&thread, NULL, late_thread, NULL);
    pthread_exit(NULL);
}

static void *read_character(void *stream)
{
    return (void *)(uintptr_t)fgetc(stream);
}

static void *write_lines(void *stream)
{
    for (int i = 0; i < 50000 && fputs(LINE, stream) >= 0; i++) {
    }
    return NULL;
}

/* A thread stays in a call of stdio on one end of a pipe, whose other end nobody uses. */
static bool stay_in(void *(*call)(void *), int end, const char *mode)
{
    int fds[2];
    pthread_t thread;
    FILE *stream = pipe(fds) == 0 ? fdopen(fds[end], mode) : NULL;
    bool good = stream && pthread_create(&thread, NULL, call, stream) == 0;
    alarm(SOON);
    rest(MOMENT);
    return good;
}

static int run_while_reading(void)
{
    FILE *file = fopen(PATH, "w");
    fputs("in a file", file);
    bool good = stay_in(read_character, 0, "r");
    fputs("kept", stdout);
    return good ? 3 : 1;
}

static int run_while_writing_blocks(void)
{
    bool good = stay_in(write_lines, 1, "w");
    fputs("kept", stdout);
    return good ? 3 : 1;
}

/* Several threads write to a file while the program ends. */
static int run_while_writing(void)
{
    pthread_t thread;
    FILE *file = fopen(PATH, "w");
    bool good = file != NULL;
    for (int i = 0; good && i < 4; i++) {
        good = pthread_create(&thread, NULL, write_lines, file) == 0;
    }
    alarm(SOON);
    rest(MOMENT);
    fputs("main\n", file);
    return good ? 3 : 1;
}

static void *open_and_close(void *unused)
{
    for (;;) {
        FILE *file = fopen("/dev/null", "w");
        if (!file || fputs(LINE, file) < 0 || fclose(file) != 0) {
            return unused;
        }
    }
}

static int run_while_closing(void)
{
    pthread_t thread;
    bool good = true;
    for (int i = 0; good && i < 4; i++) {
        good = pthread_create(&thread, NULL, open_and_close, NULL) == 0;
    }
    alarm(SOON);
    rest(MOMENT);
    fputs("kept", stdout);
    return good ? 3 : 1;
}

static const struct {
    const char *name;
    int (*run)(void);
} modes[] = {
    {"pthread_exit-main", run_pthread_exit},
    {"exit-while-reading", run_while_reading},
    {"exit-while-writing-blocks", run_while_writing_blocks},
    {"exit-while-writing", run_while_writing},
    {"exit-while-closing", run_while_closing},
};

int exit_child(const char *mode)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(modes[i].name, mode) == 0) {
            return modes[i].run();
        }
    }
    return -1;
}

static bool file_holds(const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(PATH, "r");
    bool same = file && fgets(text, sizeof(text), file) && strcmp(text, expected) == 0;
    if (file) {
        fclose(file);
    }
    return same;
}

/* Lines are whole, but for the last; main's is among them. */
static bool lines_are_whole(void)
{
    char text[64];
    bool whole = true;
    bool found = false;
    FILE *file = fopen(PATH, "r");
    while (file && fgets(text, sizeof(text), file) && strchr(text, '\n')) {
        found = found || strcmp(text, "main\n") == 0;
        whole = whole && (strcmp(text, "main\n") == 0 || strcmp(text, LINE) == 0);
    }
    if (file) {
        fclose(file);
    }
    return whole && found;
}

/* A program that has read a part of what it shares with others leaves the rest to them. */
static bool gives_rest_back(void)
{
    int fd = open(PATH, O_RDWR | O_CREAT | O_TRUNC, 0600);
    bool good = fd >= 0 && write(fd, "0123456789", 10) == 10 && lseek(fd, 0, SEEK_SET) == 0;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        FILE *stream = fdopen(fd, "r");
        exit(stream && fgetc(stream) == '0' && fgetc(stream) == '1' ? 4 : 1);
    }
    good = good && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 4 && lseek(fd, 0, SEEK_CUR) == 2;
    close(fd);
    return good;
}

static void streams(void)
{
    unlink(PATH);
    CHECK("exit.while-reading", prints("exit-while-reading", 3, "kept") && file_holds("in a file"));
    CHECK("exit.while-writing-blocks", prints("exit-while-writing-blocks", 3, "kept"));
    CHECK("exit.while-writing", prints("exit-while-writing", 3, "") && lines_are_whole());
    CHECK("exit.while-closing", prints("exit-while-closing", 3, "kept"));
    CHECK("exit.gives-rest-back", gives_rest_back());
    unlink(PATH);
}

void area_exit(void)
{
    CHECK("exit.handlers-in-reverse", prints("atexit", 3, "main\nsecond\nfirst\ndestructor\n"));
    CHECK("exit.return-from-main", prints("return", 7, "main\n"));
    CHECK("exit.handler-adds-handler", prints("atexit-nested", 0, "outer\ninner\n"));
    CHECK("exit._exit-flushes-nothing", prints("_exit", 9, ""));
    CHECK("exit.quick_exit", prints("quick_exit", 4, "quick\n"));
    CHECK("exit.status-is-8-bits", prints("exit-257", 1, ""));
    CHECK("exit.many-handlers", prints("atexit-many", 0, "100\n"));
    CHECK("exit.from-thread", prints("exit-thread", 5, "handler\n"));
    CHECK("exit.last-thread", prints("pthread_exit-main", 0, "thread\nhandler\n"));
    streams();
}
