/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* At connect() and unconnected sendto(): shall this flow be taken over? */
#ifndef CONNECT_H
#define CONNECT_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include "maps.h"

#define ENETUNREACH 101

/* Context words must be loaded one by one: clang merges neighbours into an 8-byte load, which the verifier refuses. */
#define WORD(field) (*(volatile __u32 *)&(field))

static __always_inline int is_configured_port(__u16 port)
{
    __u32 word = port >> 6;
    __u64 *bits = bpf_map_lookup_elem(&ports, &word);
    return bits && (*bits >> (port & 63)) & 1;
}

static __always_inline void mapped_v4(struct address *a, __u32 v4)
{
    __builtin_memset(a, 0, sizeof(*a));
    a->bytes[10] = 0xff;
    a->bytes[11] = 0xff;
    __builtin_memcpy(&a->bytes[12], &v4, 4);
}

/* One of the two addresses of a socket's context, whichever kind of program has it: the fields are named alike in all of them. */
#define READ_ADDRESS(to, context, v4, v6) \
    do { \
        if ((context)->family == 2 /* AF_INET */) { \
            mapped_v4(to, (context)->v4); \
        } else { \
            __u32 words[4] = { WORD((context)->v6[0]), WORD((context)->v6[1]), WORD((context)->v6[2]), WORD((context)->v6[3]) }; \
            __builtin_memcpy((to)->bytes, words, 16); \
        } \
    } while (0)

static __always_inline int is_mapped(const __u32 a[4])
{
    return !a[0] && !a[1] && a[2] == bpf_htonl(0xffff);
}

/* 0.0.0.0 and :: mean this machine to connect(), so they count as loopback. */
static __always_inline int is_local_v4(__u32 v4)
{
    return !v4 || bpf_ntohl(v4) >> 24 == 127;
}

static __always_inline int is_local_v6(const __u32 a[4])
{
    if (is_mapped(a))
        return is_local_v4(a[3]);
    return !a[0] && !a[1] && !a[2] && (!a[3] || a[3] == bpf_htonl(1));
}

static __always_inline int heartbeat_late(const struct config *c)
{
    __u32 zero = 0;
    __u64 *beat = bpf_map_lookup_elem(&heartbeat, &zero);
    __u64 now = bpf_ktime_get_ns();
    return !beat || (now > *beat && now - *beat > c->heartbeat_ns);
}

/*
 * Whether the process is selected, and nothing about the socket or the agent forbids the redirect. Ordered so that a
 * process that is not selected costs two look-ups.
 */
static __always_inline int take_over(struct bpf_sock_addr *ctx, const struct config *c, __u16 listener, struct process *process)
{
    __u32 tgid = bpf_get_current_pid_tgid() >> 32;
    struct process *known;

    if (tgid == c->own_tgid) {
        count(COUNTER_OWN);
        return 0;
    }
    known = bpf_map_lookup_elem(&processes, &tgid);
    if (known)
        *process = *known;
    else if (!(c->flags & FLAG_SCOPE_ALL)) {
        count(COUNTER_NOT_SELECTED);
        return 0;
    }
    if (bpf_get_netns_cookie(ctx) != c->netns) {
        count(COUNTER_OTHER_NETNS);
        return 0;
    }
    if (ctx->sk && ctx->sk->bound_dev_if) {
        count(COUNTER_BOUND_TO_DEVICE);
        return 0;
    }
    if (!listener) {
        count(COUNTER_NO_LISTENER);
        return 0;
    }
    if (heartbeat_late(c)) {
        count(COUNTER_HEARTBEAT_LATE);
        return 0;
    }
    return 1;
}

static __always_inline void describe(
    struct bpf_sock_addr *ctx, const struct process *process, const struct address *destination, __u16 port, struct flow *flow)
{
    struct task_struct *leader = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), group_leader);
    struct file *file = BPF_CORE_READ(leader, mm, exe_file);

    flow->cookie = bpf_get_socket_cookie(ctx);
    flow->start_ns = BPF_CORE_READ(leader, start_boottime);
    flow->exec_id = BPF_CORE_READ(leader, self_exec_id);
    flow->tgid = bpf_get_current_pid_tgid() >> 32;
    flow->uid = bpf_get_current_uid_gid();
    flow->state = process->state;
    flow->app = process->app;
    flow->root = process->root;
    flow->port = port;
    flow->destination = *destination;
    bpf_probe_read_kernel_str(flow->executable.bytes, NAME_LENGTH, BPF_CORE_READ(file, f_path.dentry, d_name.name));
}

/* Notes the flow on its socket; 0 when that fails and the connection has to go direct. */
static __always_inline int remember(struct bpf_sock_addr *ctx, const struct process *process, const struct address *destination, __u16 port)
{
    struct source *source = bpf_map_lookup_elem(&sources, destination);
    struct flow flow = {};
    struct flow *stored;

    describe(ctx, process, destination, port, &flow);
    flow.source_known = source && bpf_ktime_get_ns() - source->learned_ns < 60ULL * 1000000000;
    stored = ctx->sk ? bpf_sk_storage_get(&socket_flows, ctx->sk, &flow, BPF_SK_STORAGE_GET_F_CREATE) : 0;
    if (!stored) {
        count(COUNTER_LOST);
        return 0;
    }
    *stored = flow;         /* a second connect on the same socket finds the first one's flow there */
    count(COUNTER_REDIRECTED);
    return 1;
}

/* Allows the call, or refuses it with ENETUNREACH: apps take that for "no QUIC here" and fall back to TCP at once. */
static __always_inline int deny_quic(const struct config *c)
{
    if (!(c->flags & FLAG_DENY_QUIC))
        return 1;
    count(COUNTER_QUIC_DENIED);
    bpf_set_retval(-ENETUNREACH);
    return 0;
}

#endif
