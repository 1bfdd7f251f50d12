/*
 * A TEST DOUBLE for WinDivert.dll 2.2: same exports, same calling convention, none of its code. Under Wine it lets the shipped Windows
 * build redirect real packets of Linux programs. What it copies of the driver, and what not, is in README.md.
 *
 * Two TUN devices stand for the network stack's two sides: packets that programs send come out of the one ("app"), packets of the network
 * come out of the other ("wire"). Between them stand the open handles, in the order of their priorities.
 *
 * WINDIVERT_STANDIN="APP WIRE NAMESPACE PORT": names of the devices, path of the network namespace that gets WIRE, UDP port on 127.0.0.1 for
 * socket events.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <tlhelp32.h>
#include "filter.h"
#include "linux_call.h"

#define API __declspec(dllexport)
enum { FLAG_SNIFF = 1, FLAG_DROP = 2, FLAG_RECV_ONLY = 4, FLAG_SEND_ONLY = 8 };
enum { MOST_HANDLES = 32, LONGEST_PACKET = 40 + 0xffff, TUN_PACKET = 2048 };

typedef struct queued { struct queued *next; address a; unsigned length; uint8_t packet[]; } queued;

typedef struct {
    int used, layer, shut, order;
    INT16 priority;
    UINT64 flags, parameters[8];
    filter f;
    queued *first, **last;
    unsigned waiting;
    CONDITION_VARIABLE arrived;
} handle;

static CRITICAL_SECTION gate;
static handle handles[MOST_HANDLES];
static int started, opened, app_device = -1, wire_device = -1, event_socket = -1;

static int64_t now(void) { LARGE_INTEGER t; QueryPerformanceCounter(&t); return t.QuadPart; }

static void transmit(int device, const uint8_t *packet, unsigned length)
{
    while (linux_call(LINUX_WRITE, device, (word)packet, length, 0, 0) == -LINUX_EINTR) { }
}

static void enqueue(handle *h, const address *a, const uint8_t *packet, unsigned length)
{
    queued *q = malloc(sizeof *q + length);
    if (!q) return;
    *q = (queued){ NULL, *a, length };
    if (length) memcpy(q->packet, packet, length);
    while (h->waiting >= h->parameters[0]) { /* the oldest goes, silently */
        queued *oldest = h->first;
        h->first = oldest->next;
        if (!h->first) h->last = &h->first;
        h->waiting--;
        free(oldest);
    }
    *h->last = q;
    h->last = &q->next;
    h->waiting++;
    WakeAllConditionVariable(&h->arrived);
}

/* The next open handle of a layer below a priority; of equals the one that was opened first. */
static handle *next_below(int layer, int priority, int order)
{
    handle *best = NULL;
    for (int i = 0; i < MOST_HANDLES; i++) {
        handle *h = &handles[i];
        if (!h->used || h->layer != layer || h->shut || h->flags & FLAG_SEND_ONLY) continue;
        if (h->priority > priority || (h->priority == priority && h->order <= order)) continue;
        if (!best || h->priority > best->priority || (h->priority == best->priority && h->order < best->order)) best = h;
    }
    return best;
}

/* Shows a packet to the handles below a priority, then sends it where it goes. Called with the gate held. */
static void pass(const uint8_t *packet, unsigned length, address a, int priority, int order)
{
    packet_view v = look_at(packet, length);
    handle *h;
    a.layer = LAYER_NETWORK;
    a.event = EVENT_PACKET;
    a.timestamp = now();
    a.flags = (uint8_t)((a.flags & ~ADDRESS_IPV6) | (v.version == 6 ? ADDRESS_IPV6 : 0));
    while ((h = next_below(LAYER_NETWORK, priority, order)) != NULL) {
        priority = h->priority;
        order = h->order;
        if (!filter_matches(&h->f, &a, packet, v)) continue;
        if (h->flags & FLAG_SNIFF) {
            address copy = a;
            copy.flags |= ADDRESS_SNIFFED;
            enqueue(h, &copy, packet, length);
            continue;
        }
        if (!(h->flags & FLAG_DROP)) enqueue(h, &a, packet, length);
        return;
    }
    transmit(a.flags & ADDRESS_OUTBOUND ? wire_device : app_device, packet, length);
}

/* The process of the agent's program that this one started last; Wine starts some of its own beside it. */
static DWORD newest_child(void)
{
    PROCESSENTRY32 entry = { .dwSize = sizeof entry };
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    ULONGLONG newest = 0;
    DWORD found = 0;
    for (BOOL more = Process32First(all, &entry); more; more = Process32Next(all, &entry)) {
        FILETIME created, exited, kernel, user;
        HANDLE process;
        if (entry.th32ParentProcessID != GetCurrentProcessId() || _stricmp(entry.szExeFile, "aktodivert.exe")) continue;
        process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, entry.th32ProcessID);
        if (process && GetProcessTimes(process, &created, &exited, &kernel, &user)) {
            ULONGLONG at = (ULONGLONG)created.dwHighDateTime << 32 | created.dwLowDateTime;
            if (at >= newest) { newest = at; found = entry.th32ProcessID; }
        }
        if (process) CloseHandle(process);
    }
    CloseHandle(all);
    return found;
}

static int raise_event(const address *event);

/*
 * The agent's self test connects to TEST-NET-1 from a child process, whose socket nobody reports. The driver would know the process; here it
 * is the child that was started last.
 */
static void report_self_test(const uint8_t *packet, unsigned length)
{
    packet_view v = look_at(packet, length);
    address a = { 0 };
    if (v.version != 4 || v.protocol != 6 || !v.transport || memcmp(packet + 16, "\xc0\x00\x02\x01", 4) || (packet[v.transport + 13] & 0x12) != 2) return;
    a.timestamp = now();
    a.layer = LAYER_SOCKET;
    a.event = EVENT_CONNECT;
    a.flags = ADDRESS_OUTBOUND;
    a.socket.process = newest_child();
    for (int i = 0; i < 4; i++) {
        a.socket.local[0] = a.socket.local[0] << 8 | packet[12 + i];
        a.socket.remote[0] = a.socket.remote[0] << 8 | packet[16 + i];
    }
    a.socket.local[1] = a.socket.remote[1] = 0xffff;
    a.socket.local_port = be16(packet + v.transport);
    a.socket.remote_port = be16(packet + v.transport + 2);
    a.socket.protocol = 6;
    if (getenv("WINDIVERT_STANDIN_TRACE")) fprintf(stderr, "windivert-standin: self test from port %u by process %u\n", a.socket.local_port, (unsigned)a.socket.process);
    raise_event(&a);
}

static DWORD WINAPI read_device(void *argument)
{
    int outbound = argument != NULL, device = outbound ? app_device : wire_device;
    uint8_t packet[TUN_PACKET];
    for (;;) {
        struct linux_pollfd p = { device, LINUX_POLLIN, 0 };
        word n;
        linux_call(LINUX_POLL, (word)&p, 1, 1000, 0, 0);
        n = linux_call(LINUX_READ, device, (word)packet, sizeof packet, 0, 0);
        if (n == -LINUX_EINTR || n == -LINUX_EAGAIN) continue;
        if (n <= 0) return 0;
        address a = { 0 };
        a.flags = ADDRESS_IP_CHECKSUM | ADDRESS_TCP_CHECKSUM | ADDRESS_UDP_CHECKSUM | (outbound ? ADDRESS_OUTBOUND : 0);
        a.network.interface_index = 1;
        if (outbound) report_self_test(packet, (unsigned)n);
        EnterCriticalSection(&gate);
        pass(packet, (unsigned)n, a, 30001, 0);
        LeaveCriticalSection(&gate);
    }
}

/* A socket event from the test. Returns whether a handle that does not only look refuses the operation. */
static int raise_event(const address *event)
{
    int priority = 30001, order = 0, refused = 0;
    handle *h;
    EnterCriticalSection(&gate);
    while (!refused && (h = next_below(LAYER_SOCKET, priority, order)) != NULL) {
        priority = h->priority;
        order = h->order;
        if (!filter_matches(&h->f, event, NULL, (packet_view){ 0 })) continue;
        refused = !(h->flags & FLAG_SNIFF);
        if (!(h->flags & FLAG_DROP)) enqueue(h, event, NULL, 0);
    }
    LeaveCriticalSection(&gate);
    return refused;
}

static void set_ipv4(uint32_t words[4], const char *text)
{
    unsigned a = 0, b = 0, c = 0, d = 0;
    sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d);
    words[0] = a << 24 | b << 16 | c << 8 | d;
    words[1] = 0xffff;
    words[2] = words[3] = 0;
}

/* "connect tcp PID LOCAL PORT REMOTE PORT" or "close ...", IPv4; answered with "refused" or "passed". */
static DWORD WINAPI read_events(void *argument)
{
    char text[256], verb[16], protocol[16], local[64], remote[64];
    uint8_t peer[16];
    (void)argument;
    for (;;) {
        int peer_length = sizeof peer;
        struct linux_pollfd p = { event_socket, LINUX_POLLIN, 0 };
        unsigned process, local_port, remote_port;
        word n;
        linux_call(LINUX_POLL, (word)&p, 1, 1000, 0, 0);
        n = linux_call6(LINUX_RECVFROM, event_socket, (word)text, sizeof text - 1, 0, (word)peer, (word)&peer_length);
        if (n == -LINUX_EINTR || n == -LINUX_EAGAIN) continue;
        if (n < 0) return 0;
        text[n] = 0;
        if (sscanf(text, "%15s %15s %u %63s %u %63s %u", verb, protocol, &process, local, &local_port, remote, &remote_port) != 7) continue;
        address a = { 0 };
        a.timestamp = now();
        a.layer = LAYER_SOCKET;
        a.event = !strcmp(verb, "connect") ? EVENT_CONNECT : EVENT_CLOSE;
        a.flags = ADDRESS_OUTBOUND;
        a.socket.endpoint = (uint64_t)process << 32 | local_port;
        a.socket.process = process;
        set_ipv4(a.socket.local, local);
        set_ipv4(a.socket.remote, remote);
        a.socket.local_port = (uint16_t)local_port;
        a.socket.remote_port = (uint16_t)remote_port;
        a.socket.protocol = !strcmp(protocol, "udp") ? 17 : 6;
        const char *answer = raise_event(&a) ? "refused" : "passed";
        linux_call6(LINUX_SENDTO, event_socket, (word)answer, (word)strlen(answer), 0, (word)peer, peer_length);
    }
}

static int open_device(const char *name)
{
    struct { char name[16]; short flags; char rest[22]; } request = { { 0 }, 0x1001, { 0 } }; /* IFF_TUN | IFF_NO_PI */
    int device = (int)linux_call(LINUX_OPEN, (word)"/dev/net/tun", LINUX_O_RDWR | LINUX_O_NONBLOCK, 0, 0, 0);
    strncpy(request.name, name, 15);
    if (device >= 0 && linux_call(LINUX_IOCTL, device, 0x400454ca /* TUNSETIFF */, (word)&request, 0, 0) < 0) {
        linux_call(LINUX_CLOSE, device, 0, 0, 0, 0);
        return -1;
    }
    return device;
}

/* Opens WIRE in the other namespace: a namespace is a property of a thread, so this one goes there and comes back. */
static int open_device_in(const char *name, const char *name_space)
{
    int home = (int)linux_call(LINUX_OPEN, (word)"/proc/thread-self/ns/net", 0, 0, 0, 0), device = -1;
    int there = (int)linux_call(LINUX_OPEN, (word)name_space, 0, 0, 0, 0);
    if (home >= 0 && there >= 0 && linux_call(LINUX_SETNS, there, 0x40000000, 0, 0, 0) == 0) {
        device = open_device(name);
        linux_call(LINUX_SETNS, home, 0x40000000, 0, 0, 0);
    }
    linux_call(LINUX_CLOSE, home, 0, 0, 0, 0);
    linux_call(LINUX_CLOSE, there, 0, 0, 0, 0);
    return device;
}

/* With the gate held. Returns 0 or an error code of Windows. */
static DWORD start(void)
{
    char app[16], wire[16], name_space[128];
    unsigned port;
    const char *setting = getenv("WINDIVERT_STANDIN");
    struct { uint16_t family; uint8_t port[2], ip[4], zero[8]; } at = { 2, { 0 }, { 127, 0, 0, 1 }, { 0 } };
    if (started) return 0;
    if (!setting || sscanf(setting, "%15s %15s %127s %u", app, wire, name_space, &port) != 4) return ERROR_FILE_NOT_FOUND;
    at.port[0] = (uint8_t)(port >> 8);
    at.port[1] = (uint8_t)port;
    app_device = open_device(app);
    wire_device = open_device_in(wire, name_space);
    event_socket = (int)linux_call(LINUX_SOCKET, 2, 2 | LINUX_O_NONBLOCK, 0, 0, 0);
    if (app_device < 0 || wire_device < 0 || event_socket < 0 || linux_call(LINUX_BIND, event_socket, (word)&at, sizeof at, 0, 0) < 0)
        return ERROR_ACCESS_DENIED;
    CloseHandle(CreateThread(NULL, 0, read_device, (void *)1, 0, NULL));
    CloseHandle(CreateThread(NULL, 0, read_device, NULL, 0, NULL));
    CloseHandle(CreateThread(NULL, 0, read_events, NULL, 0, NULL));
    started = 1;
    return 0;
}

static handle *known(HANDLE value)
{
    handle *h = value;
    return h >= handles && h < handles + MOST_HANDLES && h->used ? h : NULL;
}

API HANDLE WinDivertOpen(const char *text, int layer, INT16 priority, UINT64 flags)
{
    filter f;
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    handle *result = NULL;
    if ((layer != LAYER_NETWORK && layer != LAYER_SOCKET) || !filter_compile(&f, text, layer)) {
        fprintf(stderr, "windivert-standin: refused layer %d, filter: %s\n", layer, text);
        SetLastError(ERROR_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    EnterCriticalSection(&gate);
    if ((error = start()) == 0) {
        error = ERROR_NOT_ENOUGH_MEMORY;
        for (int i = 0; i < MOST_HANDLES && !result; i++)
            if (!handles[i].used) result = &handles[i];
    }
    if (result) {
        *result = (handle){ .used = 1, .layer = layer, .priority = priority, .flags = flags, .order = ++opened, .f = f };
        result->parameters[0] = 4096;
        result->parameters[1] = 2000;
        result->parameters[2] = 4194304;
        result->parameters[3] = result->parameters[4] = 2;
        result->last = &result->first;
        InitializeConditionVariable(&result->arrived);
    }
    LeaveCriticalSection(&gate);
    if (getenv("WINDIVERT_STANDIN_TRACE")) fprintf(stderr, "windivert-standin: open %p layer %d priority %d flags %llu: %s\n", (void *)result, layer, priority, (unsigned long long)flags, text);
    if (!result) SetLastError(error);
    return result ? (HANDLE)result : INVALID_HANDLE_VALUE;
}

API BOOL WinDivertRecvEx(HANDLE value, void *packets, UINT room, UINT *length, UINT64 flags, address *addresses, UINT *address_bytes, LPOVERLAPPED overlapped)
{
    UINT used = 0, count = 0, most = addresses ? (address_bytes ? *address_bytes / sizeof(address) : 1) : 0;
    DWORD error = 0;
    handle *h;
    (void)flags;
    if (overlapped || most == 0) { SetLastError(ERROR_INVALID_PARAMETER); return FALSE; }
    EnterCriticalSection(&gate);
    h = known(value);
    while (h && h->used && !h->first && !(h->shut & 1)) SleepConditionVariableCS(&h->arrived, &gate, INFINITE);
    if (!h || !h->used) error = ERROR_OPERATION_ABORTED;
    else if (!h->first) error = ERROR_NO_DATA;
    else if (h->first->length > room) error = ERROR_INSUFFICIENT_BUFFER;
    while (!error && h->first && count < most && used + h->first->length <= room) {
        queued *q = h->first;
        h->first = q->next;
        if (!h->first) h->last = &h->first;
        h->waiting--;
        if (q->length) memcpy((uint8_t *)packets + used, q->packet, q->length);
        addresses[count++] = q->a;
        used += q->length;
        free(q);
    }
    LeaveCriticalSection(&gate);
    if (error) { SetLastError(error); return FALSE; }
    if (length) *length = used;
    if (address_bytes) *address_bytes = count * sizeof(address);
    return TRUE;
}

API BOOL WinDivertSendEx(HANDLE value, const void *packets, UINT bytes, UINT *sent, UINT64 flags, const address *addresses, UINT address_bytes, LPOVERLAPPED overlapped)
{
    uint8_t packet[LONGEST_PACKET];
    const uint8_t *at = packets;
    UINT left = bytes, count = address_bytes / sizeof(address);
    handle *h;
    (void)flags;
    EnterCriticalSection(&gate);
    h = known(value);
    if (!h || overlapped || h->flags & FLAG_RECV_ONLY || h->shut & 2) {
        LeaveCriticalSection(&gate);
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    for (UINT i = 0; i < count; i++) {
        packet_view v = look_at(at, left);
        if (v.length == 0) {
            LeaveCriticalSection(&gate);
            SetLastError(ERROR_INVALID_PARAMETER);
            return FALSE;
        }
        memcpy(packet, at, (size_t)v.length);
        complete_checksums(packet, v, addresses[i].flags);
        address a = addresses[i];
        a.flags |= ADDRESS_IMPOSTOR | ADDRESS_IP_CHECKSUM | ADDRESS_TCP_CHECKSUM | ADDRESS_UDP_CHECKSUM;
        pass(packet, (unsigned)v.length, a, h->priority, h->order);
        at += v.length;
        left -= (UINT)v.length;
    }
    LeaveCriticalSection(&gate);
    if (sent) *sent = bytes - left;
    return TRUE;
}

API BOOL WinDivertRecv(HANDLE h, void *packet, UINT room, UINT *length, address *a) { return WinDivertRecvEx(h, packet, room, length, 0, a, NULL, NULL); }
API BOOL WinDivertSend(HANDLE h, const void *packet, UINT bytes, UINT *sent, const address *a) { return WinDivertSendEx(h, packet, bytes, sent, 0, a, sizeof *a, NULL); }

API BOOL WinDivertShutdown(HANDLE value, int how)
{
    handle *h;
    EnterCriticalSection(&gate);
    h = known(value);
    if (h && how >= 1 && how <= 3) {
        h->shut |= how;
        WakeAllConditionVariable(&h->arrived);
    }
    LeaveCriticalSection(&gate);
    if (h && how >= 1 && how <= 3) return TRUE;
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

API BOOL WinDivertClose(HANDLE value)
{
    handle *h;
    EnterCriticalSection(&gate);
    h = known(value);
    if (h) {
        int priority = h->priority, order = h->order, sniff = (h->flags & FLAG_SNIFF) != 0, layer = h->layer;
        queued *q = h->first;
        h->used = 0;
        h->first = NULL;
        WakeAllConditionVariable(&h->arrived);
        while (q) { /* what was not received goes on its way */
            queued *next = q->next;
            if (layer == LAYER_NETWORK && !sniff) pass(q->packet, q->length, q->a, priority, order);
            free(q);
            q = next;
        }
    }
    LeaveCriticalSection(&gate);
    if (h) return TRUE;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}

API BOOL WinDivertSetParam(HANDLE value, int parameter, UINT64 number)
{
    handle *h = known(value);
    if (h && parameter >= 0 && parameter <= 2) { h->parameters[parameter] = number; return TRUE; }
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

API BOOL WinDivertGetParam(HANDLE value, int parameter, UINT64 *number)
{
    handle *h = known(value);
    if (h && parameter >= 0 && parameter <= 4) { *number = h->parameters[parameter]; return TRUE; }
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) InitializeCriticalSection(&gate);
    return TRUE;
}
