/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Connections that go direct because of their destination. connect() knows an address only, and an address serves many hosts. So what such a
 * socket sends first is read before it leaves: if it is a ClientHello (RFC 8446 section 4.1.2) for a host that is intercepted, or one that cannot
 * be read, it is held back, and user space destroys the socket. Anything else passes, and nothing is looked at from then on.
 */
#ifndef DIRECT_H
#define DIRECT_H

#include "names.h"

#define RECORD_HEADER 5
#define RECORD_HANDSHAKE 22
#define RECORD_MOST (16384 + 256)
#define HANDSHAKE_HEADER 4
#define CLIENT_HELLO 1
#define SESSION_ID 43               /* where it stands: record header, handshake header, version and random before it */
#define SERVER_NAME 0
#define EXTENSIONS_MOST 64
#define ALL_BYTES 0x7fffffff

/* Whether connect() may leave the destination alone; if so the socket remembers its flow. MPTCP sends on sockets that cannot be watched. */
static __always_inline int goes_direct(
    struct bpf_sock_addr *ctx, const struct config *c, const struct process *process, const struct address *destination, __u16 port)
{
    struct direct_flow direct = {};
    struct direct_value *known;
    struct direct_flow *stored;
    struct destination key = { .address = *destination, .port = port };

    if (!(c->flags & FLAG_DIRECT) || ctx->protocol != IPPROTO_TCP || process->state == PROCESS_UNDECIDED || !ctx->sk)
        return 0;
    known = bpf_map_lookup_elem(&direct_destinations, &key);
    if (!known || bpf_ktime_get_ns() > known->until_ns)
        return 0;
    direct.generation = known->generation;
    describe(ctx, process, destination, port, &direct.flow);
    stored = bpf_sk_storage_get(&direct_flows, ctx->sk, &direct, BPF_SK_STORAGE_GET_F_CREATE);
    if (!stored)
        return 0;
    *stored = direct;           /* a second connect on the same socket finds the first one's there */
    count(COUNTER_DIRECT);
    return 1;
}

static __always_inline struct direct_event *event_of(const struct direct_flow *direct, __u32 kind)
{
    struct direct_event *event = bpf_ringbuf_reserve(&direct_events, sizeof(*event), 0);

    if (!event) {
        count(COUNTER_EVENTS_LOST);
        return 0;
    }
    __builtin_memset(event, 0, sizeof(*event));
    event->kind = kind;
    event->direct = *direct;
    return event;
}

/*
 * Waking user space costs as much as all else here. What only has to be shown waits until it looks by itself, some times a second, or until
 * much has come together.
 */
static __always_inline void submit(struct direct_event *event)
{
    int urgent = event->kind == DIRECT_REFUSED || event->kind == DIRECT_UNWATCHED
        || bpf_ringbuf_query(&direct_events, BPF_RB_AVAIL_DATA) > EVENTS_SIZE / 4;

    bpf_ringbuf_submit(event, urgent ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline void tell_direct(struct bpf_sock_ops *ctx, const struct direct_flow *direct, __u32 kind)
{
    struct direct_event *event = event_of(direct, kind);
    struct peer local;

    if (!event)
        return;
    local_end(ctx, &local);
    event->local = local.address;
    event->local_port = local.port;
    event->sent = ctx->bytes_acked ? ctx->bytes_acked - 1 : 0;     /* without the SYN; ends of directions count like a byte */
    event->received = ctx->bytes_received;
    submit(event);
}

/* The flow that a direct socket remembers, if it is that of the connection it has now. */
static __always_inline struct direct_flow *direct_of(struct bpf_sock_ops *ctx)
{
    struct direct_flow *direct = ctx->sk ? bpf_sk_storage_get(&direct_flows, ctx->sk, 0, 0) : 0;
    __u64 expected[2], found[2];
    struct address remote;

    if (!direct || bpf_ntohl(ctx->remote_port) != direct->flow.port)
        return 0;
    READ_ADDRESS(&remote, ctx, remote_ip4, remote_ip6);
    __builtin_memcpy(expected, direct->flow.destination.bytes, 16);
    __builtin_memcpy(found, remote.bytes, 16);
    return found[0] == expected[0] && found[1] == expected[1] ? direct : 0;
}

/* A connection that sent data with its SYN (RFC 7413) is past being watched. */
static __always_inline void watch_hello(struct bpf_sock_ops *ctx)
{
    struct direct_flow *direct = direct_of(ctx);
    __u64 cookie;

    if (!direct)
        return;
    cookie = direct->flow.cookie;
    bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG | BPF_SOCK_OPS_RTT_CB_FLAG);
    if (ctx->data_segs_out || bpf_sock_hash_update(ctx, &direct_sockets, &cookie, BPF_ANY)) {
        direct->hello = HELLO_REFUSED;
        count(COUNTER_DIRECT_REFUSED);
        tell_direct(ctx, direct, DIRECT_UNWATCHED);
    }
}

/* The server has acknowledged something: if that was after the first bytes were read, the socket need not be watched any longer. */
static __always_inline void leave_alone(struct bpf_sock_ops *ctx)
{
    struct direct_flow *direct = direct_of(ctx);
    __u64 cookie;

    if (direct) {
        if (direct->hello != HELLO_PASSED)
            return;
        cookie = direct->flow.cookie;
        bpf_map_delete_elem(&direct_sockets, &cookie);
    }
    bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags & ~BPF_SOCK_OPS_RTT_CB_FLAG);
}

static __always_inline void tell_end(struct bpf_sock_ops *ctx)
{
    struct direct_flow *direct = direct_of(ctx);

    if (direct)
        tell_direct(ctx, direct, DIRECT_ENDED);
}

static __always_inline __u32 u16_at(const __u8 *at)
{
    return at[0] << 8 | at[1];
}

#define EACH_BYTE(b) (0x0101010101010101ULL * (b))

/* Eight characters at once: a byte's high bit says whether it is a capital letter, and a quarter of that is what makes it small. */
static __always_inline __u64 lower(__u64 text)
{
    __u64 low = text & EACH_BYTE(0x7f);
    __u64 from_a = low + EACH_BYTE(0x80 - 'A');
    __u64 past_z = low + EACH_BYTE(0x7f - 'Z');

    return text | ((~text & (from_a ^ past_z) & EACH_BYTE(0x80)) >> 2);
}

/* Where the host name of a ClientHello stands, and how long it is; without one, 0. */
struct server_name { __u32 place; __u32 length; };

/* Finds the host name of the ClientHello in a record that is there as a whole; 0 when it cannot be read. */
static __always_inline int find_server_name(const __u8 *data, const __u8 *end, __u32 record, struct server_name *name)
{
    const __u8 *at = data + SESSION_ID;
    __u32 place, i;

    name->length = 0;
    if (at + 1 > end || data[RECORD_HEADER] != CLIENT_HELLO)
        return 0;
    /* A ClientHello that goes on in another record cannot be read here. */
    if (data[6] || u16_at(data + 7) != record - RECORD_HEADER - HANDSHAKE_HEADER)
        return 0;
    place = SESSION_ID + 1 + at[0];
    at = data + place;
    if (at + 2 > end)
        return 0;
    place += 2 + u16_at(at);                            /* cipher suites */
    if (place > RECORD_MOST)
        return 0;
    at = data + place;
    if (at + 1 > end)
        return 0;
    place += 1 + at[0];                                 /* compression methods */
    if (place == record)
        return 1;
    place += 2;                                         /* length of the extensions */
    for (i = 0; i < EXTENSIONS_MOST; i++) {
        if (place == record)
            return 1;
        if (place > RECORD_MOST)
            return 0;
        at = data + place;
        if (at + 4 > end)
            return 0;
        if (u16_at(at) == SERVER_NAME)
            break;
        place += 4 + u16_at(at + 2);
    }
    /* RFC 6066 section 3: a list with one name of type host_name. */
    if (i == EXTENSIONS_MOST || at + 9 > end || at[6])
        return 0;
    name->length = u16_at(at + 7);
    name->place = place + 9;
    if (!name->length || name->length >= NAME_LENGTH || u16_at(at + 2) != name->length + 5 || u16_at(at + 4) != name->length + 3)
        return 0;
    at += 8 + name->length;
    if (at + 1 > end)
        return 0;
    if (name->length > 1 && *at == '.')                 /* the root's label: the same host */
        name->length--;
    return 1;
}

/* The name in lower case and backwards: it is put to the end of its place, and the place turned round. */
static __always_inline int write_backwards(const __u8 *data, const __u8 *end, const struct server_name *from, struct name *to)
{
    __u64 words[2 * NAME_LENGTH / 8] = {};
    __u32 before = NAME_LENGTH - from->length;
    const __u8 *at;
    __u32 i;

    if (from->length >= NAME_LENGTH || from->place > RECORD_MOST)
        return 0;
    barrier_var(before);                                /* or it becomes a subtraction from a pointer, which the verifier refuses */
    at = data + from->place;
    if (before > NAME_LENGTH || at + from->length > end || bpf_probe_read_kernel((__u8 *)words + before, from->length, at))
        return 0;
    for (i = 0; i < NAME_LENGTH / 8; i++) {
        __u64 word = __builtin_bswap64(lower(words[NAME_LENGTH / 8 - 1 - i]));

        __builtin_memcpy(to->bytes + 8 * i, &word, 8);
    }
    return 1;
}

/* Whether a host may be reached directly; 0 also for a generation that is gone. */
static __always_inline int host_passes(const struct direct_flow *direct, struct host_key *key)
{
    __u32 *verdict;

    key->bits = 8 * (sizeof(*key) - sizeof(key->bits));
    key->generation = direct->generation;
    verdict = bpf_map_lookup_elem(&direct_hosts, key);
    return verdict && *verdict == HOST_PASSES;
}

static __always_inline void tell_name(struct direct_event *event, const __u8 *data, const __u8 *end, const struct server_name *name)
{
    if (name->length && name->length < NAME_LENGTH && name->place <= RECORD_MOST && data + name->place + name->length <= end)
        bpf_probe_read_kernel(event->name.bytes, name->length, data + name->place);
}

/*
 * Held back for ever rather than dropped: the app sees its connection aborted when user space destroys the socket, which it knows, and no
 * EACCES. Dropped, should user space not hear of it.
 */
static __always_inline int refuse(struct sk_msg_md *msg, struct direct_flow *direct, const __u8 *data, const __u8 *end, const struct server_name *name)
{
    struct direct_event *event = event_of(direct, DIRECT_REFUSED);

    direct->hello = HELLO_REFUSED;
    count(COUNTER_DIRECT_REFUSED);
    if (!event)
        return SK_DROP;
    READ_ADDRESS(&event->local, msg, local_ip4, local_ip6);
    event->local_port = msg->local_port;
    tell_name(event, data, end, name);
    submit(event);
    bpf_msg_cork_bytes(msg, ALL_BYTES);
    return SK_PASS;
}

static __always_inline int pass(struct sk_msg_md *msg, struct direct_flow *direct, const __u8 *data, const __u8 *end, const struct server_name *name)
{
    struct direct_event *event = event_of(direct, DIRECT_PASSED);

    direct->hello = HELLO_PASSED;
    if (event) {
        tell_name(event, data, end, name);
        submit(event);
    }
    /* The kernel keeps what it held for later sends, with the length that was waited for: it would hold shorter ones again. */
    bpf_msg_cork_bytes(msg, 0);
    bpf_msg_apply_bytes(msg, ALL_BYTES);
    return SK_PASS;
}

static __always_inline int judge_hello(struct sk_msg_md *msg)
{
    struct direct_flow *direct = msg->sk ? bpf_sk_storage_get(&direct_flows, msg->sk, 0, 0) : 0;
    struct server_name name = {};
    struct host_key key = {};
    __u8 *data, *end;
    __u32 record;

    if (!direct || direct->hello == HELLO_REFUSED)
        return SK_DROP;
    if (direct->hello == HELLO_PASSED) {
        bpf_msg_apply_bytes(msg, ALL_BYTES);
        return SK_PASS;
    }
    if (bpf_msg_pull_data(msg, 0, msg->size < RECORD_HEADER ? 1 : RECORD_HEADER, 0))
        return SK_DROP;
    data = msg->data;
    end = msg->data_end;
    if (data + 1 > end)
        return SK_DROP;
    if (data[0] != RECORD_HANDSHAKE)
        return pass(msg, direct, data, end, &name);     /* no TLS, so nothing that could be intercepted */
    if (data + RECORD_HEADER > end) {
        bpf_msg_cork_bytes(msg, RECORD_HEADER);
        return SK_PASS;
    }
    record = RECORD_HEADER + u16_at(data + 3);
    if (record > RECORD_MOST)
        return refuse(msg, direct, data, end, &name);
    if (msg->size < record) {
        bpf_msg_cork_bytes(msg, record);
        return SK_PASS;
    }
    if (bpf_msg_pull_data(msg, 0, record, 0))
        return SK_DROP;
    data = msg->data;
    end = msg->data_end;
    if (!find_server_name(data, end, record, &name))
        return refuse(msg, direct, data, end, &name);
    if (name.length && (!write_backwards(data, end, &name, &key.backwards) || !host_passes(direct, &key)))
        return refuse(msg, direct, data, end, &name);
    return pass(msg, direct, data, end, &name);
}

#endif
