/* Linux system calls from a Windows program: a process of Wine is a Linux process. Test double only, see README.md. */
#ifndef LINUX_CALL_H
#define LINUX_CALL_H
#include <stdint.h>

typedef intptr_t word; /* long has 32 bits here */

static inline word linux_call6(word number, word a, word b, word c, word d, word e, word f)
{
    word result;
    register word r10 __asm__("r10") = d;
    register word r8 __asm__("r8") = e;
    register word r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

static inline word linux_call(word number, word a, word b, word c, word d, word e) { return linux_call6(number, a, b, c, d, e, 0); }

enum {
    LINUX_READ = 0, LINUX_WRITE = 1, LINUX_OPEN = 2, LINUX_CLOSE = 3, LINUX_POLL = 7, LINUX_IOCTL = 16, LINUX_SOCKET = 41,
    LINUX_SENDTO = 44, LINUX_RECVFROM = 45, LINUX_BIND = 49, LINUX_SETNS = 308
};

enum { LINUX_EINTR = 4, LINUX_EAGAIN = 11, LINUX_O_RDWR = 2, LINUX_O_NONBLOCK = 04000, LINUX_POLLIN = 1 };

struct linux_pollfd { int fd; short events, revents; };

#endif
