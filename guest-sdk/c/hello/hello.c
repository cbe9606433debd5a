#include <gantry.h>

GANTRY_PLUGIN("hello", "0.1.0", .summary = "Says hello.")

GANTRY_COMMAND(hello, "Says hello, again and again.",
               GANTRY_TEXT_OR(name, "robot", .summary = "Whom to greet."),
               GANTRY_NUMBER_OR(interval, 1.0, .unit = "s", .summary = "Time between two greetings.")) {
    for (;;) {
        gantry_info("Hello, %s!", args->name);
        GANTRY_TRY(gantry_wait(args->interval));
    }
}
