/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* getpeername() and getsockname() of a redirected socket: what the app would see without us. */
#ifndef NAMES_H
#define NAMES_H

#include "connect.h"

/* The local end of a connecting socket, which is the far end to the listener. */
static __always_inline void local_end(struct bpf_sock_ops *ctx, struct peer *peer)
{
    __builtin_memset(peer, 0, sizeof(*peer));
    peer->netns = bpf_get_netns_cookie(ctx);
    peer->port = ctx->local_port;
    READ_ADDRESS(&peer->address, ctx, local_ip4, local_ip6);
}

static __always_inline int to_loopback(struct bpf_sock_ops *ctx)
{
    if (ctx->family == 2 /* AF_INET */)
        return ctx->remote_ip4 == bpf_htonl(0x7f000001);
    __u32 a[4] = { WORD(ctx->remote_ip6[0]), WORD(ctx->remote_ip6[1]), WORD(ctx->remote_ip6[2]), WORD(ctx->remote_ip6[3]) };
    return is_local_v6(a);
}

/*
 * The flow of a socket. The socket that an app holds for MPTCP is not the one that connects (its first subflow does),
 * but both have the same local end.
 */
static __always_inline struct flow *flow_of(struct bpf_sock_addr *ctx)
{
    struct bpf_sock *sk = ctx->sk;
    struct peer peer = {};
    struct flow *flow;

    if (!sk)
        return 0;
    flow = bpf_sk_storage_get(&socket_flows, sk, 0, 0);
    if (flow)
        return flow;
    peer.netns = bpf_get_netns_cookie(ctx);
    peer.port = sk->src_port;
    READ_ADDRESS(&peer.address, sk, src_ip4, src_ip6);
    return bpf_map_lookup_elem(&peers, &peer);
}

static __always_inline int name_peer_v4(struct bpf_sock_addr *ctx)
{
    struct config *c = load_config();
    struct flow *flow;
    __u32 v4;

    if (!c || ctx->user_port != bpf_htons(c->port_v4) || ctx->user_ip4 != bpf_htonl(0x7f000001) || !(flow = flow_of(ctx)))
        return 1;
    __builtin_memcpy(&v4, &flow->destination.bytes[12], 4);
    ctx->user_ip4 = v4;
    ctx->user_port = bpf_htons(flow->port);
    return 1;
}

static __always_inline void set_v6(struct bpf_sock_addr *ctx, const struct address *address)
{
    __u32 a[4];

    __builtin_memcpy(a, address->bytes, 16);
    ctx->user_ip6[0] = a[0];
    ctx->user_ip6[1] = a[1];
    ctx->user_ip6[2] = a[2];
    ctx->user_ip6[3] = a[3];
}

static __always_inline int name_peer_v6(struct bpf_sock_addr *ctx)
{
    struct config *c = load_config();
    struct flow *flow;

    if (!c)
        return 1;
    __u32 a[4] = { WORD(ctx->user_ip6[0]), WORD(ctx->user_ip6[1]), WORD(ctx->user_ip6[2]), WORD(ctx->user_ip6[3]) };
    if (!is_local_v6(a) || ctx->user_port != bpf_htons(is_mapped(a) ? c->port_v4 : c->port_v6) || !(flow = flow_of(ctx)))
        return 1;
    set_v6(ctx, &flow->destination);
    ctx->user_port = bpf_htons(flow->port);
    return 1;
}

/* The local address without us: learned for the destination, else the default route's; null when there is none. */
static __always_inline const struct address *source_for(const struct address *destination, __u32 family)
{
    struct address key = *destination;
    struct source *learned = bpf_map_lookup_elem(&sources, &key);
    struct address *usual;

    if (learned)
        return &learned->address;
    usual = bpf_map_lookup_elem(&default_sources, &family);
    return usual && *(__u64 *)&usual->bytes[8] ? usual : 0;
}

/* A bound socket keeps its own address over the redirect: only a loopback one is ours to replace. */
static __always_inline int name_local_v4(struct bpf_sock_addr *ctx)
{
    struct config *c = load_config();
    const struct address *source;
    struct flow *flow;
    __u32 v4;

    if (!c || ctx->user_ip4 != bpf_htonl(0x7f000001) || !ctx->sk || ctx->sk->dst_port != bpf_htons(c->port_v4) || !(flow = flow_of(ctx)))
        return 1;
    source = source_for(&flow->destination, 0);
    if (!source)
        return 1;
    __builtin_memcpy(&v4, &source->bytes[12], 4);
    ctx->user_ip4 = v4;
    return 1;
}

static __always_inline int name_local_v6(struct bpf_sock_addr *ctx)
{
    struct config *c = load_config();
    const struct address *source;
    struct flow *flow;

    if (!c || !ctx->sk)
        return 1;
    __u32 a[4] = { WORD(ctx->user_ip6[0]), WORD(ctx->user_ip6[1]), WORD(ctx->user_ip6[2]), WORD(ctx->user_ip6[3]) };
    if (!is_local_v6(a) || ctx->sk->dst_port != bpf_htons(is_mapped(a) ? c->port_v4 : c->port_v6) || !(flow = flow_of(ctx)))
        return 1;
    source = source_for(&flow->destination, is_mapped(a) ? 0 : 1);
    if (source)
        set_v6(ctx, source);
    return 1;
}

#endif
