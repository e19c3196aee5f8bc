// SPDX-License-Identifier: MIT
// Started as /init, this ends the machine with status 0, or 3 if the archive holds a file /fail.
// The rule it proves, with image/image_test.py: RULE("system_halt.1").
#include <coconut/coconut.h>
#include <harness/entry.h>

int program_main(void)
{
    struct coco_stat stat;
    uint32_t status = coco_file_stat_path("/fail", &stat) == 0 ? 3 : 0;
    (void)coco_system_halt(entry_handle(COCO_ROLE_SYSTEM), status);
    return 1; /* not reached: the image test fails on the report of an exit code */
}
