// SPDX-License-Identifier: MIT
// Access to user memory. arch's primitives stop at the first byte that faults; each loop here then
// serves the fault for that byte and goes on. A page can be taken away again by another thread in
// between, so the loop simply repeats; it ends because such a page then has no mapping, or the copy
// makes progress.
#include <abi/types.h>
#include <arch/trap.h>
#include <arch/user_copy.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/aspace.h>
#include <mm/page.h>
#include <mm/user_copy.h>

#define STRING_STEP 256u /* bytes looked at together; a NUL is usually near */

enum status user_range_check(uaddr_t addr, uint64_t len)
{
    return len <= COCO_USER_END && addr.v <= COCO_USER_END - len ? OK : ERR_INVAL;
}

enum status user_fault_in(uaddr_t address, bool write)
{
    struct aspace *as = aspace_current();
    unsigned access = write ? ARCH_ACCESS_WRITE : ARCH_ACCESS_READ;

    if (as == NULL) {
        return ERR_FAULT;
    }
    /* Not marked PRESENT: whether a page is there is found out under the lock. */
    enum status status = aspace_fault(as, address, access);

    return status == ERR_IO ? ERR_FAULT : status; /* behind the end of a mapped file */
}

static uaddr_t forward(uaddr_t address, size_t bytes)
{
    return uaddr(address.v + bytes);
}

enum status user_copy_in(void *dst, uaddr_t src, size_t len)
{
    size_t done = 0;
    enum status status = user_range_check(src, len);

    while (status == OK && done < len) {
        done = len - arch_copy_from_user((uint8_t *)dst + done, forward(src, done), len - done);
        if (done < len) {
            status = user_fault_in(forward(src, done), false);
        }
    }
    return status;
}

enum status user_copy_out(uaddr_t dst, const void *src, size_t len)
{
    size_t done = 0;
    enum status status = user_range_check(dst, len);

    while (status == OK && done < len) {
        done = len - arch_copy_to_user(forward(dst, done), (const uint8_t *)src + done, len - done);
        if (done < len) {
            status = user_fault_in(forward(dst, done), true);
        }
    }
    return status;
}

bool user_copy_in_plain(void *dst, uaddr_t src, size_t len)
{
    return user_range_check(src, len) == OK && arch_copy_from_user(dst, src, len) == 0;
}

bool user_copy_out_plain(uaddr_t dst, const void *src, size_t len)
{
    return user_range_check(dst, len) == OK && arch_copy_to_user(dst, src, len) == 0;
}

enum status user_zero(uaddr_t dst, size_t len)
{
    size_t done = 0;
    enum status status = user_range_check(dst, len);

    while (status == OK && done < len) {
        done = len - arch_clear_user(forward(dst, done), len - done);
        if (done < len) {
            status = user_fault_in(forward(dst, done), true);
        }
    }
    return status;
}

enum status user_copy_string(char *dst, size_t max, uaddr_t src, size_t *len)
{
    size_t done = 0;

    if (len != NULL) {
        *len = 0;
    }
    while (done < max) {
        uaddr_t from = forward(src, done);
        size_t part = MIN(max - done, (size_t)(PAGE_SIZE - (from.v & PAGE_MASK)));
        enum status status;
        const char *end;

        part = MIN(part, (size_t)STRING_STEP);
        status = from.v < src.v ? ERR_INVAL : user_copy_in(dst + done, from, part);
        if (status != OK) {
            return status;
        }
        end = memchr(dst + done, '\0', part);
        if (end != NULL) {
            done = (size_t)(end - dst);
            if (len != NULL) {
                *len = done;
            }
            return utf8_is_valid(dst, done) ? OK : ERR_INVAL;
        }
        done += part;
    }
    return ERR_INVAL;
}

enum status user_copy_to_page(paddr_t page, size_t offset, struct user_in src, size_t *done)
{
    enum status status = user_range_check(src.addr, src.len);
    size_t copied = 0;

    while (status == OK && copied < src.len) {
        /* The window cannot stay open while a fault is served. */
        uint8_t *window = arch_window_map(USER_COPY_WINDOW, page);

        copied = src.len - arch_copy_from_user(window + offset + copied, forward(src.addr, copied),
                                               src.len - copied);
        arch_window_unmap(USER_COPY_WINDOW);
        if (copied < src.len) {
            status = user_fault_in(forward(src.addr, copied), false);
        }
    }
    if (done != NULL) {
        *done = copied;
    }
    return status;
}

enum status user_copy_from_page(paddr_t page, size_t offset, struct user_out dst, size_t *done)
{
    enum status status = user_range_check(dst.addr, dst.len);
    size_t copied = 0;

    while (status == OK && copied < dst.len) {
        const uint8_t *window = arch_window_map(USER_COPY_WINDOW, page);

        copied = dst.len - arch_copy_to_user(forward(dst.addr, copied), window + offset + copied,
                                             dst.len - copied);
        arch_window_unmap(USER_COPY_WINDOW);
        if (copied < dst.len) {
            status = user_fault_in(forward(dst.addr, copied), true);
        }
    }
    if (done != NULL) {
        *done = copied;
    }
    return status;
}

static enum status check_word(uaddr_t address)
{
    return is_aligned(address.v, sizeof(uint32_t)) ? user_range_check(address, sizeof(uint32_t))
                                                   : ERR_INVAL;
}

enum status user_load32(uaddr_t src, uint32_t *value)
{
    enum status status = check_word(src);

    while (status == OK && !arch_user_load32(src, value)) {
        status = user_fault_in(src, false);
    }
    return status;
}

enum status user_store32(uaddr_t dst, uint32_t value)
{
    enum status status = check_word(dst);

    while (status == OK && !arch_user_store32(dst, value)) {
        status = user_fault_in(dst, true);
    }
    return status;
}

enum status user_cmpxchg32(uaddr_t address, uint32_t *expected, uint32_t desired)
{
    enum status status = check_word(address);

    while (status == OK && !arch_user_cmpxchg32(address, expected, desired)) {
        status = user_fault_in(address, true);
    }
    return status;
}
