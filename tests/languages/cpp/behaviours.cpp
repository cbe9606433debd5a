// The behaviour list of ../README.md, in C++.
#include <gantry.hpp>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>

#include <unistd.h>

using namespace std::chrono_literals;
using gantry::lookup;
using gantry::Result;
using gantry::Signal;
using gantry::Topic;

#define UNICODE "größe 机器人 🤖"

const gantry::Plugin plugin{{
    .name = "lang-cpp",
    .version = "0.1.0",
    .summary = "The behaviour list, in C++.",
    .reads = {"arm.*", "base.*", "robot.enabled"},
    .publishes = {"lang/*"},
}};

namespace {

// As people write them: `[1,2.5]`.
std::string list_text(const std::vector<double> &points) {
    std::string text;
    for (double point : points) {
        char number[32];
        std::snprintf(number, sizeof number, "%g", point);
        text += (text.empty() ? "" : ",") + std::string(number);
    }
    return "[" + text + "]";
}

std::string number_text(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", number);
    return text;
}

template <class T> Result<> publish(const char *name, const T &value) {
    auto topic = GANTRY_TRY(Topic<T>::open(name));
    return topic.publish(value);
}

template <class T> Result<T> read(const char *name) {
    auto topic = GANTRY_TRY(Topic<T>::open(name));
    auto value = GANTRY_TRY(topic.read());
    if (!value) return gantry::fail("nobody has published ", name);
    return *value;
}

const auto returns_values = gantry::command("returns-values", "Returns its arguments as a text.")
    .parameter("flag")
    .parameter("count")
    .parameter("ratio")
    .parameter("words")
    .parameter("points")
    .body([](bool flag, std::int64_t count, double ratio, std::string words, std::vector<double> points) {
        return std::string(flag ? "true" : "false") + " " + std::to_string(count) + " " + number_text(ratio) + " " +
               words + " " + list_text(points);
    });

const auto returns_boolean = gantry::command("returns-boolean", "Returns true.").body([] { return true; });

const auto returns_integer = gantry::command("returns-integer", "Returns 2^53 - 1.").body([] {
    return (std::int64_t{1} << 53) - 1;
});

double a_tenth() { return 0.1; }
const auto returns_number = gantry::command("returns-number", "Returns 0.1.").body(a_tenth);

const auto yields = gantry::command("yields", "Waits for ticks, and returns how many.")
    .parameter("n", {.fallback = 3})
    .body([](std::int64_t n) -> Result<std::int64_t> {
        auto start = gantry::tick();
        for (std::int64_t i = 0; i < n; i++) GANTRY_TRY(gantry::yield());
        return static_cast<std::int64_t>(gantry::tick() - start);
    });

const auto waits = gantry::command("waits", "Waits, and returns how long.")
    .parameter("seconds", {.unit = "s", .fallback = 0.1})
    .body([](double seconds) -> Result<double> {
        double start = gantry::now();
        GANTRY_TRY(gantry::wait(seconds));
        return gantry::now() - start;
    });

const auto waits_until = gantry::command("waits-until", "Waits for the topic `lang/go`, and returns `met` or `timed out`.")
    .parameter("timeout", {.unit = "s", .fallback = 0.1})
    .body([](double timeout) -> Result<std::string> {
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        return GANTRY_TRY(gantry::wait_until(go, timeout)) ? "met" : "timed out";
    });

const auto parks = gantry::command("parks", "Waits until it is canceled.").body([] { return gantry::park(); });

const auto holds = gantry::command("holds", "Holds the arm until it is canceled.")
    .requirement("arm")
    .body([] { return gantry::park(); });

const auto forks = gantry::command("forks", "Forks a command, goes on at once, and returns whether it runs.")
    .body([]() -> Result<bool> {
        auto child = GANTRY_TRY(lookup("parks"));
        GANTRY_TRY(gantry::fork(child));
        return child.is_running();
    });

const auto awaits = gantry::command("awaits", "Returns what the command that it awaits returned.")
    .body([]() -> Result<std::int64_t> {
        auto child = GANTRY_TRY(lookup("yields", {{"n", 2}}));
        return GANTRY_TRY(gantry::await(child)).get<std::int64_t>();
    });

std::string status_text(const gantry::Outcome &outcome) {
    static const char *const names[] = {"completed", "failed", "canceled", "interrupted", "other"};
    return names[static_cast<int>(outcome.status)];
}

const auto awaits_all = gantry::command("awaits-all", "Returns the outcomes of three commands.")
    .body([]() -> Result<std::string> {
        auto a = GANTRY_TRY(lookup("yields", {{"n", 1}}));
        auto b = GANTRY_TRY(lookup("fails"));
        auto c = GANTRY_TRY(lookup("returns-boolean"));
        std::string text;
        for (const auto &outcome : GANTRY_TRY(gantry::await_all({a, b, c})))
            text += (text.empty() ? "" : ", ") + status_text(outcome);
        return text;
    });

const auto awaits_any = gantry::command("awaits-any", "Returns which of three commands ended first.")
    .body([]() -> Result<std::int64_t> {
        auto a = GANTRY_TRY(lookup("parks"));
        auto b = GANTRY_TRY(gantry::Command::delay(60ms));
        auto c = GANTRY_TRY(lookup("waits", {{"seconds", 0.2}}));
        return static_cast<std::int64_t>(GANTRY_TRY(gantry::await_any({a, b, c})).index);
    });

const auto lets_go = gantry::command("lets-go", "Publishes false to `lang/holding`, a moment later.")
    .body([]() -> Result<> {
        GANTRY_TRY(gantry::wait(40ms));
        return publish("lang/holding", false);
    });

const auto takes_later = gantry::command("takes-later", "Takes the arm from whoever has it, a moment later.")
    .body([]() -> Result<> {
        GANTRY_TRY(gantry::wait(40ms));
        auto taker = GANTRY_TRY(lookup("holds")).with_priority(1).named("taker");
        return GANTRY_TRY(gantry::await(taker)).check();
    });

const auto outcomes = gantry::command("outcomes", "Returns the four ways in which a command ends.")
    .body([]() -> Result<std::string> {
        auto yields = GANTRY_TRY(lookup("yields", {{"n", 1}}));
        auto completed = GANTRY_TRY(gantry::await(yields));
        auto failed = GANTRY_TRY(gantry::await(GANTRY_TRY(lookup("fails"))));

        auto child = GANTRY_TRY(lookup("parks"));
        GANTRY_TRY(publish("lang/holding", true));
        GANTRY_TRY(GANTRY_TRY(Signal::topic("lang/holding").is_true()).while_true(child));
        GANTRY_TRY(gantry::yield());
        GANTRY_TRY(gantry::fork(GANTRY_TRY(lookup("lets-go"))));
        auto canceled = GANTRY_TRY(gantry::await(child));

        GANTRY_TRY(gantry::fork(GANTRY_TRY(lookup("takes-later"))));
        auto interrupted = GANTRY_TRY(gantry::await(GANTRY_TRY(lookup("holds"))));

        // The message names the command that failed first.
        auto failure = failed.text.substr(failed.text.rfind(": ") + 2);
        if (failed.text.rfind(": ") == std::string::npos) failure = failed.text;
        return std::to_string(GANTRY_TRY(completed.get<std::int64_t>())) + "; " + status_text(failed) + " " + failure +
               "; " + status_text(canceled) + "; interrupted by " + interrupted.text;
    });

// Publishes `lang/cleaned` at the end of its scope.
class Cleanup {
  public:
    explicit Cleanup(std::string call) : call_(std::move(call)) {}
    Cleanup(const Cleanup &) = delete;
    ~Cleanup() {
        if (auto ok = publish("lang/cleaned", call_); !ok) gantry::error(ok.error().message);
    }

  private:
    std::string call_;
};

const auto cleans_up = gantry::command("cleans-up", "Parks, and publishes `lang/cleaned` when it is canceled.")
    .body([]() -> Result<> {
        Cleanup cleanup("park");
        return gantry::park();
    });

const auto cleans_up_at = gantry::command("cleans-up-at", "Waits in the call of that name, and publishes `lang/cleaned` when it is canceled.")
    .parameter("call")
    .body([](std::string call) -> Result<> {
        Cleanup cleanup(call);
        auto parks = GANTRY_TRY(lookup("parks"));
        auto yields = GANTRY_TRY(lookup("yields", {{"n", 1}}));
        auto waits = GANTRY_TRY(lookup("waits", {{"seconds", 1000.0}}));
        auto never = GANTRY_TRY(Signal::topic("lang/never").is_true());
        while (call == "yield") GANTRY_TRY(gantry::yield());
        if (call == "wait") return gantry::wait(1000s);
        if (call == "wait-until") return gantry::wait_until(never);
        if (call == "park") return gantry::park();
        if (call == "await") (void)GANTRY_TRY(gantry::await(parks));
        if (call == "await-all") (void)GANTRY_TRY(gantry::await_all({parks, yields}));
        if (call == "await-any") (void)GANTRY_TRY(gantry::await_any({parks, waits}));
        // std::this_thread has no place without threads. It returns early when the run is canceled;
        // the next call says so.
        if (call == "sleep") sleep(1000);
        return gantry::yield();
    });

const auto fails = gantry::command("fails", "Fails.").body([]() -> Result<> {
    return gantry::fail("the arm is ", "stuck");
});

const auto logs = gantry::command("logs", "Logs at each level.").body([] {
    gantry::trace(UNICODE);
    gantry::debug(UNICODE);
    gantry::info(UNICODE);
    gantry::warn(UNICODE);
    gantry::error(UNICODE);
    std::puts("printed " UNICODE);
});

const auto large_values = gantry::command("large-values", "Returns 10,000 numbers.").body([] {
    std::vector<double> numbers(10000);
    for (std::size_t n = 0; n < numbers.size(); n++) numbers[n] = static_cast<double>(n) / 2;
    return numbers;
});

const auto publishes = gantry::command("publishes", "Publishes one topic of each kind.").body([]() -> Result<> {
    GANTRY_TRY(publish("lang/boolean", true));
    GANTRY_TRY(publish("lang/integer", 42));
    GANTRY_TRY(publish("lang/number", 2.0));
    GANTRY_TRY(publish("lang/text", std::string(UNICODE)));
    return publish("lang/numbers", std::vector<double>{1, 2.5});
});

const auto reads = gantry::command("reads", "Returns what `publishes` published, and `nothing` for a topic that nobody did.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(GANTRY_TRY(gantry::await(GANTRY_TRY(lookup("publishes")))).check());
        auto nobody = GANTRY_TRY(GANTRY_TRY(Topic<bool>::open("lang/nobody")).read());
        return std::string(GANTRY_TRY(read<bool>("lang/boolean")) ? "true" : "false") + " " +
               std::to_string(GANTRY_TRY(read<int>("lang/integer"))) + " " +
               number_text(GANTRY_TRY(read<double>("lang/number"))) + " " +
               GANTRY_TRY(read<std::string>("lang/text")) + " " +
               list_text(GANTRY_TRY(read<std::vector<double>>("lang/numbers"))) + " " +
               (nobody ? "something" : "nothing");
    });

const auto counts = gantry::command("counts", "Adds one to the topic `lang/count`.").body([]() -> Result<> {
    return publish("lang/count", GANTRY_TRY(read<std::int64_t>("lang/count")) + 1);
});

const auto binds = gantry::command("binds", "Binds a command to the topic `lang/go`, publishes it twice, and returns how often it ran.")
    .body([]() -> Result<std::int64_t> {
        GANTRY_TRY(publish("lang/count", std::int64_t{0}));
        auto counts = GANTRY_TRY(lookup("counts"));
        GANTRY_TRY(GANTRY_TRY(Signal::topic("lang/go").is_true()).on_true(counts));
        for (bool go : {true, false, true, false}) {
            GANTRY_TRY(publish("lang/go", go));
            GANTRY_TRY(gantry::yield());
            GANTRY_TRY(gantry::yield());
        }
        return read<std::int64_t>("lang/count");
    });

const auto sets_default = gantry::command("sets-default", "Makes `holds` the arm's default command, and returns whether it runs.")
    .body([]() -> Result<bool> {
        auto holds = GANTRY_TRY(lookup("holds"));
        GANTRY_TRY(gantry::set_default("arm", holds));
        GANTRY_TRY(gantry::yield());
        GANTRY_TRY(gantry::yield());
        return holds.is_running();
    });

const auto config = gantry::command("config", "Returns the entries `greeting` and `pid.kp`, and the default of a third.")
    .body([]() -> Result<std::string> {
        return GANTRY_TRY(gantry::config::get_or<std::string>("greeting", "")) + " " +
               number_text(GANTRY_TRY(gantry::config::get_or("pid.kp", 0.0))) + " " +
               std::to_string(GANTRY_TRY(gantry::config::get_or("missing", 7)));
    });

const auto drives = gantry::command("drives", "Drives the arm for five ticks, and returns how far it went.")
    .requirement("arm")
    .parameter("volts", {.unit = "V", .fallback = 2})
    .body([](double volts) -> Result<double> {
        auto angle = GANTRY_TRY(gantry::NumberInput::open("arm.angle"));
        auto voltage = GANTRY_TRY(gantry::NumberOutput::open("arm.voltage"));
        double start = angle.get();
        GANTRY_TRY(voltage.set(volts));
        for (int i = 0; i < 5; i++) GANTRY_TRY(gantry::yield());
        return angle.get() - start;
    });

const auto wrong_parameter = gantry::command("wrong-parameter", "Returns what a lookup with a wrong argument answers.")
    .body([] {
        auto command = lookup("yields", {{"n", "three"}});
        return command ? "accepted" : command.error().message;
    });

const auto calls_other = gantry::command("calls-other", "Awaits a command by its full name, and returns its outcome.")
    .parameter("name")
    .body([](std::string name) -> Result<std::string> {
        auto outcome = GANTRY_TRY(gantry::await(GANTRY_TRY(lookup(name))));
        if (auto text = outcome.get<std::string>()) return "it completed with " + *text;
        return outcome.to_string();
    });

const auto walks = gantry::command("walks", "Adds a step to the topic `lang/path`, and waits.")
    .parameter("step")
    .parameter("seconds", {.unit = "s"})
    .body([](std::string step, double seconds) -> Result<> {
        GANTRY_TRY(publish("lang/path", GANTRY_TRY(read<std::string>("lang/path")) + step));
        return gantry::wait(seconds);
    });

const auto machine = gantry::command("machine", "Runs a state machine of three states, and returns what the topic `lang/path` says of it.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/path", std::string()));
        GANTRY_TRY(publish("lang/far", false));
        gantry::StateMachine machine("trip");
        auto first = machine.state("first", GANTRY_TRY(lookup("walks", {{"step", "a"}, {"seconds", 0.04}})));
        auto second = machine.state("second", GANTRY_TRY(lookup("walks", {{"step", "b"}, {"seconds", 1000.0}})));
        auto third = machine.state("third", GANTRY_TRY(lookup("walks", {{"step", "c"}, {"seconds", 0.04}})));
        GANTRY_TRY(machine.from(first, second).on_completion());
        GANTRY_TRY(machine.from(second, third).when(GANTRY_TRY(Signal::topic("lang/far").is_true())));
        auto trip = GANTRY_TRY(machine.build(first));
        GANTRY_TRY(gantry::fork(trip));
        GANTRY_TRY(gantry::wait(200ms));
        GANTRY_TRY(publish("lang/far", true));
        GANTRY_TRY(GANTRY_TRY(gantry::await(trip)).check());
        return read<std::string>("lang/path");
    });

const auto sleeps = gantry::command("sleeps", "Sleeps for 0.1 s with the language's own means, and returns how much robot time has passed.")
    .body([] {
        double start = gantry::now();
        usleep(100000);
        return gantry::now() - start;
    });

const auto random_ = gantry::command("random", "Returns a random number of the language's own.").body([] {
    std::random_device device;
    return std::uniform_real_distribution<double>()(device);
});

const auto time_ = gantry::command("time", "Returns how much the language's own clock goes on in 0.1 s of robot time.")
    .body([]() -> Result<double> {
        auto start = std::chrono::system_clock::now();
        GANTRY_TRY(gantry::wait(100ms));
        return std::chrono::duration<double>(std::chrono::system_clock::now() - start).count();
    });

const auto defaults = gantry::command("defaults", "Returns its arguments as a text; each has a default.")
    .parameter("flag", {.fallback = true})
    .parameter("count", {.fallback = -3})
    .parameter("ratio", {.fallback = 0.5})
    .parameter("words", {.fallback = "größe 🤖"})
    .parameter("points", {.fallback = {1, 2.5}})
    .body([](bool flag, std::int64_t count, double ratio, std::string words, std::vector<double> points) {
        return std::string(flag ? "true" : "false") + " " + std::to_string(count) + " " + number_text(ratio) + " " +
               words + " " + list_text(points);
    });

const auto echoes = gantry::command("echoes", "Returns the text that it is given.")
    .parameter("words")
    .body([](std::string words) { return words; });

const auto stays = gantry::command("stays", "Waits until it is canceled, while the robot is disabled, too.")
    .priority(-1)
    .runs_while_disabled()
    .body([] { return gantry::park(); });

const auto goes_later = gantry::command("goes-later", "Publishes true to `lang/go`, a moment later.").body([]() -> Result<> {
    GANTRY_TRY(gantry::wait(40ms));
    return publish("lang/go", true);
});

std::string bool_text(bool value) { return value ? "true" : "false"; }

const auto cancels = gantry::command("cancels", "Cancels a command that it has forked, and returns whether it ran before and after.")
    .body([]() -> Result<std::string> {
        auto child = GANTRY_TRY(lookup("parks"));
        GANTRY_TRY(gantry::fork(child));
        bool before = child.is_running();
        GANTRY_TRY(child.cancel());
        return bool_text(before) + " " + bool_text(child.is_running());
    });

const auto combines = gantry::command("combines", "Awaits a sequence, two groups and a condition, and returns their names.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/go", false));
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        auto parks = GANTRY_TRY(lookup("parks"));
        auto yields = GANTRY_TRY(lookup("yields", {{"n", 1}}));
        auto returns = GANTRY_TRY(lookup("returns-boolean"));
        auto later = GANTRY_TRY(lookup("goes-later"));
        auto delay = GANTRY_TRY(gantry::Command::delay(40ms));
        auto condition = gantry::Command::condition(go);
        std::vector<gantry::Command> combined;
        combined.push_back(gantry::sequence({yields, returns}));
        combined.push_back(GANTRY_TRY(gantry::parallel({yields, delay}, parks)));
        combined.push_back(GANTRY_TRY(gantry::race({parks, delay})));
        combined.push_back(GANTRY_TRY(gantry::parallel({later, condition})));
        std::string text;
        for (const auto &command : combined) {
            GANTRY_TRY(GANTRY_TRY(gantry::await(command)).check());
            text += (text.empty() ? "" : "; ") + command.name();
        }
        return text;
    });

const auto decorates = gantry::command("decorates", "Returns what is known of a command with another name and priority, and how those end that have a timeout or a condition.")
    .body([]() -> Result<std::string> {
        auto keeper = GANTRY_TRY(lookup("holds")).with_priority(3).named("keeper");
        auto parks = GANTRY_TRY(lookup("parks"));
        auto timeout = GANTRY_TRY(gantry::await(GANTRY_TRY(parks.with_timeout(40ms))));
        GANTRY_TRY(publish("lang/go", false));
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        GANTRY_TRY(gantry::fork(GANTRY_TRY(lookup("goes-later"))));
        auto until = GANTRY_TRY(gantry::await(parks.until(go)));
        return keeper.name() + " " + std::to_string(keeper.priority()) + " " + keeper.requirements().at(0) + "; " +
               status_text(timeout) + "; " + status_text(until);
    });

const auto branches = gantry::command("branches", "Runs a state machine that chooses between two states and is ended by a signal, and returns `lang/path`.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/path", std::string()));
        GANTRY_TRY(publish("lang/far", true));
        GANTRY_TRY(publish("lang/go", false));
        gantry::StateMachine machine("choice");
        auto first = machine.state("first", GANTRY_TRY(lookup("walks", {{"step", "a"}, {"seconds", 0.04}})));
        auto second = machine.state("second", GANTRY_TRY(lookup("walks", {{"step", "b"}, {"seconds", 0.04}})));
        auto third = machine.state("third", GANTRY_TRY(lookup("walks", {{"step", "c"}, {"seconds", 1000.0}})));
        GANTRY_TRY(machine.from(first, second).on_completion());
        GANTRY_TRY(machine.from(first, third).on_completion_if(GANTRY_TRY(Signal::topic("lang/far").is_true())));
        GANTRY_TRY(machine.end_from({}).when(GANTRY_TRY(Signal::topic("lang/go").is_true())));
        auto choice = GANTRY_TRY(machine.build(first));
        GANTRY_TRY(gantry::fork(choice));
        GANTRY_TRY(gantry::wait(100ms));
        GANTRY_TRY(publish("lang/go", true));
        GANTRY_TRY(GANTRY_TRY(gantry::await(choice)).check());
        return read<std::string>("lang/path");
    });

// What a call said that could not be right.
template <class T> std::string answer(const Result<T> &result) { return result ? "accepted" : result.error().message; }

std::string lines(std::initializer_list<std::string> answers) {
    std::string text;
    for (const auto &line : answers) text += (text.empty() ? "" : "\n") + line;
    return text;
}

const auto invalid_calls = gantry::command("invalid-calls", "Returns what calls answer that cannot be right.")
    .body([]() -> Result<std::string> {
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        auto holds = GANTRY_TRY(lookup("holds"));
        auto others = GANTRY_TRY(lookup("holds"));
        return lines({
            answer(gantry::await_any({})),
            answer(gantry::wait(gantry::Seconds(std::numeric_limits<double>::quiet_NaN()))),
            answer(lookup("yeilds")),
            answer(lookup("yields", {{"count", 3}})),
            answer(lookup("walks", {{"seconds", 0.1}})),
            answer(gantry::parallel({holds, others})),
            answer(gantry::Command::delay(gantry::Seconds(std::numeric_limits<double>::infinity()))),
            answer(go.debounce(-1s, gantry::Edge::both)),
            answer(go.multi_press(0, 1s)),
            answer(Topic<bool>::open("lang/a topic")),
            answer(gantry::NumberInput::open("arm.angel")),
            answer(Signal::channel("arm.angle").is_true()),
            answer(gantry::set_default("leg", holds)),
        });
    });

const auto wrong_topics = gantry::command("wrong-topics", "Returns what the host says of topics that may not be published, or not as this kind.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/boolean", true));
        return lines({answer(publish("other/boolean", true)), answer(publish("lang/boolean", std::string("true")))});
    });

const auto wrong_writes = gantry::command("wrong-writes", "Returns why outputs were not written: a number and an array out of range, and a mechanism of somebody else.")
    .requirement("arm")
    .body([]() -> Result<std::string> {
        auto voltage = GANTRY_TRY(gantry::NumberOutput::open("arm.voltage"));
        auto strip = GANTRY_TRY(gantry::ArrayOutput::open("arm.strip"));
        auto left = GANTRY_TRY(gantry::NumberOutput::open("base.left-voltage"));
        const std::array<double, 1> points{0.5};
        return lines({answer(voltage.set(99)), answer(strip.set(points)), answer(left.set(1))});
    });

const auto refuses = gantry::command("refuses", "Returns whom the host names when it refuses to start a command.")
    .body([]() -> Result<std::string> {
        gantry::cancel_on_fork_failure(false);
        GANTRY_TRY(gantry::fork(GANTRY_TRY(lookup("holds")).with_priority(5).named("keeper")));
        auto refused = gantry::await(GANTRY_TRY(lookup("holds")));
        if (refused) return "accepted";
        if (refused.error().kind != gantry::Error::Kind::refused) return std::unexpected(refused.error());
        const auto &refusal = refused.error().refusals.at(0);
        return std::to_string(refused.error().forked.size()) + " forked; " + refusal.command + " is blocked by " + refusal.blocker;
    });

const auto is_refused = gantry::command("is-refused", "Is canceled by the refusal of a command that it awaits, and publishes `lang/cleaned`.")
    .body([]() -> Result<> {
        Cleanup cleanup("refused");
        GANTRY_TRY(gantry::fork(GANTRY_TRY(lookup("holds")).with_priority(5).named("keeper")));
        return GANTRY_TRY(gantry::await(GANTRY_TRY(lookup("holds")))).check();
    });

// Publishes these values to `lang/go`, with a space in `lang/path` before each and a wait after it.
Result<std::string> go_through(std::initializer_list<bool> values, gantry::Seconds time) {
    for (bool value : values) {
        GANTRY_TRY(publish("lang/go", value));
        GANTRY_TRY(publish("lang/path", GANTRY_TRY(read<std::string>("lang/path")) + " "));
        GANTRY_TRY(gantry::wait(time));
    }
    return read<std::string>("lang/path");
}

const auto binds_all = gantry::command("binds-all", "Binds a command in each of the eight ways, and returns when they ran.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/path", std::string()));
        GANTRY_TRY(publish("lang/go", true));
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        using Bind = Result<> (Signal::*)(const gantry::Command &) const;
        const std::pair<Bind, const char *> bindings[] = {
            {&Signal::on_true, "a"},          {&Signal::on_false, "b"},
            {&Signal::while_true, "c"},       {&Signal::while_false, "d"},
            {&Signal::retry_while_true, "e"}, {&Signal::retry_while_false, "f"},
            {&Signal::toggle_on_true, "g"},   {&Signal::toggle_on_false, "h"},
        };
        for (const auto &[bind, step] : bindings) {
            // The retried ones end and start again; the last two still run when they are toggled.
            double seconds = *step < 'g' ? 0.03 : 1000;
            GANTRY_TRY((go.*bind)(GANTRY_TRY(lookup("walks", {{"step", step}, {"seconds", seconds}}))));
        }
        return go_through({true, false, true, false}, 80ms);
    });

const auto signals = gantry::command("signals", "Returns the values of signals on topics and channels, and of what is made of them.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/level", 2.0));
        GANTRY_TRY(publish("lang/go", true));
        GANTRY_TRY(publish("lang/far", false));
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        auto far = GANTRY_TRY(Signal::topic("lang/far").is_true());
        std::vector<Signal> made;
        made.push_back(GANTRY_TRY(Signal::topic("lang/level").above(1)));
        made.push_back(GANTRY_TRY(Signal::topic("lang/level").below(1)));
        made.push_back(go & far);
        made.push_back(go | far);
        made.push_back(!go);
        made.push_back(!far);
        made.push_back(GANTRY_TRY(Signal::channel("robot.enabled").is_true()));
        made.push_back(GANTRY_TRY(Signal::channel("arm.angle").above(1)));
        made.push_back(GANTRY_TRY(Signal::channel("arm.angle").below(1)));
        made.push_back(std::move(go));
        made.push_back(std::move(far));
        std::string text;
        for (const auto &signal : made) text += signal.get() ? '1' : '0';
        return text;
    });

const auto edges = gantry::command("edges", "Binds steps to edges, debounced signals and presses of the topic `lang/go`, and returns when they ran.")
    .body([]() -> Result<std::string> {
        GANTRY_TRY(publish("lang/path", std::string()));
        GANTRY_TRY(publish("lang/go", false));
        auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
        std::vector<std::pair<const char *, Signal>> made;
        made.emplace_back("r", go.rising_edge());
        made.emplace_back("f", go.falling_edge());
        made.emplace_back("u", GANTRY_TRY(go.debounce(50ms, gantry::Edge::rising)));
        made.emplace_back("d", !GANTRY_TRY(go.debounce(50ms, gantry::Edge::falling)));
        made.emplace_back("b", GANTRY_TRY(go.debounce(50ms, gantry::Edge::both)));
        made.emplace_back("m", GANTRY_TRY(go.multi_press(2, 1s)));
        for (const auto &[step, signal] : made)
            GANTRY_TRY(signal.on_true(GANTRY_TRY(lookup("walks", {{"step", step}, {"seconds", 0.0}}))));
        return go_through({false, true, false, true}, 100ms);
    });

const auto channels = gantry::command("channels", "Opens a channel of each kind, reads the inputs, writes the outputs, and returns what is known of them.")
    .requirement("arm")
    .body([]() -> Result<std::string> {
        auto angle = GANTRY_TRY(gantry::NumberInput::open("arm.angle"));
        auto pose = GANTRY_TRY(gantry::ArrayInput::open("base.pose"));
        auto enabled = GANTRY_TRY(gantry::BooleanInput::open("robot.enabled"));
        auto voltage = GANTRY_TRY(gantry::NumberOutput::open("arm.voltage"));
        auto lamp = GANTRY_TRY(gantry::BooleanOutput::open("arm.lamp"));
        auto strip = GANTRY_TRY(gantry::ArrayOutput::open("arm.strip"));
        const std::array<double, 3> points{0, 0.5, 1};
        GANTRY_TRY(lamp.set(true));
        GANTRY_TRY(strip.set(points));
        auto inputs = angle.unit() + " " + number_text(angle.age()) + "; " + list_text(pose.get()) + " " +
                      number_text(pose.age()) + "; " + bool_text(enabled.get()) + " " + number_text(enabled.age());
        auto outputs = voltage.unit() + " " + number_text(voltage.minimum()) + " " + number_text(voltage.maximum()) +
                       "; " + std::to_string(strip.size());
        return inputs + "; " + outputs + "; '" + pose.unit() + "' '" + strip.unit() + "'";
    });

const auto config_keys = gantry::command("config-keys", "Returns the names of all entries.").body([] {
    std::string text;
    for (const auto &key : gantry::config::keys()) text += (text.empty() ? "" : ",") + key;
    return text;
});

const auto period = gantry::command("period", "Returns the length of a tick.").body([] { return gantry::period(); });

const auto joins = gantry::command("joins", "Awaits a command by its full name, and a race of two others, and returns how both ended.")
    .parameter("arm")
    .parameter("work")
    .parameter("timeout")
    .body([](std::string arm, std::string work, std::string timeout) -> Result<std::string> {
        auto working = GANTRY_TRY(lookup(work));
        auto waiting = GANTRY_TRY(lookup(timeout));
        auto race = GANTRY_TRY(gantry::race({working, waiting}));
        auto raised = GANTRY_TRY(lookup(arm));
        auto outcomes = GANTRY_TRY(gantry::await_all({raised, race}));
        return status_text(outcomes.at(0)) + ", " + status_text(outcomes.at(1));
    });

// Logs that a run is over.
struct Over {
    ~Over() { gantry::info("over"); }
};

const auto forwards = gantry::command("forwards", "Awaits the first of some commands with the rest of them, and returns what it returned; its failure is this command's.")
    .parameter("path")
    .body([](std::string path) -> Result<std::string> {
        Over over;
        auto comma = path.find(',');
        auto command = comma == std::string::npos ? GANTRY_TRY(lookup(path))
                                                  : GANTRY_TRY(lookup(path.substr(0, comma), {{"path", path.substr(comma + 1)}}));
        auto outcome = GANTRY_TRY(gantry::await(command));
        GANTRY_TRY(outcome.check());
        if (auto text = outcome.get<std::string>()) return *text;
        return gantry::to_string(*outcome.value);
    });

// C++ only: nothing is lost in ten thousand calls.
const auto leaks_nothing = gantry::command("leaks-nothing", "Gives back what it takes, 10,000 times, and returns by how many bytes the memory grew.")
    .body([]() -> Result<std::int64_t> {
        std::size_t before = 0;
        for (int i = 0; i < 10000; i++) {
            auto command = GANTRY_TRY(lookup("returns-values", {{"flag", true}, {"count", 1}, {"ratio", 0.5},
                                                                {"words", UNICODE}, {"points", std::vector<double>{1, 2}}}));
            auto named = command.named("another");
            if (lookup("returns-valued")) return gantry::fail("it is not there");
            auto name = named.name();
            auto requirements = named.requirements();
            GANTRY_TRY(publish("lang/text", std::string(UNICODE)));
            GANTRY_TRY(read<std::string>("lang/text"));
            if (i % 200 == 0) {
                GANTRY_TRY(gantry::yield());
                auto text = GANTRY_TRY(gantry::await(named)).to_string();
            }
            // The allocator takes a page or two at first.
            if (i == 1000) before = __builtin_wasm_memory_size(0);
        }
        return static_cast<std::int64_t>(__builtin_wasm_memory_size(0) - before) * 65536;
    });

constexpr std::array<double, 3> BAD{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                                     -std::numeric_limits<double>::infinity()};

const auto not_a_number = gantry::command("not-a-number", "Returns what outputs answer to what is no number.")
    .requirement("arm")
    .body([]() -> Result<std::string> {
        auto voltage = GANTRY_TRY(gantry::NumberOutput::open("arm.voltage"));
        auto strip = GANTRY_TRY(gantry::ArrayOutput::open("arm.strip"));
        std::string text;
        for (double bad : BAD) {
            const std::array<double, 3> points{0, bad, 1};
            text += (text.empty() ? "" : "\n") + lines({answer(voltage.set(bad)), answer(voltage.set_clamped(bad)), answer(strip.set(points))});
        }
        return text;
    });

const auto keeps_value = gantry::command("keeps-value", "Drives the arm with 2 V for five ticks, in each of which it tries what is no number, and returns how far it went.")
    .requirement("arm")
    .body([]() -> Result<double> {
        auto angle = GANTRY_TRY(gantry::NumberInput::open("arm.angle"));
        auto voltage = GANTRY_TRY(gantry::NumberOutput::open("arm.voltage"));
        double start = angle.get();
        GANTRY_TRY(voltage.set_clamped(2));
        for (int tick = 0; tick < 5; tick++) {
            for (double bad : BAD) (void)voltage.set_clamped(bad);
            GANTRY_TRY(gantry::yield());
        }
        return angle.get() - start;
    });

const auto hands_back = gantry::command("hands-back", "Makes handles in each tick, more than it may hold at once, and returns how many ticks it did.")
    .parameter("ticks", {.fallback = 100})
    .body([](std::int64_t ticks) -> Result<std::int64_t> {
        for (std::int64_t tick = 0; tick < ticks; tick++) {
            (void)GANTRY_TRY(gantry::NumberInput::open("arm.angle")).get();
            (void)GANTRY_TRY(lookup("yields")).named("other");
            auto enabled = GANTRY_TRY(Signal::channel("robot.enabled").is_true());
            auto go = GANTRY_TRY(Signal::topic("lang/go").is_true());
            (void)(enabled & !go).get();
            (void)GANTRY_TRY(GANTRY_TRY(Topic<bool>::open("lang/go")).read());
            GANTRY_TRY(gantry::yield());
        }
        return ticks;
    });

const auto fails_in_cleanup = gantry::command("fails-in-cleanup", "Fails in the cleanup of a run that is canceled.")
    .body([]() -> Result<> {
        if (auto parked = gantry::park(); !parked) return gantry::fail("in cleanup");
        return {};
    });

const auto ignores_cancel = gantry::command("ignores-cancel", "Goes on waiting although it is canceled.")
    .body([]() -> Result<> {
        // Nobody should do this.
        for (;;) (void)gantry::wait(100ms);
    });

const auto odd_texts = gantry::command("odd-texts", "Logs, publishes and returns a text of which one byte is not UTF-8.")
    .body([]() -> Result<std::string> {
        const std::string odd = "odd \xff";
        gantry::info(odd);
        GANTRY_TRY(publish("lang/text", odd));
        return odd;
    });

const auto fails_oddly = gantry::command("fails-oddly", "Fails with a text that is not UTF-8.").body([]() -> Result<> {
    return gantry::fail("odd \xff");
});

const auto breaks_off = gantry::command("breaks-off", "Prints the beginning of a line, and fails.").body([]() -> Result<> {
    std::printf("before");
    return gantry::fail("the arm is stuck");
});

} // namespace
