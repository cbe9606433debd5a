#include <gantry.hpp>

const gantry::Plugin plugin{{.name = "hello", .version = "0.1.0", .summary = "Says hello."}};

const auto hello = gantry::command("hello", "Says hello, again and again.")
    .parameter("name", {.fallback = "robot", .summary = "Whom to greet."})
    .parameter("interval", {.unit = "s", .fallback = 1.0, .summary = "Time between two greetings."})
    .body([](std::string name, double interval) -> gantry::Result<> {
        // When the run is canceled, too.
        const gantry::Finally goodbye([&] { gantry::info("Goodbye, ", name, "!"); });
        for (;;) {
            gantry::info("Hello, ", name, "!");
            GANTRY_TRY(gantry::wait(interval));
        }
    });
