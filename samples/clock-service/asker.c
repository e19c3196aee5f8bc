// SPDX-License-Identifier: MIT
// The client: asks until it has ANSWERS answers. A call whose server died is CANCELED, and asked
// again. Then it tries what its manifest does not allow.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "channels.h"

#ifndef ANSWERS
#define ANSWERS 10u
#endif

static void say(const char *text)
{
    (void)coco_write(COCO_HANDLE_LOG, text, strlen(text));
}

int main(void)
{
    coco_handle_t clock = channel_handle("COCONUT_CHANNELS", "time");
    unsigned answers = 0;
    unsigned canceled = 0;
    char line[100];

    if (clock == COCO_HANDLE_NONE) {
        return 2;
    }
    while (answers < ANSWERS && canceled < ANSWERS) {
        uint64_t time = 0;
        int64_t got = coco_channel_call(clock, NULL, 0, &time, sizeof(time));

        answers += got == sizeof(time) && time > 0;
        canceled += got == COCO_ECANCELED;
        if (coco_is_error(got) && got != COCO_ECANCELED) {
            return 1;
        }
    }
    snprintf(line, sizeof(line), "answers %u, canceled %u\n", answers, canceled);
    say(line);
    bool refused = coco_channel_create() == COCO_EDENIED &&
                   coco_file_open("/bin/clock", COCO_FILE_READ, 0) == COCO_ENOTFOUND;

    say(refused ? "refused as it should be\n" : "not refused\n");
    return refused && answers == ANSWERS ? 0 : 1;
}
