// SPDX-License-Identifier: MIT
// Intrusive doubly linked list with a head of the same type. No locking: the owner of the list
// locks. A node that is in no list points to itself after list_init() or list_remove().
#pragma once

#include <base/compiler.h>
#include <stdbool.h>

struct list {
    struct list *prev;
    struct list *next;
};

/// Initialiser of a static list head.
#define LIST_INIT(name) {&(name), &(name)}

/// Make an empty list head or an unlinked node.
static inline void list_init(struct list *list)
{
    list->prev = list;
    list->next = list;
}

/// Link `node` between two neighbours.
static inline void list_link(struct list *node, struct list *prev, struct list *next)
{
    node->prev = prev;
    node->next = next;
    prev->next = node;
    next->prev = node;
}

/// Add `node`, which is in no list, as the first element.
static inline void list_add_head(struct list *head, struct list *node)
{
    list_link(node, head, head->next);
}

/// Add `node`, which is in no list, as the last element.
static inline void list_add_tail(struct list *head, struct list *node)
{
    list_link(node, head->prev, head);
}

/// Remove `node` from its list; on an unlinked node it does nothing.
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/// The same for a node that nobody looks at before it is added again: it is left as it is.
static inline void list_unlink(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
}

/// True for an empty list or an unlinked node.
static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}

/// Move all elements of `from` to the end of `to`; `from` is empty afterwards.
static inline void list_move_all(struct list *to, struct list *from)
{
    if (list_empty(from)) {
        return;
    }
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

/// Remove and return the first node, or NULL.
static inline struct list *list_take_first(struct list *head)
{
    struct list *node = head->next;

    if (node == head) {
        return NULL;
    }
    list_remove(node);
    return node;
}

#define list_entry(node, type, member) container_of(node, type, member)

/// First/last element of a list that is not empty.
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)

/// First element or NULL.
#define list_first_entry_or_null(head, type, member)                                               \
    (list_empty(head) ? (type *)NULL : list_first_entry(head, type, member))

/// Visit each element; the body must not remove it.
#define list_for_each_entry(entry, head, member)                                                   \
    for ((entry) = list_entry((head)->next, __typeof__(*(entry)), member);                         \
         &(entry)->member != (head);                                                               \
         (entry) = list_entry((entry)->member.next, __typeof__(*(entry)), member))

/// Visit each element; the body may remove it. `following` is a second variable of the same type.
#define list_for_each_entry_safe(entry, following, head, member)                                   \
    for ((entry) = list_entry((head)->next, __typeof__(*(entry)), member),                         \
        (following) = list_entry((entry)->member.next, __typeof__(*(entry)), member);              \
         &(entry)->member != (head); (entry) = (following),                                        \
        (following) = list_entry((following)->member.next, __typeof__(*(following)), member))
