// SPDX-License-Identifier: MIT
// Pages come into being here: at the first access, or when the kernel fills a mapping. The new page
// is allocated and cleared before the lock is taken; under it the mapping is looked up and the page
// entered.
#include "vma.h"
#include <arch/trap.h>
#include <base/check.h>
#include <base/string.h>
#include <mm/page.h>

static uint64_t fault_count; /* atomic */

uint64_t aspace_fault_count(void)
{
    return __atomic_load_n(&fault_count, __ATOMIC_RELAXED);
}

/// Enter `page` at `address`. ERR_EXIST: there is one already.
static enum status enter_locked(struct aspace *as, const struct vma *vma, uint64_t address,
                                paddr_t page)
{
    enum status status = arch_pt_map(vaddr(address), page, prot_to_arch(vma->prot));

    if (status == OK) {
        as->resident_pages++;
    }
    return status;
}

/// A fault on a page that is there: it may have been allowed since the processor looked.
static enum status recheck(struct aspace *as, uint64_t address, unsigned access)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    const struct vma *vma = vma_find(as, address);
    bool allowed = vma != NULL && prot_allows(vma->prot, access);
    unsigned wanted = allowed ? prot_to_arch(vma->prot) : 0;
    unsigned prot;

    /* A change of protection that is under way may not have reached this page yet. */
    if (allowed && arch_pt_query(vaddr(address), NULL, &prot) && prot != wanted) {
        arch_pt_protect(vaddr(address), wanted);
        arch_tlb_flush(&as->arch, vaddr(address), 1);
    }
    spin_unlock_irqrestore(&as->lock, flags);
    return allowed ? OK : ERR_FAULT;
}

enum status aspace_fault(struct aspace *as, uaddr_t address, unsigned access)
{
    uint64_t at = address.v & ~(uint64_t)PAGE_MASK;
    enum status alloc_status;
    enum status status;
    const struct vma *vma;
    irqflags_t flags;
    paddr_t page;

    __atomic_fetch_add(&fault_count, 1, __ATOMIC_RELAXED);
    if (address.v >= COCO_USER_END) {
        return ERR_FAULT;
    }
    if ((access & ARCH_ACCESS_PRESENT) != 0) {
        return recheck(as, at, access);
    }
    alloc_status = page_alloc_zeroed(&page);
    flags = spin_lock_irqsave(&as->lock);
    vma = vma_find(as, at);
    if (vma == NULL || !prot_allows(vma->prot, access)) {
        status = ERR_FAULT;
    } else if (alloc_status != OK) {
        status = arch_pt_query(vaddr(at), NULL, NULL) ? ERR_EXIST : alloc_status;
    } else {
        status = enter_locked(as, vma, at, page);
    }
    spin_unlock_irqrestore(&as->lock, flags);
    if (status != OK && alloc_status == OK) {
        page_free(page, 0);
    }
    /* A page was there after all: another thread brought it, or it had been without access until
     * now. */
    return status == ERR_EXIST ? recheck(as, at, access) : status;
}

/// The page behind `address` with a reference for the caller. ERR_NOTFOUND: none yet; ERR_FAULT:
/// not mapped.
static enum status get_page(struct aspace *as, uint64_t address, paddr_t *out)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    enum status status = ERR_NOTFOUND;

    if (vma_find(as, address) == NULL) {
        status = ERR_FAULT;
    } else if (arch_pt_query(vaddr(address), out, NULL)) {
        page_ref(*out);
        status = OK;
    }
    spin_unlock_irqrestore(&as->lock, flags);
    return status;
}

/// Copy into the page at `page`, of which the rest keeps its content.
static void copy_to_page(paddr_t page, size_t offset, const void *src, size_t len)
{
    uint8_t *window = arch_window_map(USER_COPY_WINDOW, page);

    memcpy(window + offset, src, len);
    arch_window_unmap(USER_COPY_WINDOW);
}

/// Enter a new page with the given content at `address`. ERR_EXIST: there is one by now.
static enum status populate_new(struct aspace *as, uint64_t address, const void *src, size_t len)
{
    size_t offset = address & PAGE_MASK;
    const struct vma *vma;
    enum status status;
    irqflags_t flags;
    paddr_t page;

    status = len == PAGE_SIZE ? page_alloc(0, &page) : page_alloc_zeroed(&page);
    if (status != OK) {
        return status;
    }
    copy_to_page(page, offset, src, len);
    flags = spin_lock_irqsave(&as->lock);
    vma = vma_find(as, address);
    status = vma == NULL ? ERR_FAULT : enter_locked(as, vma, address - offset, page);
    spin_unlock_irqrestore(&as->lock, flags);
    if (status != OK) {
        page_free(page, 0);
    }
    return status;
}

/// Copy `len` bytes that lie in one page.
static enum status populate_page(struct aspace *as, uint64_t address, const void *src, size_t len)
{
    enum status status;
    paddr_t page;

    do {
        status = get_page(as, address & ~(uint64_t)PAGE_MASK, &page);
        if (status == OK) {
            copy_to_page(page, address & PAGE_MASK, src, len);
            page_unref(page);
            return OK;
        }
        if (status == ERR_NOTFOUND) {
            status = populate_new(as, address, src, len);
        }
    } while (status == ERR_EXIST);
    return status;
}

enum status aspace_populate_copy(struct aspace *as, uaddr_t address, const void *src, size_t len)
{
    const uint8_t *from = src;
    uint64_t at = address.v;
    uint64_t end;

    if (__builtin_add_overflow(at, len, &end) || end > COCO_USER_END) {
        return ERR_FAULT;
    }
    while (at < end) {
        size_t part = MIN(end - at, PAGE_SIZE - (at & PAGE_MASK));
        enum status status = populate_page(as, at, from, part);

        if (status != OK) {
            return status;
        }
        from += part;
        at += part;
    }
    return OK;
}
