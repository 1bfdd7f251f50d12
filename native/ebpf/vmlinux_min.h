/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The few kernel structures the programs read, with the few fields they read. libbpf relocates every access to the
 * running kernel's layout by name (CO-RE), so the build needs no BTF of the build machine and no generated vmlinux.h.
 */
#ifndef VMLINUX_MIN_H
#define VMLINUX_MIN_H

#include <linux/types.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>

typedef int pid_t;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct qstr { const unsigned char *name; };
struct super_block { __u32 s_dev; };
struct inode { unsigned long i_ino; struct super_block *i_sb; };
struct dentry { struct dentry *d_parent; struct qstr d_name; };
struct path { struct dentry *dentry; };
struct file { struct path f_path; struct inode *f_inode; };
struct mm_struct { struct file *exe_file; unsigned long arg_start; };
typedef struct { int counter; } atomic_t;
struct signal_struct { atomic_t live; };
struct task_struct {
    pid_t tgid;
    struct mm_struct *mm;
    struct task_struct *group_leader;
    struct signal_struct *signal;
    __u64 start_boottime;
    __u64 self_exec_id;
};
struct linux_binprm { const char *filename; };
#pragma clang attribute pop

#endif
