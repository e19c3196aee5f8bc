// SPDX-License-Identifier: MIT
// Runs the tests of libuv's own runner one by one, as it does when it is given a name: all that it
// lists but those that are named, in one machine.
//     uv_run_listed RUNNER [NAME,NAME...]
// What the runner prints is the output. Ends with 1 only if the list could not be had.
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LIST "/tmp/uv-list"

extern char **environ;

/* Runs the runner with one word; output: where its output goes, or NULL for ours. Returns whether
 * it ended well. */
static bool run(const char *runner, const char *word, const char *output)
{
    posix_spawn_file_actions_t actions;
    char *const words[] = {(char *)runner, (char *)word, NULL};
    pid_t process;
    int status;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return false;
    }
    bool good =
        (output == NULL || posix_spawn_file_actions_addopen(
                               &actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600) == 0) &&
        posix_spawn(&process, runner, &actions, NULL, words, environ) == 0 &&
        waitpid(process, &status, 0) == process && status == 0;
    posix_spawn_file_actions_destroy(&actions);
    return good;
}

/* Tells whether a list, separated by commas, has a name. */
static bool has(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; (at = strstr(at, name)) != NULL; at += length) {
        if ((at == names || at[-1] == ',') && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fputs("usage: uv_run_listed RUNNER [NAME,NAME...]\n", stderr);
        return 2;
    }
    FILE *list = run(argv[1], "--list", LIST) ? fopen(LIST, "r") : NULL;
    if (list == NULL) {
        fprintf(stderr, "%s --list gave no list\n", argv[1]);
        return 1;
    }
    char line[512];
    while (fgets(line, sizeof(line), list) != NULL) {
        line[strcspn(line, " (\n")] = '\0'; // behind a name stand its helpers
        if (line[0] != '\0' && !has(argc == 3 ? argv[2] : "", line)) {
            run(argv[1], line, NULL); // says itself what came of it
        }
    }
    fclose(list);
    return 0;
}
