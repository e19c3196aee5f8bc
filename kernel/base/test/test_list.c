// SPDX-License-Identifier: MIT
#include "unit.h"
#include <base/list.h>

struct item {
    int value;
    struct list link;
};

static int sum_in_order(struct list *head)
{
    struct item *item;
    int sum = 0;

    list_for_each_entry(item, head, link)
    {
        sum = sum * 10 + item->value;
    }
    return sum;
}

UNIT_TEST(list_keeps_order)
{
    struct item items[4] = {{.value = 1}, {.value = 2}, {.value = 3}, {.value = 4}};
    struct list head = LIST_INIT(head);
    struct item *item;
    struct item *following;

    UNIT_CHECK(list_empty(&head));
    UNIT_CHECK(list_first_entry_or_null(&head, struct item, link) == NULL);
    UNIT_CHECK(list_take_first(&head) == NULL);
    list_add_tail(&head, &items[1].link);
    list_add_tail(&head, &items[2].link);
    list_add_head(&head, &items[0].link);
    list_add_tail(&head, &items[3].link);
    UNIT_EQUAL(sum_in_order(&head), 1234);
    UNIT_EQUAL(list_first_entry(&head, struct item, link)->value, 1);
    UNIT_EQUAL(list_last_entry(&head, struct item, link)->value, 4);
    list_for_each_entry_safe(item, following, &head, link)
    {
        if (item->value % 2 == 0) {
            list_remove(&item->link);
            UNIT_CHECK(list_empty(&item->link));
        }
    }
    UNIT_EQUAL(sum_in_order(&head), 13);
    list_remove(&items[1].link); /* twice is harmless */
    UNIT_EQUAL(list_entry(list_take_first(&head), struct item, link)->value, 1);
    UNIT_EQUAL(sum_in_order(&head), 3);
}

UNIT_TEST(list_moves_all)
{
    struct item items[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    struct list from = LIST_INIT(from);
    struct list to = LIST_INIT(to);

    list_move_all(&to, &from);
    UNIT_CHECK(list_empty(&to));
    list_add_tail(&to, &items[0].link);
    list_add_tail(&from, &items[1].link);
    list_add_tail(&from, &items[2].link);
    list_move_all(&to, &from);
    UNIT_CHECK(list_empty(&from));
    UNIT_EQUAL(sum_in_order(&to), 123);
}
