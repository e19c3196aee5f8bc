// SPDX-License-Identifier: MIT
// Runs many test programs one after the other, each as a process with a time limit, and tells what
// became of each. Ordinary POSIX: the same source is the first process of the Linux guest, for the
// comparison.
//
//   driver LIST SECONDS     LIST has a line for each test: name, program and up to 8 arguments,
//   blanks between; before them @SECONDS if the test has a limit of its own
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

#include "../batch/driver_parts.h"
#include "driver.h"

#define LINE_SIZE 1024

static const char output_path[] = "/driver/output";

struct test {
    int limit_s;
    char *name;
    char *words[WORDS_MAX + 1];
};

static void say(const char *format, const char *name)
{
    printf(format, name);
    fflush(stdout);
}

/* What POSIX calls the signal: numbers differ between systems. */
static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGABRT, "ABRT"}, {SIGALRM, "ALRM"}, {SIGBUS, "BUS"},   {SIGCHLD, "CHLD"},
        {SIGFPE, "FPE"},   {SIGHUP, "HUP"},   {SIGILL, "ILL"},   {SIGINT, "INT"},
        {SIGKILL, "KILL"}, {SIGPIPE, "PIPE"}, {SIGQUIT, "QUIT"}, {SIGSEGV, "SEGV"},
        {SIGSYS, "SYS"},   {SIGTERM, "TERM"}, {SIGTRAP, "TRAP"}, {SIGUSR1, "USR1"},
        {SIGUSR2, "USR2"}, {SIGXCPU, "XCPU"}, {SIGXFSZ, "XFSZ"},
    };
    static char other[16];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].number == number) {
            return names[i].name;
        }
    }
    snprintf(other, sizeof(other), "%d", number);
    return other;
}

/* Start the test in a process group of its own, with default signal actions; 0 or an errno value.
 */
static int start(const struct test *test, pid_t *pid)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output_path,
                                     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, flags);
    int error = posix_spawn(pid, test->words[0], &actions, &attributes, test->words, environ);

    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* End what is left of the test's group, and take the statuses of orphans that came to this process.
 */
static void sweep(pid_t group)
{
    kill(-group, SIGKILL);
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
}

static void run(const struct test *test)
{
    long long begin = now_ms();
    pid_t pid = -1;
    int status = 0;

    say("start %s\n", test->name);
    int error = start(test, &pid);

    if (error != 0) {
        printf("end %s lost %d 0\n", test->name, error);
        return;
    }
    bool ended = wait_until(pid, &status, begin + (long long)test->limit_s * MS_PER_S);
    long long elapsed = now_ms() - begin;

    sweep(pid);
    if (!ended) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    if (!ended || status != 0) {
        print_tail(output_path);
    }
    if (!ended) {
        printf("end %s hung %d %lld\n", test->name, test->limit_s, elapsed);
    } else if (WIFSIGNALED(status)) {
        printf("end %s signal %s %lld\n", test->name, signal_name(WTERMSIG(status)), elapsed);
    } else {
        printf("end %s exit %d %lld\n", test->name, WEXITSTATUS(status), elapsed);
    }
    fflush(stdout);
}

/* Cut a line of the list into words; false if it has too few or too many. */
static bool parse(char *line, int limit_s, struct test *test)
{
    size_t count = 0;

    test->limit_s = limit_s;
    test->name = strtok(line, " \n");
    if (test->name != NULL && test->name[0] == '@') {
        test->limit_s = atoi(test->name + 1);
        test->name = strtok(NULL, " \n");
    }
    for (char *word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        if (count == WORDS_MAX) {
            return false;
        }
        test->words[count++] = word;
    }
    test->words[count] = NULL;
    return test->name != NULL && test->limit_s > 0 && count > 0;
}

int main(int argc, char **argv)
{
    char line[LINE_SIZE];

    if (prepare_system() != 0 || argc != 3 || chdir("/pts") != 0) {
        printf("driver: wrong use, or no /pts: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    FILE *list = fopen(argv[1], "re");

    if (list == NULL) {
        printf("driver: %s: %s\n", argv[1], strerror(errno));
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof(line), list) != NULL) {
        struct test test;

        if (!parse(line, atoi(argv[2]), &test)) {
            printf("driver: a bad line in %s\n", argv[1]);
            return EXIT_FAILURE;
        }
        run(&test);
        remove_leftovers();
    }
    fclose(list);
    say("done%s\n", "");
    leave_system();
    return EXIT_SUCCESS;
}
