// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * The one object the agent loads. Read in this order: redirect.h (shared with the agent), maps.h, connect.h, then below;
 * processes.h keeps the table of selected processes. Nothing here runs per packet of a TCP connection.
 */
#include "maps.h"
#include "connect.h"
#include "direct.h"
#include "names.h"
#include "processes.h"

char LICENSE[] SEC("license") = "GPL";

#define LOOPBACK_V4 bpf_htonl(0x7f000001)

SEC("cgroup/connect4")
int connect_v4(struct bpf_sock_addr *ctx)
{
    __u16 port = bpf_ntohs(ctx->user_port);
    struct process process = {};
    struct address destination;
    struct config *c;

    if (!is_configured_port(port) || is_local_v4(ctx->user_ip4) || !(c = load_config()))
        return 1;
    if (ctx->protocol == IPPROTO_UDP)
        return take_over(ctx, c, c->port_v4, &process) ? deny_quic(c) : 1;
    if (ctx->type != 1 /* SOCK_STREAM; the protocol is IPPROTO_MPTCP for MPTCP sockets */)
        return 1;
    count(COUNTER_SEEN);
    mapped_v4(&destination, ctx->user_ip4);
    if (!take_over(ctx, c, c->port_v4, &process) || goes_direct(ctx, c, &process, &destination, port) || !remember(ctx, &process, &destination, port))
        return 1;
    ctx->user_ip4 = LOOPBACK_V4;
    ctx->user_port = bpf_htons(c->port_v4);
    return 1;
}

SEC("cgroup/connect6")
int connect_v6(struct bpf_sock_addr *ctx)
{
    __u16 port = bpf_ntohs(ctx->user_port);
    struct process process = {};
    struct address destination;
    struct config *c;
    __u16 listener;

    if (!is_configured_port(port))
        return 1;
    __u32 a[4] = { WORD(ctx->user_ip6[0]), WORD(ctx->user_ip6[1]), WORD(ctx->user_ip6[2]), WORD(ctx->user_ip6[3]) };
    if (is_local_v6(a) || !(c = load_config()))
        return 1;
    /* A dual-stack socket to an IPv4 address stays v4-mapped: its packets are IPv4. */
    listener = is_mapped(a) ? c->port_v4 : c->port_v6;
    if (ctx->protocol == IPPROTO_UDP)
        return take_over(ctx, c, listener, &process) ? deny_quic(c) : 1;
    if (ctx->type != 1 /* SOCK_STREAM */)
        return 1;
    count(COUNTER_SEEN);
    __builtin_memcpy(destination.bytes, a, 16);
    if (!take_over(ctx, c, listener, &process) || goes_direct(ctx, c, &process, &destination, port) || !remember(ctx, &process, &destination, port))
        return 1;
    if (is_mapped(a)) {
        ctx->user_ip6[3] = LOOPBACK_V4;
    } else {
        ctx->user_ip6[0] = 0;
        ctx->user_ip6[1] = 0;
        ctx->user_ip6[2] = 0;
        ctx->user_ip6[3] = bpf_htonl(1);
    }
    ctx->user_port = bpf_htons(listener);
    return 1;
}

SEC("cgroup/sendmsg4")
int sendmsg_v4(struct bpf_sock_addr *ctx)
{
    struct process process = {};
    struct config *c;

    if (!is_configured_port(bpf_ntohs(ctx->user_port)) || is_local_v4(ctx->user_ip4) || !(c = load_config()))
        return 1;
    return take_over(ctx, c, c->port_v4, &process) ? deny_quic(c) : 1;
}

SEC("cgroup/sendmsg6")
int sendmsg_v6(struct bpf_sock_addr *ctx)
{
    struct process process = {};
    struct config *c;

    if (!is_configured_port(bpf_ntohs(ctx->user_port)))
        return 1;
    __u32 a[4] = { WORD(ctx->user_ip6[0]), WORD(ctx->user_ip6[1]), WORD(ctx->user_ip6[2]), WORD(ctx->user_ip6[3]) };
    if (is_local_v6(a) || !(c = load_config()))
        return 1;
    return take_over(ctx, c, is_mapped(a) ? c->port_v4 : c->port_v6, &process) ? deny_quic(c) : 1;
}

SEC("cgroup/getpeername4")
int getpeername_v4(struct bpf_sock_addr *ctx)
{
    return name_peer_v4(ctx);
}

SEC("cgroup/getpeername6")
int getpeername_v6(struct bpf_sock_addr *ctx)
{
    return name_peer_v6(ctx);
}

SEC("cgroup/getsockname4")
int getsockname_v4(struct bpf_sock_addr *ctx)
{
    return name_local_v4(ctx);
}

SEC("cgroup/getsockname6")
int getsockname_v6(struct bpf_sock_addr *ctx)
{
    return name_local_v6(ctx);
}

/*
 * Runs in tcp_connect() after the local port is chosen and before the SYN leaves, so the flow is there before the
 * listener can accept. An app that connects to the listener by itself clears what an older connection left under the
 * same address: the listener must not take it for that one.
 */
SEC("sockops")
int publish_flow(struct bpf_sock_ops *ctx)
{
    struct config *c;
    struct peer peer;
    struct flow *flow;
    __u16 port;

    if (ctx->op != BPF_SOCK_OPS_TCP_CONNECT_CB || !(c = load_config()))
        return 1;
    port = bpf_ntohl(ctx->remote_port);
    if (!port || (port != c->port_v4 && port != c->port_v6))
        return 1;
    local_end(ctx, &peer);
    flow = ctx->sk ? bpf_sk_storage_get(&socket_flows, ctx->sk, 0, 0) : 0;
    if (!flow || !to_loopback(ctx))
        bpf_map_delete_elem(&peers, &peer);
    else if (bpf_map_update_elem(&peers, &peer, flow, BPF_ANY))
        count(COUNTER_LOST);
    return 1;
}

/* Loaded and attached only when direct connections are wanted: without them a TCP connection pays nothing for this. */
SEC("sockops")
int follow_direct(struct bpf_sock_ops *ctx)
{
    if (ctx->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB)
        watch_hello(ctx);
    else if (ctx->op == BPF_SOCK_OPS_RTT_CB)
        leave_alone(ctx);
    else if (ctx->op == BPF_SOCK_OPS_STATE_CB && ctx->args[1] == BPF_TCP_CLOSE)
        tell_end(ctx);
    return 1;
}

/* What a direct socket sends until its ClientHello was read. */
SEC("sk_msg")
int read_hello(struct sk_msg_md *msg)
{
    return judge_hello(msg);
}
