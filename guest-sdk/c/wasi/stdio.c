/* Lets printf() reach the log line by line, and what has no newline when the run ends. Only in
 * plugins that are built with --wasi. */
#include "../src/internal.h"

static void flush(void) {
    fflush(NULL);
}

__attribute__((constructor)) static void buffer_lines(void) {
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    gantry_at_end_ = flush;
}
