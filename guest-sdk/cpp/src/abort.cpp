// What the C++ library does when it cannot go on: it says why in the log, and the run fails. Its own
// way would print to standard error, and need WASI for it.
#include <gantry.h>

#include <cstdarg>
#include <cstdio>
#include <version>

#ifdef _LIBCPP_VERSION

#include <__verbose_abort>

#if _LIBCPP_VERSION < 200000
#define GANTRY_NOEXCEPT_
#else
#define GANTRY_NOEXCEPT_ noexcept
#endif

namespace {

[[noreturn]] void give_up(char const *format, std::va_list arguments) {
    char text[512];
    int length = std::vsnprintf(text, sizeof text, format, arguments);
    if (length >= static_cast<int>(sizeof text)) length = sizeof text - 1;
    if (length > 0) gantry_log_text(GANTRY_ERROR, text, static_cast<std::size_t>(length));
    __builtin_trap();
}

} // namespace

#define GANTRY_GIVE_UP_                                                                            \
    std::va_list arguments;                                                                        \
    va_start(arguments, format);                                                                   \
    give_up(format, arguments)

_LIBCPP_BEGIN_NAMESPACE_STD

[[noreturn]] void __libcpp_verbose_abort(char const *format, ...) GANTRY_NOEXCEPT_ {
    GANTRY_GIVE_UP_;
}

_LIBCPP_END_NAMESPACE_STD

#if _LIBCPP_VERSION < 200000

// That of the library below it.
extern "C" [[noreturn]] void abort_message(char const *format, ...) {
    GANTRY_GIVE_UP_;
}

#endif

#endif
