/* Prints its process id and waits until its input ends: stands for an app whose connections a test reports. */
#include <stdio.h>
#include <windows.h>

int main(void)
{
    printf("pid %lu\n", (unsigned long)GetCurrentProcessId());
    fflush(stdout);
    while (getchar() != EOF) { }
    return 0;
}
