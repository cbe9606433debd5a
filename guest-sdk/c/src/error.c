/* The last error, which gantry_error_text() and gantry_refusals() look at. */
#include "internal.h"

#include <stdarg.h>

static struct {
    gantry_status status;
    char *text;
    gantry_refusal *refused;
    size_t refused_count;
    char **forked;
    size_t forked_count;
} last;

bool gantry_is_canceled_;

static char *format_list(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) length = 0;
    char *text = gantry_allocate_((size_t)length + 1);
    text[0] = '\0';
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *gantry_format_(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = format_list(format, arguments);
    va_end(arguments);
    return text;
}

static void forget(void) {
    for (size_t i = 0; i < last.refused_count; i++) {
        free((char *)last.refused[i].command);
        free((char *)last.refused[i].blocker);
        free((char *)last.refused[i].reason);
    }
    free(last.refused);
    free(last.forked);
    free(last.text);
    memset(&last, 0, sizeof last);
}

gantry_status gantry_set_error_(gantry_status status, char *text) {
    forget();
    last.status = status;
    last.text = text;
    return status;
}

gantry_status gantry_invalid_(wit_string text) {
    return gantry_set_error_(GANTRY_INVALID, gantry_take_(text));
}

static gantry_status refused(gantry_command_types_fork_failure_t failure) {
    gantry_refusal *refusals = gantry_allocate_(failure.refused.len * sizeof *refusals);
    char *text = gantry_format_("%s", "");
    for (size_t i = 0; i < failure.refused.len; i++) {
        gantry_command_types_refusal_t *refusal = &failure.refused.ptr[i];
        refusals[i].command = gantry_take_(refusal->command);
        refusals[i].blocker = gantry_take_(refusal->blocker);
        refusals[i].reason = gantry_take_(refusal->reason);
        char *longer = gantry_format_("%s%s%s could not start because of %s: %s", text,
                                      i > 0 ? "; " : "", refusals[i].command, refusals[i].blocker,
                                      refusals[i].reason);
        free(text);
        text = longer;
    }
    if (failure.refused.len > 0) free(failure.refused.ptr);
    size_t forked = failure.forked.len;
    char **names = gantry_take_list_(failure.forked);
    gantry_set_error_(GANTRY_REFUSED, text);
    last.refused = refusals;
    last.refused_count = failure.refused.len;
    last.forked = names;
    last.forked_count = forked;
    return GANTRY_REFUSED;
}

gantry_status gantry_from_wit_error_(wit_error error) {
    switch (error.tag) {
    case GANTRY_COMMAND_TYPES_SCHEDULING_ERROR_CANCELED:
        gantry_is_canceled_ = true;
        return gantry_set_error_(GANTRY_CANCELED, gantry_format_("canceled"));
    case GANTRY_COMMAND_TYPES_SCHEDULING_ERROR_REFUSED:
        return refused(error.val.refused);
    default:
        return gantry_invalid_(error.val.invalid);
    }
}

const char *gantry_error_of_(gantry_status status) {
    if (last.text != NULL && last.status == status) return last.text;
    switch (status) {
    case GANTRY_CANCELED: return "canceled";
    case GANTRY_REFUSED: return "a command was refused";
    case GANTRY_INVALID: return "a call was invalid";
    default: return "the command failed and did not say why (see gantry_fail)";
    }
}

const char *gantry_error_text(void) {
    return last.text == NULL ? "" : last.text;
}

gantry_status gantry_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = format_list(format, arguments);
    va_end(arguments);
    return gantry_set_error_(GANTRY_FAILED, text);
}

const gantry_refusal *gantry_refusals(size_t *count) {
    *count = last.refused_count;
    return last.refused;
}

const char *const *gantry_forked(size_t *count) {
    *count = last.forked_count;
    return (const char *const *)last.forked;
}

void gantry_log_text(gantry_level level, const char *text, size_t length) {
    wit_string message = {(uint8_t *)text, length};
    if (gantry_is_utf8_(message)) {
        gantry_command_log_log((gantry_command_log_level_t)level, &message);
        return;
    }
    message = gantry_repaired_(message);
    gantry_command_log_log((gantry_command_log_level_t)level, &message);
    free(message.ptr);
}

void gantry_log(gantry_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = format_list(format, arguments);
    va_end(arguments);
    gantry_log_text(level, text, strlen(text));
    free(text);
}
