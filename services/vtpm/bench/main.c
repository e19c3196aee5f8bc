// SPDX-License-Identifier: MIT
// What TPM commands cost: the commands themselves, without the way to them; start to first answer;
// memory. The same source here and on Linux, where OpenSSL is the crypto library.
//     bench               starts itself for each part; their state is in the machine it runs in
//     bench first         until the first answer
//     bench all           each command
//     bench service       as a service of another process; that one is `bench serve`
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "measure.h"
#include "tpm.h"

#define DIRECTORY "/tpm-state"

static char *program;

static int run(char *what)
{
    char *const arguments[] = {program, what, NULL};
    char *const environment[] = {NULL};
    pid_t process;
    int status;
    int error = posix_spawn(&process, program, NULL, NULL, arguments, environment);
    if (error == 0 && waitpid(process, &status, 0) == process && status == 0) {
        return 0;
    }
    errno = error != 0 ? error : EIO;
    return -1;
}

static int forget(unsigned count)
{
    (void)count;
    // Under the service's name here, under libtpms's on Linux.
    (void)unlink(DIRECTORY "/permanent.state");
    (void)unlink(DIRECTORY "/permall");
    return 0;
}

static int first(unsigned count)
{
    (void)count;
    return run("first");
}

int main(int argc, char **argv)
{
    static const struct operation starts[] = {
        {.name = "first_answer_new", .count = 1, .set_up = forget, .run = first},
        {.name = "first_answer", .count = 1, .run = first},
        {.name = NULL},
    };
    program = argv[0];
    if (mkdir(DIRECTORY, 0700) != 0 && errno != EEXIST) {
        return 1;
    }
    if (argc == 2 && strcmp(argv[1], "first") == 0) {
        return commands_start(DIRECTORY, true) ? 0 : 1;
    }
    if (argc == 2 && strcmp(argv[1], "serve") == 0) {
        return tpm_open(DIRECTORY) == 0 && tpm_power_on() == 0 && system_serve() == 0 ? 0 : 1;
    }
    if (argc == 2 && strcmp(argv[1], "service") == 0) {
        return system_measure_service(program) == 0 ? 0 : 1;
    }
    if (argc == 2 && strcmp(argv[1], "all") == 0) {
        return commands_start(DIRECTORY, true) && commands_measure() == 0 && fflush(stdout) == 0 &&
                       system_measure() == 0
                   ? 0
                   : 1;
    }
    return measure_all(starts) == 0 && fflush(stdout) == 0 && run("all") == 0 &&
                   system_measure_service(program) == 0
               ? 0
               : 1;
}
