// SPDX-License-Identifier: MIT
// Tests of numbers that no call has: EINVAL as upstream has it, ENOSYS in the private classes.
#include <coconut/call_table.h>
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>

#define PRIVATE_BIT 0x80000000u

static bool known(uint64_t number)
{
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        if (coco_calls[i].number == number) {
            return true;
        }
    }
    return false;
}

static void expect_unknown(uint64_t number)
{
    int64_t expected = (number >> 32 & PRIVATE_BIT) != 0 ? COCO_ENOSYS : COCO_EINVAL;
    int64_t result = RAW(number, 1, 2, 3, 4, 5);
    if (result != expected) {
        test_fail(__FILE_NAME__, __LINE__, "number 0x%lx: expected %ld, got %ld", number, expected,
                  result);
    }
}

static void expect_class(uint64_t class_value)
{
    static const uint32_t far[] = {64,         255,        256,        0xffff,    0x10000,
                                   0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    for (uint32_t index = 0; index < 40; index++) {
        if (!known(class_value << 32 | index)) {
            expect_unknown(class_value << 32 | index);
        }
    }
    for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
        expect_unknown(class_value << 32 | far[i]);
    }
}

TEST(unknown, numbers_of_used_classes, RULE("unknown.core"), RULE("unknown.fs"),
     RULE("unknown.capability"), RULE("unknown.system"), RULE("unknown.process"),
     RULE("unknown.memory"), RULE("unknown.thread"), RULE("unknown.file"), RULE("unknown.time"),
     RULE("unknown.ipc"), RULE("unknown.event"), RULE("unknown.signal"))
{
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        expect_class(coco_calls[i].number >> 32);
    }
}

TEST(unknown, public_classes, RULE("unknown.public"))
{
    static const uint32_t classes[] = {2, 4, 5, 16, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff};
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        expect_class(classes[i]);
    }
}

TEST(unknown, private_classes, RULE("unknown.private"))
{
    static const uint32_t classes[] = {0x80000008, 0x8000000b, 0x8000000c, 0x80000100,
                                       0x8000ffff, 0xc0000000, 0xffffffff};
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        expect_class(classes[i]);
    }
}
