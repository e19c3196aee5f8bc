// SPDX-License-Identifier: MIT
// A member of an image of services; its first argument says what it does.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <coconut/coconut.h>

#include "logs.h"

static struct coco_client client;
static volatile sig_atomic_t told;

static void on_term(int signal)
{
    told = signal;
}

static void pause_ms(long ms)
{
    const struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* Ends in order when it is told to. */
static int polite(void)
{
    const struct sigaction action = {.sa_handler = on_term};

    sigaction(SIGTERM, &action, NULL);
    coco_service_log_text(COCO_LOG_INFO, "ready");
    while (told == 0) {
        pause_ms(10);
    }
    coco_service_log(COCO_LOG_INFO, "told by signal %d, goodbye", (int)told);
    return 0;
}

/* Does not want to end. */
static int deaf(void)
{
    signal(SIGTERM, SIG_IGN);
    coco_service_log_text(COCO_LOG_INFO, "ready");
    for (;;) {
        pause_ms(1000);
    }
}

/* Ends after a while; it is critical, so everything does. */
static int quit(const char *ms)
{
    pause_ms(strtol(ms, NULL, 10));
    return 0;
}

/* Whether a service has said a text. */
static int said(const char *name, const char *wanted)
{
    struct logs_read_arguments arguments = {
        .name = name, .name_length = (uint32_t)strlen(name), .severity = 7};
    struct logs_read_results record;

    while (logs_read(&client, &arguments, &record) == 0) {
        if (record.text_length == strlen(wanted) &&
            memcmp(record.text, wanted, record.text_length) == 0) {
            return 1;
        }
        arguments.sequence = record.sequence + 1;
    }
    return 0;
}

/* Ends when services, each with its text behind it, have said these, however long that takes. */
static int quit_behind(char **pairs)
{
    for (; pairs[0] != NULL && pairs[1] != NULL; pairs += 2) {
        while (!said(pairs[0], pairs[1])) {
            pause_ms(10);
        }
    }
    return 0;
}

/* 10,000 lines as fast as it can. */
static int flood(void)
{
    for (int i = 0; i < 10000; i++) {
        coco_service_log(COCO_LOG_INFO, "line %d", i);
    }
    return 0;
}

/* Tells what it may read of the records of a service. */
static void show_records(const char *name, uint32_t severity)
{
    struct logs_read_arguments arguments = {
        .name = name, .name_length = (uint32_t)strlen(name), .severity = severity};
    struct logs_read_results record;
    char text[COCO_LOG_TEXT_MAX + 1];
    int32_t status;

    while ((status = logs_read(&client, &arguments, &record)) == 0) {
        memcpy(text, record.text, record.text_length);
        text[record.text_length] = '\0';
        coco_service_log(COCO_LOG_INFO, "saw %s %u.%u: %s", name, (unsigned)record.priority & 7u,
                         (unsigned)record.flags, text);
        arguments.sequence = record.sequence + 1;
    }
    coco_service_log(COCO_LOG_INFO, "of %s: %d", name, (int)status);
}

/* Looks for a report until it is there and tells it line by line. */
static void show_crash(const char *name, int tries)
{
    const struct logs_crash_arguments arguments = {.name = name,
                                                   .name_length = (uint32_t)strlen(name)};
    struct logs_crash_results report;
    int32_t status = LOGS_ERROR_END;

    for (int i = 0; i < tries && (status == LOGS_ERROR_END || status == LOGS_ERROR_UNKNOWN); i++) {
        pause_ms(i > 0 ? 10 : 0);
        status = logs_crash(&client, &arguments, &report);
    }
    if (status == 0) {
        char copy[3001];
        char *rest = copy;

        memcpy(copy, report.text, report.text_length);
        copy[report.text_length] = '\0';
        for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
            coco_service_log(COCO_LOG_INFO, "crash: %s", line);
        }
    }
    coco_service_log(COCO_LOG_INFO, "crash of %s: %d", name, (int)status);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        return 99;
    }
    if (strcmp(argv[1], "polite") == 0) {
        return polite();
    }
    if (strcmp(argv[1], "deaf") == 0) {
        return deaf();
    }
    if (strcmp(argv[1], "flood") == 0) {
        return flood();
    }
    if (argc > 2 && strcmp(argv[1], "quit") == 0) {
        return quit(argv[2]);
    }
    if (coco_client_open(&client, "log") != 0) {
        return 98;
    }
    if (strcmp(argv[1], "behind") == 0) {
        return quit_behind(&argv[2]);
    }
    for (int i = 2; i < argc; i++) {
        show_crash(argv[i], strcmp(argv[1], "wait") == 0 ? 12000 : 1);
        /* what it says about itself must not be news about itself */
        show_records(argv[i], strcmp(argv[i], argv[0]) == 0 ? 3 : 7);
    }
    return 0;
}
