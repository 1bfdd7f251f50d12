/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Keeps the table of selected processes exact. A process is decided before its first instruction runs: by its own name
 * here, or it becomes "undecided", which is redirected until user space, told by the ring buffer, has looked at path and
 * arguments. Children inherit at fork.
 */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "maps.h"

#define PATH_DEPTH 16
#define ARGUMENT_LENGTH 128     /* a power of two */

static __always_inline void tell(__u32 tgid)
{
    struct exec_event *event = bpf_ringbuf_reserve(&exec_events, sizeof(*event), 0);
    if (!event)
        return;             /* the process stays undecided: user space decides when it accepts */
    event->tgid = tgid;
    event->reserved = 0;
    bpf_ringbuf_submit(event, 0);
}

static __always_inline struct name_rule *rule_of(const struct name *name)
{
    return bpf_map_lookup_elem(&names, name);
}

/* Positions in a text, found in one pass by bpf_loop(): the verifier looks at its body once instead of at every path through it. */
struct scan {
    char text[ARGUMENT_LENGTH];
    __u32 base;             /* after the last slash */
    __u32 stem;             /* after the last character that is no digit or dot */
    __u32 end;
};

static long scan_character(__u32 i, struct scan *scan)
{
    char c = scan->text[i & (ARGUMENT_LENGTH - 1)];

    if (!c)
        return 1;
    scan->end = i + 1;
    if (c == '/')
        scan->base = i + 1;
    if (c != '.' && (c < '0' || c > '9'))
        scan->stem = i + 1;
    return 0;
}

/* python3.11 is python, node22 is node: an interpreter is listed without its version. */
static __always_inline struct name_rule *rule_without_version(const unsigned char *executable, struct scan *scan, struct name *name)
{
    __builtin_memset(scan, 0, sizeof(*scan));
    bpf_probe_read_kernel_str(scan->text, NAME_LENGTH, executable);
    bpf_loop(NAME_LENGTH, scan_character, scan, 0);
    if (scan->stem == scan->end)
        return 0;
    __builtin_memset(name, 0, sizeof(*name));
    bpf_probe_read_kernel(name->bytes, scan->stem & (NAME_LENGTH - 1), executable);
    return rule_of(name);
}

/* File name part of the first argument: what the program was invoked as. */
static __always_inline struct name_rule *rule_as_invoked(struct mm_struct *mm, struct scan *scan, struct name *name)
{
    unsigned long start = BPF_CORE_READ(mm, arg_start);

    __builtin_memset(scan, 0, sizeof(*scan));
    if (bpf_probe_read_user_str(scan->text, ARGUMENT_LENGTH, (void *)start) <= 0)
        return 0;
    bpf_loop(ARGUMENT_LENGTH, scan_character, scan, 0);
    __builtin_memset(name, 0, sizeof(*name));
    bpf_probe_read_user_str(name->bytes, NAME_LENGTH, (void *)(start + scan->base));
    return rule_of(name);
}

static __always_inline int below_listed_directory(struct dentry *dentry)
{
    for (int depth = 0; depth < PATH_DEPTH; depth++) {
        struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
        struct name name = {};
        struct name_rule *rule;

        if (!parent || parent == dentry)
            return 0;
        dentry = parent;
        bpf_probe_read_kernel_str(name.bytes, NAME_LENGTH, BPF_CORE_READ(dentry, d_name.name));
        rule = rule_of(&name);
        if (rule && rule->flags & NAME_DIRECTORY)
            return 1;
    }
    return 0;
}

static __always_inline int is_known_file(struct file *file)
{
    struct file_id id = {};

    id.inode = BPF_CORE_READ(file, f_inode, i_ino);
    id.device = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
    return bpf_map_lookup_elem(&files, &id) != 0;
}

/* The state a program has by its own properties; 0 when no rule can mean it. */
static __always_inline __u32 own_state(struct mm_struct *mm, const struct config *c, __u32 *app)
{
    struct file *file = BPF_CORE_READ(mm, exe_file);
    struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
    const unsigned char *executable = BPF_CORE_READ(dentry, d_name.name);
    struct name_rule *rule;
    struct name name = {};
    struct scan scan;
    __u32 flags = 0;

    bpf_probe_read_kernel_str(name.bytes, NAME_LENGTH, executable);
    rule = rule_of(&name);
    if (!rule || !(rule->flags & (NAME_SELECTED | NAME_CANDIDATE)))
        rule = rule_as_invoked(mm, &scan, &name);
    if (rule) {
        *app = rule->app;
        flags = rule->flags;
    }
    if (flags & NAME_SELECTED)
        return PROCESS_SELECTED;
    if (flags & NAME_CANDIDATE || c->flags & FLAG_ALL_CANDIDATES || is_known_file(file) || below_listed_directory(dentry))
        return PROCESS_UNDECIDED;
    rule = rule_without_version(executable, &scan, &name);
    return rule && rule->flags & NAME_CANDIDATE ? PROCESS_UNDECIDED : 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
    struct config *c = load_config();
    struct process process = {};
    struct process *known;
    __u32 tgid = task->tgid;

    if (!c)
        return 0;
    process.root = tgid;
    process.state = own_state(BPF_CORE_READ(task, mm), c, &process.app);
    known = bpf_map_lookup_elem(&processes, &tgid);
    if (!process.state && !(known && known->state == PROCESS_UNDECIDED))
        return 0;           /* not meant, or selected by what it was before the exec: stays so */
    if (process.state != PROCESS_SELECTED)
        process.state = PROCESS_UNDECIDED;
    if ((!known || known->state == PROCESS_UNDECIDED || process.state == PROCESS_SELECTED)
        && bpf_map_update_elem(&processes, &tgid, &process, BPF_ANY))
        count(COUNTER_LOST);
    tell(tgid);
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    __u32 from = parent->tgid, to = child->tgid;
    struct process *known;
    struct process process;

    if (from == to)
        return 0;           /* a thread */
    known = bpf_map_lookup_elem(&processes, &from);
    if (!known) {
        bpf_map_delete_elem(&processes, &to);
        return 0;
    }
    process = *known;
    if (bpf_map_update_elem(&processes, &to, &process, BPF_ANY))
        count(COUNTER_LOST);
    if (process.state == PROCESS_UNDECIDED)
        tell(to);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
    __u32 tgid = task->tgid;

    if (task->signal->live.counter == 0)
        bpf_map_delete_elem(&processes, &tgid);
    return 0;
}

#endif
