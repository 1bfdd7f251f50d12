/* WINDIVERT_ADDRESS of windivert.h 2.2, and the packet fields that filters and checksums need. */
#ifndef PACKET_H
#define PACKET_H
#include <stdint.h>
#include <string.h>

enum { LAYER_NETWORK = 0, LAYER_SOCKET = 3 };
enum { EVENT_PACKET = 0, EVENT_BIND = 3, EVENT_CONNECT = 4, EVENT_LISTEN = 5, EVENT_ACCEPT = 6, EVENT_CLOSE = 7 };
enum {
    ADDRESS_SNIFFED = 1, ADDRESS_OUTBOUND = 2, ADDRESS_LOOPBACK = 4, ADDRESS_IMPOSTOR = 8, ADDRESS_IPV6 = 16,
    ADDRESS_IP_CHECKSUM = 32, ADDRESS_TCP_CHECKSUM = 64, ADDRESS_UDP_CHECKSUM = 128
};

typedef struct {
    int64_t timestamp;
    uint8_t layer, event, flags, reserved1;
    uint32_t reserved2;
    union {
        struct { uint32_t interface_index, sub_interface_index; } network;
        struct {
            uint64_t endpoint, parent;
            uint32_t process;
            uint32_t local[4], remote[4];
            uint16_t local_port, remote_port;
            uint8_t protocol;
        } socket;
        uint8_t bytes[64];
    };
} address;
_Static_assert(sizeof(address) == 80, "WINDIVERT_ADDRESS has 80 bytes");

/* Offsets in a packet; transport is 0 when there is no TCP or UDP header. */
typedef struct { int version, protocol, transport, length; } packet_view;

static inline uint16_t be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }

static inline int packet_length(const uint8_t *p, unsigned room)
{
    if (room >= 20 && p[0] >> 4 == 4) return be16(p + 2);
    if (room >= 40 && p[0] >> 4 == 6) return be16(p + 4) + 40;
    return 0;
}

static inline packet_view look_at(const uint8_t *p, unsigned room)
{
    packet_view v = { 0, 0, 0, packet_length(p, room) };
    int header;
    if (v.length == 0 || (unsigned)v.length > room) { v.length = 0; return v; }
    v.version = p[0] >> 4;
    header = v.version == 4 ? (p[0] & 15) * 4 : 40;
    v.protocol = v.version == 4 ? p[9] : p[6];
    if (v.version == 4 && (be16(p + 6) & 0x1fff)) return v;
    if ((v.protocol == 6 && v.length >= header + 20) || (v.protocol == 17 && v.length >= header + 8)) v.transport = header;
    return v;
}

static inline uint32_t sum_words(const uint8_t *p, int length, uint32_t sum)
{
    for (; length > 1; p += 2, length -= 2) sum += be16(p);
    return length ? sum + (uint32_t)(p[0] << 8) : sum;
}

static inline void put_sum(uint8_t *at, uint32_t sum)
{
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    at[0] = (uint8_t)(~sum >> 8);
    at[1] = (uint8_t)~sum;
}

/* Computes the checksums that the address says are not valid, as the driver does on send. */
static inline void complete_checksums(uint8_t *p, packet_view v, uint8_t flags)
{
    int addresses = v.version == 4 ? 12 : 8, bytes = v.version == 4 ? 8 : 32, at, length;
    if (v.version == 4 && !(flags & ADDRESS_IP_CHECKSUM)) {
        p[10] = p[11] = 0;
        put_sum(p + 10, sum_words(p, (p[0] & 15) * 4, 0));
    }
    if (!v.transport || (v.protocol == 6 ? flags & ADDRESS_TCP_CHECKSUM : flags & ADDRESS_UDP_CHECKSUM)) return;
    at = v.transport + (v.protocol == 6 ? 16 : 6);
    length = v.length - v.transport;
    p[at] = p[at + 1] = 0;
    put_sum(p + at, sum_words(p + v.transport, length, sum_words(p + addresses, bytes, (uint32_t)(v.protocol + length))));
}

#endif
