// SPDX-License-Identifier: MIT
// Access to user memory; see arch/user_copy.h. STAC and CLAC bracket each access: outside of them
// SMAP turns any touch of user memory into a panic. An entry (fault, fixup) of the exception table
// makes a page fault at `fault` continue at `fixup`.

    .macro on_fault fault, fixup
    .section .exception_table, "a"
    .quad \fault, \fixup
    .text
    .endm

    .text

// size_t arch_copy_from_user(void *to, uaddr_t from, size_t len)
// size_t arch_copy_to_user(uaddr_t to, const void *from, size_t len)
// Words first; a fault among them falls back to bytes, which find the exact place.
    .globl arch_copy_from_user, arch_copy_to_user
    .balign 16
arch_copy_from_user:
arch_copy_to_user:
    stac
    movq %rdx, %rcx
    shrq $3, %rcx
    andl $7, %edx
.Lcopy_words:
    rep movsq
    movl %edx, %ecx
.Lcopy_bytes:
    rep movsb
.Lcopy_done:
    clac
    movq %rcx, %rax
    ret
.Lcopy_words_fault:
    leaq (%rdx,%rcx,8), %rcx
    jmp .Lcopy_bytes
    on_fault .Lcopy_words, .Lcopy_words_fault
    on_fault .Lcopy_bytes, .Lcopy_done

// size_t arch_clear_user(uaddr_t to, size_t len)
    .globl arch_clear_user
    .balign 16
arch_clear_user:
    stac
    xorl %eax, %eax
    movq %rsi, %rcx
    shrq $3, %rcx
    andl $7, %esi
.Lclear_words:
    rep stosq
    movl %esi, %ecx
.Lclear_bytes:
    rep stosb
.Lclear_done:
    clac
    movq %rcx, %rax
    ret
.Lclear_words_fault:
    leaq (%rsi,%rcx,8), %rcx
    jmp .Lclear_bytes
    on_fault .Lclear_words, .Lclear_words_fault
    on_fault .Lclear_bytes, .Lclear_done

// bool arch_user_load32(uaddr_t from, uint32_t *value)
    .globl arch_user_load32
    .balign 16
arch_user_load32:
    stac
.Lload:
    movl (%rdi), %ecx
    clac
    movl %ecx, (%rsi)
    movl $1, %eax
    ret
    on_fault .Lload, .Lword_fault

// bool arch_user_store32(uaddr_t to, uint32_t value)
    .globl arch_user_store32
    .balign 16
arch_user_store32:
    stac
.Lstore:
    movl %esi, (%rdi)
    clac
    movl $1, %eax
    ret
    on_fault .Lstore, .Lword_fault

// bool arch_user_cmpxchg32(uaddr_t at, uint32_t *expected, uint32_t desired)
    .globl arch_user_cmpxchg32
    .balign 16
arch_user_cmpxchg32:
    movl (%rsi), %eax
    stac
.Lexchange:
    lock cmpxchgl %edx, (%rdi)
    clac
    movl %eax, (%rsi)
    movl $1, %eax
    ret
    on_fault .Lexchange, .Lword_fault

.Lword_fault:
    clac
    xorl %eax, %eax
    ret
