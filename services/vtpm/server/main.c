// SPDX-License-Identifier: MIT
// vtpm --state DIRECTORY (--tcp PORT | --ports COMMANDS PLATFORM) [--keep FILE | --keeper FILE]: a
// TPM that
// speaks the simulator's protocol. SIGTERM and SIGINT suspend it: the next start goes on
// where it was.
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "end.h"
#include "endpoint.h"
#include "keep.h"
#include "mssim.h"
#include "tpm.h"

static int usage(void)
{
    (void)fprintf(
        stderr, "usage: vtpm --state DIRECTORY (--tcp PORT | --ports COMMANDS PLATFORM)\n"
                "            [--keep FILE | --keeper FILE]\n"
                "  --tcp PORT    commands at 127.0.0.1:PORT, platform at the next port\n"
                "  --ports A B   commands and platform through the files A and B\n"
                "  --keep FILE   what changes in DIRECTORY is sent through FILE to who keeps it\n"
                "  --keeper FILE the same; what is there takes the place of what DIRECTORY has\n");
    return 2;
}

/// The number of a TCP port that has a next one; 0 if `text` is none.
static unsigned port_number(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    return *end == 0 && port < 65535 ? (unsigned)port : 0;
}

/// What the command line says; NULL or 0 where it says nothing.
struct options {
    const char *state, *keep;
    const char *ports[2];
    unsigned tcp;
    bool from_keeper;
};

/// Returns whether the command line is right.
static bool read_options(char **words, struct options *options)
{
    while (words[0] != NULL && words[1] != NULL) {
        if (strcmp(words[0], "--state") == 0) {
            options->state = words[1];
        } else if (strcmp(words[0], "--keep") == 0) {
            options->keep = words[1];
            options->from_keeper = false;
        } else if (strcmp(words[0], "--keeper") == 0) {
            options->keep = words[1];
            options->from_keeper = true;
        } else if (strcmp(words[0], "--tcp") == 0 && port_number(words[1]) != 0) {
            options->tcp = port_number(words[1]);
        } else if (strcmp(words[0], "--ports") == 0 && words[2] != NULL) {
            options->ports[0] = words[1];
            options->ports[1] = words[2];
            words++;
        } else {
            return false;
        }
        words += 2;
    }
    return words[0] == NULL && options->state != NULL &&
           (options->tcp != 0) != (options->ports[0] != NULL);
}

/// Opens what clients come by. Returns 0 or -1.
static int open_endpoints(const struct options *options, struct endpoint *commands,
                          struct endpoint *platform)
{
    if (options->tcp != 0) {
        int result = endpoint_listen(commands, options->tcp);
        return result != 0 ? result : endpoint_listen(platform, options->tcp + 1);
    }
    int result = endpoint_open_port(commands, options->ports[0]);
    return result != 0 ? result : endpoint_open_port(platform, options->ports[1]);
}

int main(int argc, char **argv)
{
    static struct endpoint commands = {.serve = mssim_serve_commands};
    static struct endpoint platform = {.serve = mssim_serve_platform};
    struct options options = {0};
    if (argc < 1 || !read_options(argv + 1, &options)) {
        return usage();
    }
    (void)signal(SIGPIPE, SIG_IGN);
    tpm_before_use(end_hold_signals);
    if (open_endpoints(&options, &commands, &platform) != 0 ||
        (options.keep != NULL && keep_open(options.keep, options.from_keeper) != 0) ||
        tpm_open(options.state) != 0 || tpm_power_on() != 0) {
        return 1;
    }
    if (end_at_signals() != 0 || endpoint_start(&platform) != 0) {
        (void)tpm_end(); // the next start goes on from what this one has used up
        return 1;
    }
    (void)printf("vtpm: ready\n");
    (void)fflush(stdout);
    (void)endpoint_serve(&commands);
    return 0;
}
