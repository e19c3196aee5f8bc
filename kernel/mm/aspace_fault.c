// SPDX-License-Identifier: MIT
// Pages come into being here: at the first access, or when the kernel fills a mapping. A new page
// is allocated and cleared without the lock; under it the mapping is looked up and the page
// entered, or it turns out what is needed, and a second round has it.
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

/// Enter a new page at `address`. ERR_EXIST: there is one already.
static enum status enter_locked(struct aspace *as, const struct vma *vma, uint64_t address,
                                paddr_t page)
{
    enum status status = arch_pt_map(vaddr(address), page, prot_to_arch(vma->prot));

    if (status == OK) {
        count_entered_locked(as, 1);
    }
    return status;
}

/// A page that a fault may need, allocated without the lock.
struct spare {
    paddr_t page; /* 0: none */
    bool zeroed;
};

/// What a fault is about.
struct fault {
    uint64_t at; /* start of the page */
    unsigned access;
    struct spare spare;
    paddr_t
        dropped; /* page that the range no longer refers to, 0 for none; freed without the lock */
};

static void copy_page(paddr_t to, paddr_t from)
{
    const void *source = arch_window_map(USER_COPY_WINDOW, from);

    memcpy(arch_window_map(PAGE_WINDOW, to), source, PAGE_SIZE);
    arch_window_unmap(PAGE_WINDOW);
    arch_window_unmap(USER_COPY_WINDOW);
}

/// Take the spare page out of the fault. ERR_AGAIN: there is none that fits.
static enum status take_spare(struct fault *fault, bool zeroed, paddr_t *page)
{
    if (fault->spare.page.v == 0 || (zeroed && !fault->spare.zeroed)) {
        fault->spare.zeroed = zeroed; /* what is needed next time */
        return ERR_AGAIN;
    }
    *page = fault->spare.page;
    fault->spare.page = paddr(0);
    return OK;
}

/// Replace the page `shared` at a private range by a copy that can be stored to.
static enum status unshare_locked(struct aspace *as, const struct vma *vma, struct fault *fault,
                                  paddr_t shared)
{
    paddr_t copy;
    enum status status = take_spare(fault, false, &copy);

    if (status != OK) {
        return status;
    }
    copy_page(copy, shared);
    fault->dropped = arch_pt_unmap(vaddr(fault->at), NULL);
    arch_tlb_flush(&as->arch, vaddr(fault->at), 1);
    /* The tables are there, so nothing can fail. */
    status = arch_pt_map(vaddr(fault->at), copy, vma_page_prot(vma, copy));
    CHECK(status == OK, "a page cannot be replaced");
    return OK;
}

/// A fault on a page that is there: it may have been allowed since the processor looked.
static enum status recheck_locked(struct aspace *as, const struct vma *vma, struct fault *fault,
                                  paddr_t page, unsigned prot)
{
    unsigned wanted = vma_page_prot(vma, page);

    if ((fault->access & ARCH_ACCESS_WRITE) != 0 && (wanted & ARCH_PROT_WRITE) == 0) {
        return unshare_locked(as, vma, fault, page);
    }
    /* A change of protection that is under way may not have reached this page yet. */
    if (prot != wanted) {
        arch_pt_protect(vaddr(fault->at), wanted);
        arch_tlb_flush(&as->arch, vaddr(fault->at), 1);
    }
    return OK;
}

/// Bring a page of the backing to where none is yet.
static enum status enter_backed_locked(struct aspace *as, const struct vma *vma,
                                       struct fault *fault)
{
    const struct backing_ops *ops = backing_ops[vma->backing->type];
    bool shared = (vma->flags & ASPACE_SHARED) != 0;
    bool write = (fault->access & ARCH_ACCESS_WRITE) != 0;
    enum status status;
    paddr_t page;
    paddr_t copy;

    if (write && !shared && fault->spare.page.v == 0) {
        return take_spare(fault, false, &copy);
    }
    status = ops->page(vma->backing, vma_index(vma, fault->at),
                       shared && (vma->prot & ASPACE_WRITE) != 0, &page);
    if (status != OK) {
        return status;
    }
    if (write && !shared) {
        fault->dropped = page;
        status = take_spare(fault, false, &copy);
        CHECK(status == OK, "the spare page was there");
        copy_page(copy, page);
        page = copy;
    }
    status = arch_pt_map(vaddr(fault->at), page, vma_page_prot(vma, page));
    if (status != OK) {
        page_unref(page);
        return status;
    }
    count_entered_locked(as, 1);
    return OK;
}

/// Serve a fault. ERR_AGAIN: a spare page is needed first, as fault->spare says.
static enum status serve_locked(struct aspace *as, struct fault *fault)
{
    const struct vma *vma = vma_find(as, fault->at);
    enum status status;
    unsigned prot;
    paddr_t page;

    if (vma == NULL || !prot_allows(vma->prot, fault->access)) {
        return ERR_FAULT;
    }
    if (arch_pt_query(vaddr(fault->at), &page, &prot)) {
        return recheck_locked(as, vma, fault, page, prot);
    }
    if (vma->backing != NULL) {
        return enter_backed_locked(as, vma, fault);
    }
    status = take_spare(fault, true, &page);
    if (status == OK) {
        status = enter_locked(as, vma, fault->at, page);
        if (status != OK) {
            page_free(page, 0);
        }
    }
    return status;
}

/// Replace the spare page by one of the kind that was asked for.
static enum status refill(struct spare *spare)
{
    if (spare->page.v != 0) {
        page_free(spare->page, 0);
    }
    return spare->zeroed ? page_alloc_zeroed(&spare->page) : page_alloc(0, &spare->page);
}

enum status aspace_fault(struct aspace *as, uaddr_t address, unsigned access)
{
    struct fault fault = {.at = address.v & ~(uint64_t)PAGE_MASK, .access = access};
    enum status status = OK;

    __atomic_fetch_add(&fault_count, 1, __ATOMIC_RELAXED);
    if (address.v >= COCO_USER_END) {
        return ERR_FAULT;
    }
    /* The usual case is the first access to private memory: have the page before the lock. */
    if ((access & ARCH_ACCESS_PRESENT) == 0 &&
        __atomic_load_n(&as->backed_count, __ATOMIC_RELAXED) == 0) {
        fault.spare.zeroed = true;
        status = refill(&fault.spare);
    }
    do {
        enum status spare_status = status;
        irqflags_t flags = spin_lock_irqsave(&as->lock);

        status = serve_locked(as, &fault);
        spin_unlock_irqrestore(&as->lock, flags);
        if (fault.dropped.v != 0) {
            page_unref(fault.dropped);
            fault.dropped = paddr(0);
        }
        if (status == ERR_AGAIN) {
            status = spare_status == OK ? refill(&fault.spare) : spare_status;
            if (status != OK) {
                return status;
            }
            status = ERR_AGAIN;
        }
    } while (status == ERR_AGAIN);
    if (fault.spare.page.v != 0) {
        page_free(fault.spare.page, 0);
    }
    return status;
}

bool aspace_is_beyond_file(struct aspace *as, uaddr_t address)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    const struct vma *vma = vma_find(as, address.v);
    bool beyond =
        vma != NULL && vma->backing != NULL &&
        backing_ops[vma->backing->type]->is_beyond(vma->backing, vma_index(vma, address.v));

    spin_unlock_irqrestore(&as->lock, flags);
    return beyond;
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
