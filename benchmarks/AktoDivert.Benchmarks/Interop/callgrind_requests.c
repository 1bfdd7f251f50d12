// Client requests are inline assembly in a header, which only C can include.
#include <valgrind/callgrind.h>

void zero_stats(void) { CALLGRIND_ZERO_STATS; }

void dump_stats(void) { CALLGRIND_DUMP_STATS; }
