// Client requests are inline assembly in a header, which only C can include.
#include <sys/mman.h>
#include <valgrind/callgrind.h>

// Valgrind maps libraries below 4 GB, where the runtime's compiler cannot encode some calls and compiles their methods again without any
// optimisation. Preloaded, this library takes that space, so that the runtime lies above it as it does everywhere else.
__attribute__((constructor)) static void take_low_addresses(void) {
    mmap(0, 6UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

void zero_stats(void) { CALLGRIND_ZERO_STATS; }

void dump_stats(void) { CALLGRIND_DUMP_STATS; }
