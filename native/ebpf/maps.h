/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
#ifndef MAPS_H
#define MAPS_H

#include "vmlinux_min.h"
#include <bpf/bpf_helpers.h>
#include "redirect.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct config);
} config SEC(".maps");

/* Time of the agent's last beat, bpf_ktime_get_ns() clock; apart from config so that a beat never tears a configuration. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} heartbeat SEC(".maps");

/* One bit per destination port. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u64);
} ports SEC(".maps");

/* Selected and undecided processes by tgid; whoever is absent is not selected. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 8192);
    __type(key, __u32);
    __type(value, struct process);
} processes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, struct name);
    __type(value, struct name_rule);
} names SEC(".maps");

/* Files that were seen running under a selected name or path: they stay candidates when renamed. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, struct file_id);
    __type(value, __u32);
} files SEC(".maps");

/* The flow of each redirected socket, as long as the socket lives. */
struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct flow);
} socket_flows SEC(".maps");

/* The same, by the address the listener sees: needed from the SYN to the accept, and by MPTCP sockets for getpeername. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, struct peer);
    __type(value, struct flow);
} peers SEC(".maps");

/* Local addresses learned per destination; [0] IPv4 and [1] IPv6 of the default route stand in until then. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, struct address);
    __type(value, struct source);
} sources SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, struct address);
} default_sources SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, COUNTER_COUNT);
    __type(key, __u32);
    __type(value, __u64);
} counters SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 64 * 1024);
} exec_events SEC(".maps");

/* Destinations whose connections go direct, and the hosts that they may not be for; user space alone writes. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 4096);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct destination);
    __type(value, struct direct_value);
} direct_destinations SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LPM_TRIE);
    __uint(max_entries, 131072);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct host_key);
    __type(value, __u32);
} direct_hosts SEC(".maps");

/* The flow of each direct socket, as long as the socket lives. */
struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct direct_flow);
} direct_flows SEC(".maps");

#define EVENTS_SIZE (256 * 1024)

/* Direct sockets by cookie from connected until what they sent first was read: it passes read_hello. */
struct {
    __uint(type, BPF_MAP_TYPE_SOCKHASH);
    __uint(max_entries, 8192);
    __type(key, __u64);
    __type(value, __u64);
} direct_sockets SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, EVENTS_SIZE);
} direct_events SEC(".maps");

static __always_inline void count(__u32 counter)
{
    __u64 *value = bpf_map_lookup_elem(&counters, &counter);
    if (value)
        (*value)++;
}

static __always_inline struct config *load_config(void)
{
    __u32 zero = 0;
    struct config *c = bpf_map_lookup_elem(&config, &zero);
    return c && c->own_tgid ? c : 0;
}

#endif
