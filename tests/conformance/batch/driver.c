// SPDX-License-Identifier: MIT
// Runs many test programs one after the other, each as a process with a time limit, and tells what
// became of each. Nothing but POSIX.
//
//   driver LIST SECONDS     LIST has a line for each test: name, working directory, program and
//   up to 9 arguments, with blanks between
//
// Standard output:
//   start NAME                     before a test
//   | TEXT                         the last lines that it wrote, if it did not exit with 0
//   end NAME exit|signal|hung|lost VALUE MILLISECONDS
//   done                           after the last one
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver_parts.h"

#define LINE_SIZE 2048

static const char output_path[] = "/tmp/driver-output";

struct test {
    const char *name;
    const char *directory;
    char *words[WORDS_MAX + 1];
};

/* Start the test in its directory; 0 or an errno value. */
static int start(const struct test *test, pid_t *pid)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    if (chdir(test->directory) != 0) {
        return errno;
    }
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (error == 0) {
        error = posix_spawn_file_actions_addopen(&actions, 1, output_path,
                                                 O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, 1, 2);
    }
    if (error == 0) {
        error = posix_spawn(pid, test->words[0], &actions, NULL, test->words, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void run(const struct test *test, int limit_s)
{
    long long begin = now_ms();
    pid_t pid = -1;
    int status = 0;
    printf("start %s\n", test->name);
    fflush(stdout);
    int error = start(test, &pid);
    if (error != 0) {
        printf("end %s lost %d 0\n", test->name, error);
        return;
    }
    bool ended = wait_until(pid, &status, begin + (long long)limit_s * MS_PER_S);
    long long elapsed = now_ms() - begin;
    if (!ended) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    if (!ended || status != 0) {
        print_tail(output_path);
    }
    if (!ended) {
        printf("end %s hung %d %lld\n", test->name, limit_s, elapsed);
    } else if (WIFSIGNALED(status)) {
        printf("end %s signal %d %lld\n", test->name, WTERMSIG(status), elapsed);
    } else {
        printf("end %s exit %d %lld\n", test->name, WEXITSTATUS(status), elapsed);
    }
    fflush(stdout);
}

/* Cut a line of the list into words; false if it has too few or too many. */
static bool parse(char *line, struct test *test)
{
    size_t count = 0;
    test->name = strtok(line, " \n");
    test->directory = strtok(NULL, " \n");
    for (char *word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        if (count == WORDS_MAX) {
            return false;
        }
        test->words[count++] = word;
    }
    test->words[count] = NULL;
    return count > 0;
}

int main(int argc, char **argv)
{
    static char line[LINE_SIZE];
    int limit_s = argc == 3 ? atoi(argv[2]) : 0;
    FILE *list = limit_s > 0 ? fopen(argv[1], "r") : NULL;
    if (list == NULL) {
        fprintf(stderr, "usage: driver LIST SECONDS\n");
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof(line), list) != NULL) {
        struct test test;
        if (!parse(line, &test)) {
            fprintf(stderr, "driver: a bad line in %s\n", argv[1]);
            return EXIT_FAILURE;
        }
        run(&test, limit_s);
    }
    fclose(list);
    puts("done");
    return EXIT_SUCCESS;
}
