#include <gantry.h>

GANTRY_PLUGIN("hello", "0.1.0", .summary = "Says hello.")

GANTRY_COMMAND(hello, "Says hello, again and again.",
               GANTRY_TEXT_OR(name, "robot", .summary = "Whom to greet."),
               GANTRY_NUMBER_OR(interval, 1.0, .unit = "s", .summary = "Time between two greetings.")) {
    gantry_status status;
    do {
        gantry_info("Hello, %s!", args->name);
        status = gantry_wait(args->interval);
    } while (status == GANTRY_OK);
    /* Reached when the run is canceled, too. */
    gantry_info("Goodbye, %s!", args->name);
    return status;
}
