// SPDX-License-Identifier: MIT
// server READY STATE PORT: says READY, then answers each byte at PORT with how many it has had so
// far, also in runs before: STATE/count. 'x' makes it deaf to Ctrl-C.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char path[64];
    unsigned count = 0;
    if (argc != 4 || chdir(argv[2]) != 0) {
        return 3;
    }
    FILE *file = fopen("count", "r");
    if (file != NULL && (fscanf(file, "%u", &count) != 1 || fclose(file) != 0)) {
        return 4;
    }
    (void)snprintf(path, sizeof(path), "/dev/ports/%s", argv[3]);
    int port = open(path, O_RDWR);
    if (port < 0) {
        perror(path);
        return 5;
    }
    (void)printf("before\n%s\nbehind\n", argv[1]);
    (void)fflush(stdout);
    for (;;) {
        char byte, text[16];
        if (read(port, &byte, 1) != 1) {
            continue;
        }
        if (byte == 'q') {
            return 7;
        }
        if (byte == 'x') {
            (void)signal(SIGINT, SIG_IGN);
        }
        count++;
        file = fopen("count", "w");
        if (file == NULL || fprintf(file, "%u", count) < 0 || fclose(file) != 0) {
            return 6;
        }
        int length = snprintf(text, sizeof(text), "%u\n", count);
        if (write(port, text, (size_t)length) != length) {
            return 6;
        }
    }
}
