// SPDX-License-Identifier: MIT
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch_impl/host.h>
#include <mm/page.h>
#include <mm/user_copy.h>
#include <string.h>

#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)
#define BASE                                                                                       \
    0x70000000ull /* eight pages; the fourth and the one behind them are missing, the sixth is     \
                     read-only */

static struct aspace as;
static struct machine_usage before;

static void begin(void)
{
    struct map_request request = {
        .hint = BASE, .length = 8 * PAGE_SIZE, .prot = READ_WRITE, .flags = ASPACE_FIXED};
    uaddr_t out;

    machine_start();
    before = machine_usage();
    mm_test_create(&as, 0);
    UNIT_OK(aspace_map(&as, &request, &out));
    UNIT_OK(aspace_unmap(&as, uaddr(BASE + 3 * PAGE_SIZE), PAGE_SIZE));
    UNIT_OK(aspace_protect(&as, uaddr(BASE + 5 * PAGE_SIZE), PAGE_SIZE, ASPACE_READ));
}

static void end(void)
{
    mm_test_destroy(&as);
    machine_check_usage(before);
}

UNIT_TEST(user_range)
{
    UNIT_OK(user_range_check(uaddr(0), COCO_USER_END));
    UNIT_OK(user_range_check(uaddr(COCO_USER_END), 0));
    UNIT_EQUAL(user_range_check(uaddr(COCO_USER_END), 1), ERR_INVAL);
    UNIT_EQUAL(user_range_check(uaddr(1), COCO_USER_END), ERR_INVAL);
    UNIT_EQUAL(user_range_check(uaddr(UINT64_MAX), 2), ERR_INVAL);
    UNIT_EQUAL(user_range_check(uaddr(2), UINT64_MAX), ERR_INVAL);
}

UNIT_TEST(user_copy_random_pieces)
{
    static uint8_t shadow[3 * PAGE_SIZE];
    static uint8_t bytes[3 * PAGE_SIZE];

    begin();
    memset(shadow, 0, sizeof(shadow));
    for (unsigned round = 0; round < 500; round++) {
        size_t offset = unit_random_below(sizeof(shadow));
        size_t len = unit_random_below(sizeof(shadow) - offset + 1);
        uaddr_t address = uaddr(BASE + offset);

        switch (unit_random_below(3)) {
        case 0:
            memset(bytes, (int)unit_random_below(256), len);
            UNIT_OK(user_copy_out(address, bytes, len));
            memcpy(shadow + offset, bytes, len);
            break;
        case 1:
            UNIT_OK(user_zero(address, len));
            memset(shadow + offset, 0, len);
            break;
        default:
            UNIT_OK(user_copy_in(bytes, address, len));
            UNIT_CHECK(memcmp(bytes, shadow + offset, len) == 0);
            break;
        }
    }
    end();
}

UNIT_TEST(user_copy_stops_at_faults)
{
    uint8_t bytes[2 * PAGE_SIZE];

    begin();
    memset(bytes, 'x', sizeof(bytes));
    UNIT_EQUAL(user_copy_out(uaddr(BASE + 2 * PAGE_SIZE + 1000), bytes, sizeof(bytes)), ERR_FAULT);
    memset(bytes, 0, sizeof(bytes));
    UNIT_EQUAL(user_copy_in(bytes, uaddr(BASE + 2 * PAGE_SIZE + 1000), sizeof(bytes)), ERR_FAULT);
    UNIT_EQUAL(bytes[PAGE_SIZE - 1001], 'x'); /* the part before the hole was copied */
    UNIT_EQUAL(user_copy_out(uaddr(BASE + 4 * PAGE_SIZE), bytes, PAGE_SIZE + 1), ERR_FAULT);
    UNIT_EQUAL(user_zero(uaddr(BASE + 5 * PAGE_SIZE), 1), ERR_FAULT);
    UNIT_OK(user_copy_in(bytes, uaddr(BASE + 5 * PAGE_SIZE), PAGE_SIZE));
    UNIT_EQUAL(user_copy_in(bytes, uaddr(COCO_USER_END - 1), 2), ERR_INVAL);
    UNIT_EQUAL(user_copy_in(bytes, uaddr(UINT64_MAX), 1), ERR_INVAL);
    UNIT_EQUAL(user_copy_in(bytes, uaddr(COCO_USER_END - 1), 1), ERR_FAULT);
    UNIT_OK(user_copy_in(bytes, uaddr(0x123), 0));
    end();
}

UNIT_TEST(user_copy_without_an_address_space_faults)
{
    char byte;

    machine_start();
    UNIT_EQUAL(user_copy_in(&byte, uaddr(BASE), 1), ERR_FAULT);
}

UNIT_TEST(user_copy_string_limits)
{
    static char longest[PAGE_SIZE];
    char buffer[PAGE_SIZE];
    size_t len;

    begin();
    UNIT_OK(user_copy_out(uaddr(BASE + 100), "hello", 6));
    UNIT_OK(user_copy_string(buffer, 6, uaddr(BASE + 100), &len));
    UNIT_EQUAL(len, 5);
    UNIT_CHECK(strcmp(buffer, "hello") == 0);
    UNIT_EQUAL(user_copy_string(buffer, 5, uaddr(BASE + 100), &len), ERR_INVAL);
    UNIT_EQUAL(user_copy_string(buffer, 0, uaddr(BASE + 100), &len), ERR_INVAL);
    memset(longest, 'y', sizeof(longest));
    longest[PAGE_SIZE - 1] = '\0';
    UNIT_OK(user_copy_out(uaddr(BASE + 50), longest, sizeof(longest)));
    UNIT_OK(user_copy_string(buffer, sizeof(buffer), uaddr(BASE + 50), &len));
    UNIT_EQUAL(len, PAGE_SIZE - 1);
    UNIT_OK(user_copy_out(uaddr(BASE + 3 * PAGE_SIZE - 4), "end", 4));
    UNIT_OK(user_copy_string(buffer, sizeof(buffer), uaddr(BASE + 3 * PAGE_SIZE - 4), NULL));
    UNIT_OK(user_copy_out(uaddr(BASE + 3 * PAGE_SIZE - 4), "ends", 4)); /* runs into the hole */
    UNIT_EQUAL(user_copy_string(buffer, sizeof(buffer), uaddr(BASE + 3 * PAGE_SIZE - 4), &len),
               ERR_FAULT);
    UNIT_EQUAL(user_copy_string(buffer, sizeof(buffer), uaddr(UINT64_MAX - 2), &len), ERR_INVAL);
    UNIT_OK(user_copy_out(uaddr(BASE), "\xc3\x28", 3));
    UNIT_EQUAL(user_copy_string(buffer, sizeof(buffer), uaddr(BASE), &len), ERR_INVAL);
    end();
}

UNIT_TEST(user_copy_pages)
{
    struct user_in from = {.addr = uaddr(BASE + 2 * PAGE_SIZE - 10), .len = 20};
    struct user_out to = {.addr = uaddr(BASE + 3 * PAGE_SIZE - 7), .len = 20};
    paddr_t page;
    size_t done;

    begin();
    UNIT_OK(page_alloc_zeroed(&page));
    UNIT_OK(user_copy_out(from.addr, "0123456789abcdefghij", 20));
    UNIT_OK(user_copy_to_page(page, 30, from, &done));
    UNIT_EQUAL(done, 20);
    UNIT_CHECK(memcmp((uint8_t *)host_memory(page) + 30, "0123456789abcdefghij", 20) == 0);
    UNIT_EQUAL(user_copy_from_page(page, 30, to, &done), ERR_FAULT);
    UNIT_EQUAL(done, 7);
    to.addr = uaddr(BASE + 7 * PAGE_SIZE);
    UNIT_OK(user_copy_from_page(page, 30, to, NULL));
    from.addr = uaddr(COCO_USER_END);
    UNIT_EQUAL(user_copy_to_page(page, 0, from, &done), ERR_INVAL);
    UNIT_EQUAL(done, 0);
    page_free(page, 0);
    end();
}

UNIT_TEST(user_words)
{
    uint32_t value = 1;

    begin();
    UNIT_OK(user_load32(uaddr(BASE + 4), &value));
    UNIT_EQUAL(value, 0);
    UNIT_OK(user_store32(uaddr(BASE + 4), 77));
    UNIT_OK(user_cmpxchg32(uaddr(BASE + 4), &value, 5));
    UNIT_EQUAL(value, 77);
    UNIT_OK(user_cmpxchg32(uaddr(BASE + 4), &value, 5));
    UNIT_OK(user_load32(uaddr(BASE + 4), &value));
    UNIT_EQUAL(value, 5);
    UNIT_EQUAL(user_load32(uaddr(BASE + 2), &value), ERR_INVAL);
    UNIT_EQUAL(user_store32(uaddr(COCO_USER_END), 1), ERR_INVAL);
    UNIT_EQUAL(user_store32(uaddr(BASE + 5 * PAGE_SIZE), 1), ERR_FAULT);
    UNIT_EQUAL(user_cmpxchg32(uaddr(BASE + 5 * PAGE_SIZE), &value, 1), ERR_FAULT);
    UNIT_EQUAL(user_load32(uaddr(BASE + 3 * PAGE_SIZE), &value), ERR_FAULT);
    end();
}

UNIT_TEST(utf8_validity)
{
    static const char *const good[] = {
        "",
        "plain",
        "\xc2\x80",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xef\xbf\xbd",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
    };
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xc2",         "\xe1\x80",         "\xf1\x80\x80",     "a\xffz",
        "\xc2\x41",
    };

    for (unsigned i = 0; i < ARRAY_SIZE(good); i++) {
        UNIT_CHECK(utf8_is_valid(good[i], strlen(good[i])));
    }
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        UNIT_CHECK(!utf8_is_valid(bad[i], strlen(bad[i])));
    }
}
