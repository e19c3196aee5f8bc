// SPDX-License-Identifier: MIT
// A service that says something in every way there is: its log with and without priority, standard
// output and error, a call that it may not make. With the argument "crash" it ends by a fault.
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include <coconut/coconut.h>

int main(int argc, char **argv)
{
    static const char line[] = "secret of a plain line\n";
    volatile int *nowhere = NULL;

    (void)coco_write(COCO_HANDLE_LOG, line, strlen(line));
    syslog(LOG_ERR, "secret of an error");
    syslog(LOG_DEBUG, "secret of a debug line");
    puts("secret of the output");
    fprintf(stderr, "secret of the error stream\n");
    (void)coco_channel_create();
    if (argc > 1 && strcmp(argv[1], "crash") == 0) {
        *nowhere = 1;
    }
    return 0;
}
