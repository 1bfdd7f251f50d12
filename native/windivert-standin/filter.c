#include "filter.h"
#include <ctype.h>
#include <stdlib.h>

enum { NODE_TEST, NODE_AND, NODE_OR };
enum { OP_EQ, OP_NE, OP_LT, OP_GT, OP_LE, OP_GE };
enum { BOTH, NETWORK, SOCKET };
enum {
    F_TRUE, F_FALSE, F_OUTBOUND, F_INBOUND, F_LOOPBACK, F_IMPOSTOR, F_IP, F_IPV6, F_TCP, F_UDP, F_EVENT, F_PROCESS, F_PROTOCOL,
    F_LOCAL_PORT, F_REMOTE_PORT, F_TCP_SRC, F_TCP_DST, F_TCP_SYN, F_TCP_ACK, F_TCP_FIN, F_TCP_RST, F_UDP_SRC, F_UDP_DST
};

static const struct { const char *name; int field, layer; } fields[] = {
    { "true", F_TRUE, BOTH }, { "false", F_FALSE, BOTH }, { "outbound", F_OUTBOUND, BOTH }, { "inbound", F_INBOUND, BOTH },
    { "loopback", F_LOOPBACK, BOTH }, { "impostor", F_IMPOSTOR, NETWORK }, { "ip", F_IP, BOTH }, { "ipv6", F_IPV6, BOTH },
    { "tcp", F_TCP, BOTH }, { "udp", F_UDP, BOTH }, { "event", F_EVENT, BOTH }, { "processId", F_PROCESS, SOCKET },
    { "protocol", F_PROTOCOL, BOTH }, { "localPort", F_LOCAL_PORT, BOTH }, { "remotePort", F_REMOTE_PORT, BOTH },
    { "tcp.SrcPort", F_TCP_SRC, NETWORK }, { "tcp.DstPort", F_TCP_DST, NETWORK }, { "tcp.Syn", F_TCP_SYN, NETWORK },
    { "tcp.Ack", F_TCP_ACK, NETWORK }, { "tcp.Fin", F_TCP_FIN, NETWORK }, { "tcp.Rst", F_TCP_RST, NETWORK },
    { "udp.SrcPort", F_UDP_SRC, NETWORK }, { "udp.DstPort", F_UDP_DST, NETWORK },
};

static const struct { const char *name; uint64_t value; } macros[] = {
    { "TRUE", 1 }, { "FALSE", 0 }, { "TCP", 6 }, { "UDP", 17 }, { "PACKET", EVENT_PACKET }, { "BIND", EVENT_BIND },
    { "CONNECT", EVENT_CONNECT }, { "LISTEN", EVENT_LISTEN }, { "ACCEPT", EVENT_ACCEPT }, { "CLOSE", EVENT_CLOSE },
};

typedef struct { const char *at; filter *f; int layer; } parser;

static void blanks(parser *p) { while (isspace((unsigned char)*p->at)) p->at++; }

static int take(parser *p, const char *token)
{
    size_t n = strlen(token);
    blanks(p);
    if (strncmp(p->at, token, n) || (isalpha((unsigned char)token[0]) && (isalnum((unsigned char)p->at[n]) || p->at[n] == '.'))) return 0;
    p->at += n;
    return 1;
}

static int word_of(parser *p, char *out, size_t room)
{
    size_t n = 0;
    blanks(p);
    while (isalnum((unsigned char)p->at[n]) || p->at[n] == '.') n++;
    if (n == 0 || n >= room) return 0;
    memcpy(out, p->at, n);
    out[n] = 0;
    p->at += n;
    return 1;
}

static int add(parser *p, filter_node node)
{
    if (p->f->count == (int)(sizeof p->f->nodes / sizeof p->f->nodes[0])) return -1;
    p->f->nodes[p->f->count] = node;
    return p->f->count++;
}

static int value_of(parser *p, uint64_t *value)
{
    char text[64], *end;
    if (!word_of(p, text, sizeof text)) return 0;
    for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++)
        if (!strcmp(macros[i].name, text)) { *value = macros[i].value; return 1; }
    *value = strtoull(text, &end, 0);
    return *end == 0;
}

static int test(parser *p)
{
    static const struct { const char *text; int operation; } operations[] = {
        { "==", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE }, { ">=", OP_GE }, { "<", OP_LT }, { ">", OP_GT }, { "=", OP_EQ } };
    filter_node node = { NODE_TEST, -1, OP_NE, 0, 0, 0, 0 };
    char name[64];
    while (take(p, "not") || (p->at[0] == '!' && p->at[1] != '=' && take(p, "!"))) node.negated ^= 1;
    if (!word_of(p, name, sizeof name)) return -1;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!strcmp(fields[i].name, name) && (fields[i].layer == BOTH || (fields[i].layer == NETWORK) == (p->layer == LAYER_NETWORK)))
            node.field = fields[i].field;
    if (node.field < 0) return -1;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (take(p, operations[i].text)) {
            node.operation = operations[i].operation;
            return value_of(p, &node.value) ? add(p, node) : -1;
        }
    return add(p, node);
}

static int either(parser *p);

static int factor(parser *p)
{
    int inner;
    if (!take(p, "(")) return test(p);
    inner = either(p);
    return inner >= 0 && take(p, ")") ? inner : -1;
}

static int both(parser *p)
{
    int left = factor(p);
    while (left >= 0 && (take(p, "and") || take(p, "&&"))) {
        int right = factor(p);
        left = right < 0 ? -1 : add(p, (filter_node){ NODE_AND, 0, 0, 0, left, right, 0 });
    }
    return left;
}

static int either(parser *p)
{
    int left = both(p);
    while (left >= 0 && (take(p, "or") || take(p, "||"))) {
        int right = both(p);
        left = right < 0 ? -1 : add(p, (filter_node){ NODE_OR, 0, 0, 0, left, right, 0 });
    }
    return left;
}

int filter_compile(filter *f, const char *text, int layer)
{
    parser p = { text, f, layer };
    f->count = 0;
    f->root = either(&p);
    blanks(&p);
    return f->root >= 0 && *p.at == 0;
}

/* The value of a field; 0 in *present when the packet lacks the header: such a test is false even when negated. */
static uint64_t read_field(int field, const address *a, const uint8_t *packet, packet_view v, int *present)
{
    const uint8_t *t = packet ? packet + v.transport : NULL;
    int protocol = packet ? v.protocol : a->socket.protocol;
    *present = 1;
    switch (field) {
    case F_TRUE: return 1;
    case F_FALSE: return 0;
    case F_OUTBOUND: return packet ? (a->flags & ADDRESS_OUTBOUND) != 0 : a->event == EVENT_CONNECT;
    case F_INBOUND: return packet ? (a->flags & ADDRESS_OUTBOUND) == 0 : a->event == EVENT_ACCEPT;
    case F_LOOPBACK: return (a->flags & ADDRESS_LOOPBACK) != 0;
    case F_IMPOSTOR: return (a->flags & ADDRESS_IMPOSTOR) != 0;
    case F_IP: return (a->flags & ADDRESS_IPV6) == 0;
    case F_IPV6: return (a->flags & ADDRESS_IPV6) != 0;
    case F_TCP: return protocol == 6 && (!packet || v.transport);
    case F_UDP: return protocol == 17 && (!packet || v.transport);
    case F_EVENT: return a->event;
    case F_PROCESS: return a->socket.process;
    case F_PROTOCOL: return (uint64_t)protocol;
    case F_LOCAL_PORT: if (!packet) return a->socket.local_port; break;
    case F_REMOTE_PORT: if (!packet) return a->socket.remote_port; break;
    }
    if (!packet || !v.transport || (field >= F_TCP_SRC && field <= F_TCP_RST && protocol != 6) || (field >= F_UDP_SRC && protocol != 17)) {
        *present = 0;
        return 0;
    }
    switch (field) {
    case F_LOCAL_PORT: return be16(t + (a->flags & ADDRESS_OUTBOUND ? 0 : 2));
    case F_REMOTE_PORT: return be16(t + (a->flags & ADDRESS_OUTBOUND ? 2 : 0));
    case F_TCP_SRC: case F_UDP_SRC: return be16(t);
    case F_TCP_DST: case F_UDP_DST: return be16(t + 2);
    case F_TCP_SYN: return t[13] >> 1 & 1;
    case F_TCP_ACK: return t[13] >> 4 & 1;
    case F_TCP_FIN: return t[13] & 1;
    default: return t[13] >> 2 & 1;
    }
}

static int evaluate(const filter *f, int at, const address *a, const uint8_t *packet, packet_view v)
{
    const filter_node *n = &f->nodes[at];
    int present, result;
    uint64_t value;
    if (n->kind == NODE_AND) return evaluate(f, n->left, a, packet, v) && evaluate(f, n->right, a, packet, v);
    if (n->kind == NODE_OR) return evaluate(f, n->left, a, packet, v) || evaluate(f, n->right, a, packet, v);
    value = read_field(n->field, a, packet, v, &present);
    if (!present) return 0;
    switch (n->operation) {
    case OP_EQ: result = value == n->value; break;
    case OP_NE: result = value != n->value; break;
    case OP_LT: result = value < n->value; break;
    case OP_GT: result = value > n->value; break;
    case OP_LE: result = value <= n->value; break;
    default: result = value >= n->value; break;
    }
    return result != n->negated;
}

int filter_matches(const filter *f, const address *a, const uint8_t *packet, packet_view v) { return evaluate(f, f->root, a, packet, v); }
