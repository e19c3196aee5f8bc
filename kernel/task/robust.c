// SPDX-License-Identifier: MIT
// Locks whose holder ends. The table and the words are user memory, and hostile: the number of
// entries is bounded, each is read once, and what is done to a word the program could have done
// itself. A table that lists foreign words gives nothing away: a word is changed only if it holds
// the id of the thread that ends.
#include <base/math.h>
#include <mm/user_copy.h>
#include <task/futex.h>
#include <task/robust.h>
#include <task/thread.h>

#define BATCH 32u /* entries on the kernel's stack */
#define STORE_TRIES                                                                                \
    8u /* against threads that keep changing the word: only a waiter's mark is due */

_Static_assert(sizeof(struct coco_robust_table) == COCO_PAGE_SIZE, "the table is a page");

enum status robust_set(uaddr_t table)
{
    if (!is_aligned(table.v, sizeof(uint64_t)) ||
        user_range_check(table, sizeof(struct coco_robust_table)) != OK) {
        return ERR_INVAL;
    }
    thread_current()->robust_table = table;
    return OK;
}

static void mark(uaddr_t word)
{
    uint32_t owner = (uint32_t)thread_current()->id & COCO_ROBUST_OWNER;
    uint32_t value;
    uint32_t woken;
    enum status status = user_load32(word, &value);

    for (unsigned i = 0; i < STORE_TRIES && status == OK; i++) {
        uint32_t seen = value;

        if ((value & COCO_ROBUST_OWNER) != owner) {
            break;
        }
        status = user_cmpxchg32(word, &value, (value & ~COCO_ROBUST_OWNER) | COCO_ROBUST_DIED);
        if (status == OK && value == seen) {
            break;
        }
    }
    /* Also for a word that another thread holds, or nobody: this thread may have been woken for it
     * and now does not take it. */
    if (status == OK) {
        (void)futex_wake(word, 1, &woken); /* a good address; nobody waiting is no error */
    }
}

void robust_end(void)
{
    struct thread *thread = thread_current();
    uaddr_t table = thread->robust_table;
    uint64_t words[BATCH];
    uint32_t count = 0;

    thread->robust_table = uaddr(0);
    if (table.v == 0 || user_load32(table, &count) != OK) {
        return;
    }
    count = count < COCO_ROBUST_MAX ? count : COCO_ROBUST_MAX;
    for (uint32_t done = 0; done < count;) {
        uint32_t batch = count - done < BATCH ? count - done : BATCH;
        uaddr_t from =
            uaddr(table.v + offsetof(struct coco_robust_table, words) + done * sizeof(words[0]));

        if (user_copy_in(words, from, batch * sizeof(words[0])) != OK) {
            return;
        }
        for (uint32_t i = 0; i < batch; i++) {
            mark(uaddr(words[i]));
        }
        done += batch;
    }
}
