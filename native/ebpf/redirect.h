/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What the programs and the agent share. Every structure is naturally aligned and without holes; the agent's mirror
 * (src/AktoDivert.Redirect/Linux/Interop/KernelLayout.cs) has the same sizes, and a unit test holds both to them.
 * An address is always 16 bytes: IPv4 in its v4-mapped form.
 */
#ifndef REDIRECT_H
#define REDIRECT_H

#define NAME_LENGTH 64      /* a longer name is cut to 63 bytes on both sides */

#define FLAG_DENY_QUIC 1
#define FLAG_SCOPE_ALL 2
#define FLAG_ALL_CANDIDATES 4   /* some path glob has no literal component: user space looks at every exec */
#define FLAG_DIRECT 8           /* connections to some destinations go direct, unless they are for a host that is intercepted */

struct config {             /* 40 bytes; all zero until the agent is ready, which means: redirect nothing */
    __u64 netns;            /* cookie of the network namespace the listener is in */
    __u64 heartbeat_ns;     /* a beat older than this and connections go direct */
    __u32 own_tgid;
    __u32 flags;
    __u16 port_v4;          /* listener ports, host order; 0: no listener of this family */
    __u16 port_v6;
    __u32 reserved;
    __u64 reserved2;
};

struct address { __u8 bytes[16]; };

struct source {             /* 24 bytes: the local address the route to a destination gives */
    struct address address;
    __u64 learned_ns;
};

struct name { char bytes[NAME_LENGTH]; };

#define NAME_SELECTED 1     /* an executable of this name is selected, without asking user space */
#define NAME_CANDIDATE 2    /* an executable of this name is for user space to decide */
#define NAME_DIRECTORY 4    /* a directory of this name above the executable makes it a candidate */

struct name_rule { __u32 flags; __u32 app; };

struct file_id { __u64 inode; __u32 device; __u32 reserved; };   /* device as the kernel encodes it: major << 20 | minor */

#define PROCESS_UNDECIDED 1 /* redirected, so that no connect is missed; user space decides at the latest when it accepts */
#define PROCESS_SELECTED 2

struct process { __u32 state; __u32 app; __u32 root; __u32 reserved; };  /* root: the tgid that matched, itself or an ancestor */

struct flow {               /* 128 bytes */
    __u64 cookie;
    __u64 start_ns;         /* start time and exec count name one program run of a tgid */
    __u64 exec_id;
    __u32 tgid;
    __u32 uid;
    __u32 state;            /* 0: scope all, the process is in no table */
    __u32 app;
    __u32 root;
    __u16 port;             /* host order */
    __u16 source_known;     /* the local address for this destination was learned lately */
    struct address destination;
    struct name executable;
};

struct peer {               /* 32 bytes: the far end of an accepted connection, as accept() tells it */
    __u64 netns;
    struct address address;
    __u32 port;             /* host order */
    __u32 reserved;
};

struct destination {        /* 24 bytes: one whose connections go direct */
    struct address address;
    __u16 port;             /* host order */
    __u16 reserved;
    __u32 reserved2;
};

struct direct_value { __u64 until_ns; __u64 generation; };

/*
 * Which hosts direct connections may not be for, as prefixes of host names that are written backwards: "moc.ianepo" and a zero is openai.com,
 * "moc.ianepo." all below it. The longest prefix decides. Each generation of them has an entry with no text, so that one without any entry is
 * not taken for one that forbids nothing.
 */
struct host_key {           /* 80 bytes, the key of a trie: the bits that count, then what they are of */
    __u32 bits;
    __u32 reserved;
    __u64 generation;
    struct name backwards;
};

#define HOST_PASSES 1
#define HOST_INTERCEPTED 2

#define HELLO_AWAITED 0
#define HELLO_PASSED 1
#define HELLO_REFUSED 2

struct direct_flow {        /* 144 bytes: what a direct socket remembers */
    struct flow flow;
    __u64 generation;
    __u32 hello;
    __u32 reserved;
};

#define DIRECT_PASSED 1     /* what it sent first may leave */
#define DIRECT_REFUSED 2    /* it may not, and is held back: the socket has to be destroyed */
#define DIRECT_ENDED 3
#define DIRECT_UNWATCHED 4  /* it could not be watched, since another program does so or it sent data with its SYN: to be destroyed too */

struct direct_event {       /* 256 bytes */
    __u32 kind;
    __u32 local_port;       /* host order */
    struct address local;
    __u64 sent;             /* bytes that the far end acknowledged, and bytes received */
    __u64 received;
    __u64 reserved;
    struct name name;       /* what the ClientHello asked for, as sent; empty without one, or when it cannot be read */
    struct direct_flow direct;
};

struct exec_event { __u32 tgid; __u32 reserved; };

enum counter {
    COUNTER_SEEN,
    COUNTER_REDIRECTED,
    COUNTER_QUIC_DENIED,
    COUNTER_NOT_SELECTED,
    COUNTER_OWN,
    COUNTER_OTHER_NETNS,
    COUNTER_BOUND_TO_DEVICE,
    COUNTER_HEARTBEAT_LATE,
    COUNTER_NO_LISTENER,
    COUNTER_LOST,
    COUNTER_DIRECT,
    COUNTER_DIRECT_REFUSED,
    COUNTER_EVENTS_LOST,
    COUNTER_COUNT,
};

#endif
