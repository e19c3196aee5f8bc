// SPDX-License-Identifier: MIT
// Measures a whole program from its start to its end, the same on this system and on Linux. What to
// run stands in the file /bench/job, one word for each line:
//     cwd PATH | input PATH | env NAME=VALUE | arg TEXT    the first arg is the program's path
// Its output is thrown away. Prints a line as measure.h has it, or E and why.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

#define JOB "/bench/job"
#define WORDS_MAX 64

struct job {
    const char *directory;
    const char *input;
    char *environment[WORDS_MAX + 1];
    char *arguments[WORDS_MAX + 1];
};

static bool add(char **list, char *word)
{
    unsigned count = 0;
    while (list[count] != NULL) {
        count++;
    }
    if (count == WORDS_MAX) {
        return false;
    }
    list[count] = word;
    return true;
}

/* Takes over the words, which must stay. */
static bool understand(struct job *job, char *line)
{
    char *word = strchr(line, ' ');
    if (word == NULL) {
        return false;
    }
    *word++ = '\0';
    if (strcmp(line, "cwd") == 0) {
        job->directory = word;
        return true;
    }
    if (strcmp(line, "input") == 0) {
        job->input = word;
        return true;
    }
    if (strcmp(line, "env") == 0) {
        return add(job->environment, word);
    }
    return strcmp(line, "arg") == 0 && add(job->arguments, word);
}

static bool read_job(struct job *job)
{
    FILE *file = fopen(JOB, "r");
    if (file == NULL) {
        return false;
    }
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    while (good && getline(&line, &room, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        good = understand(job, line);
        line = NULL; // the words stay in it
        room = 0;
    }
    free(line);
    good = good && ferror(file) == 0 && job->arguments[0] != NULL;
    return fclose(file) == 0 && good;
}

/* Returns the program's status, or -1 if it could not be started. */
static int run(const struct job *job)
{
    posix_spawn_file_actions_t actions;
    pid_t process;
    int status;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    bool good = posix_spawn_file_actions_addopen(&actions, 0, job->input, O_RDONLY, 0) == 0 &&
                posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) == 0 &&
                posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) == 0 &&
                posix_spawn(&process, job->arguments[0], &actions, NULL, job->arguments,
                            job->environment) == 0 &&
                waitpid(process, &status, 0) == process;
    posix_spawn_file_actions_destroy(&actions);
    return good ? status : -1;
}

static double nanoseconds(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) * 1e9 + (double)(to->tv_nsec - from->tv_nsec);
}

int main(void)
{
    struct job job = {.directory = "/", .input = "/dev/null"};
    if (!read_job(&job)) {
        puts("E program " JOB " is missing or not understood");
        return 1;
    }
    if (chdir(job.directory) != 0) {
        printf("E program %s: %s\n", job.directory, strerror(errno));
        return 1;
    }
    struct timespec before;
    struct timespec after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    uint64_t start = measure_ticks();
    int status = run(&job);
    double ticks = (double)(measure_ticks() - start);
    clock_gettime(CLOCK_MONOTONIC, &after);
    if (status != 0) {
        printf("E program ended with status %#x\n", (unsigned)status);
        return 1;
    }
    printf("R program 1 %.1f %.1f %.1f %.1f\n", ticks, ticks, ticks, nanoseconds(&before, &after));
    return 0;
}
