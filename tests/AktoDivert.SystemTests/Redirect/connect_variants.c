// connect_variants KIND ADDRESS PORT [SOURCE | DEVICE]: connects in one of the ways programs do, asks both names of the socket, exchanges
// a line, and prints   result=0|ERRNO peer=ADDRESS:PORT local=ADDRESS reply=TEXT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

static int connect_by_io_uring(int fd, struct sockaddr *to, socklen_t size)
{
    struct io_uring_params p = { 0 };
    int ring = syscall(SYS_io_uring_setup, 4, &p);
    if (ring < 0)
        return -1;
    char *sq = mmap(0, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    char *cq = mmap(0, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
    struct io_uring_sqe *sqes = mmap(0, p.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    memset(sqes, 0, sizeof(*sqes));
    sqes->opcode = IORING_OP_CONNECT;
    sqes->fd = fd;
    sqes->flags = IOSQE_ASYNC;      // by a kernel worker thread, not the caller's
    sqes->addr = (unsigned long)to;
    sqes->off = size;
    ((unsigned *)(sq + p.sq_off.array))[0] = 0;
    __atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) < 0)
        return -1;
    int result = ((struct io_uring_cqe *)(cq + p.cq_off.cqes))->res;
    errno = -result;
    return result < 0 ? -1 : 0;
}

static void print_address(const char *label, struct sockaddr_storage *address, int with_port)
{
    char text[INET6_ADDRSTRLEN];
    struct sockaddr_in *v4 = (void *)address;
    struct sockaddr_in6 *v6 = (void *)address;
    int is_v4 = address->ss_family == AF_INET;
    inet_ntop(address->ss_family, is_v4 ? (void *)&v4->sin_addr : (void *)&v6->sin6_addr, text, sizeof(text));
    printf(with_port ? " %s=%s:%d" : " %s=%s", label, text, ntohs(is_v4 ? v4->sin_port : v6->sin6_port));
}

int main(int argc, char **argv)
{
    const char *kind = argv[1], *extra = argc > 4 ? argv[4] : "";
    struct sockaddr_storage to = { 0 }, name;
    struct sockaddr_in *v4 = (void *)&to;
    struct sockaddr_in6 *v6 = (void *)&to;
    socklen_t size = sizeof(*v6), length = sizeof(name);
    int udp = !strncmp(kind, "udp", 3), result, sent = 0;

    if (strchr(argv[2], ':')) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(atoi(argv[3]));
        inet_pton(AF_INET6, argv[2], &v6->sin6_addr);
    } else {
        size = sizeof(*v4);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(atoi(argv[3]));
        inet_pton(AF_INET, argv[2], &v4->sin_addr);
    }
    int fd = socket(to.ss_family, udp ? SOCK_DGRAM : SOCK_STREAM | (strcmp(kind, "nonblock") ? 0 : SOCK_NONBLOCK), strcmp(kind, "mptcp") ? 0 : IPPROTO_MPTCP);
    if (fd < 0) {
        printf("result=%d socket\n", errno);
        return 0;
    }
    if (!strcmp(kind, "bound")) {
        struct sockaddr_storage from = { .ss_family = to.ss_family };
        inet_pton(to.ss_family, extra, to.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&from)->sin_addr : (void *)&((struct sockaddr_in6 *)&from)->sin6_addr);
        if (bind(fd, (void *)&from, size))
            perror("bind");
    }
    if (!strcmp(kind, "device") && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, extra, strlen(extra)))
        perror("SO_BINDTODEVICE");

    if (!strcmp(kind, "io_uring"))
        result = connect_by_io_uring(fd, (void *)&to, size);
    else if (!strcmp(kind, "tfo"))
        result = (sent = sendto(fd, request, sizeof(request) - 1, MSG_FASTOPEN, (void *)&to, size)) < 0 ? -1 : 0;
    else if (!strcmp(kind, "udp-send"))
        result = sendto(fd, request, sizeof(request) - 1, 0, (void *)&to, size) < 0 ? -1 : 0;
    else
        result = connect(fd, (void *)&to, size);
    if (result && errno == EINPROGRESS) {
        struct pollfd writable = { fd, POLLOUT, 0 };
        socklen_t four = sizeof(result);
        poll(&writable, 1, 5000);
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &four);
        errno = result;
    }
    printf("result=%d", result ? errno : 0);
    if (result || udp) {
        printf("\n");
        return 0;
    }
    getpeername(fd, (void *)&name, &length);
    print_address("peer", &name, 1);
    length = sizeof(name);
    getsockname(fd, (void *)&name, &length);
    print_address("local", &name, 0);
    if (!sent)
        send(fd, request, sizeof(request) - 1, 0);
    char reply[512] = "";
    struct pollfd readable = { fd, POLLIN, 0 };
    poll(&readable, 1, 5000);
    int count = recv(fd, reply, sizeof(reply) - 1, 0);
    printf(" reply=%s\n", count > 5 ? reply + count - 5 : "none");
    return 0;
}
