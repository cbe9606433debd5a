// What the C++ library does when it cannot go on: it says why in the log, and the run fails. Its own
// way would print to standard error, and need WASI for it.
#include <gantry.h>

#include <cstdarg>
#include <cstdio>
#include <version>

#ifdef _LIBCPP_VERSION

#include <__verbose_abort>

_LIBCPP_BEGIN_NAMESPACE_STD

[[noreturn]] void __libcpp_verbose_abort(char const *format, ...) _NOEXCEPT {
    char text[512];
    std::va_list arguments;
    va_start(arguments, format);
    int length = std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= static_cast<int>(sizeof text)) length = sizeof text - 1;
    if (length > 0) gantry_log_text(GANTRY_ERROR, text, static_cast<std::size_t>(length));
    __builtin_trap();
}

_LIBCPP_END_NAMESPACE_STD

#endif
