/* The part of WinDivert's filter language that the product's filters use. An unknown field or sign is refused, as the driver does. */
#ifndef FILTER_H
#define FILTER_H
#include "packet.h"

typedef struct { int kind, field, operation, negated, left, right; uint64_t value; } filter_node;
typedef struct { int count, root; filter_node nodes[600]; } filter;

/* Compiles; 0 when the text is refused. */
int filter_compile(filter *f, const char *text, int layer);

/* Whether a packet (network layer) or an event (socket layer, packet NULL) matches. */
int filter_matches(const filter *f, const address *a, const uint8_t *packet, packet_view v);

#endif
