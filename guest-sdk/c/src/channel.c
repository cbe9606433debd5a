/* Inputs, outputs, topics and the clock. */
#include "internal.h"

#define OPEN_(name)                                                                                \
    gantry_status gantry_##name##_open(gantry_##name *out, const char *channel) {                  \
        wit_string text = gantry_lend_(channel), error = {0};                                      \
        gantry_command_hardware_own_##name##_t made = {0};                                         \
        if (!gantry_command_hardware_static_##name##_open(&text, &made, &error))                   \
            return gantry_invalid_(error);                                                         \
        out->handle_ = made.__handle;                                                              \
        return GANTRY_OK;                                                                          \
    }                                                                                              \
    void gantry_##name##_drop(gantry_##name channel) {                                             \
        gantry_command_hardware_##name##_drop_own(                                                 \
            (gantry_command_hardware_own_##name##_t){channel.handle_});                            \
    }

#define BORROW_(name, channel) ((gantry_command_hardware_borrow_##name##_t){(channel).handle_})

#define AGE_(name)                                                                                 \
    double gantry_##name##_age(gantry_##name channel) {                                            \
        return gantry_command_hardware_method_##name##_age(BORROW_(name, channel));                \
    }

#define UNIT_(name)                                                                                \
    char *gantry_##name##_unit(gantry_##name channel) {                                            \
        wit_string unit = {0};                                                                     \
        gantry_command_hardware_method_##name##_unit(BORROW_(name, channel), &unit);               \
        return gantry_take_(unit);                                                                 \
    }

OPEN_(number_input)
OPEN_(boolean_input)
OPEN_(array_input)
OPEN_(number_output)
OPEN_(boolean_output)
OPEN_(array_output)
AGE_(number_input)
AGE_(boolean_input)
AGE_(array_input)
UNIT_(number_input)
UNIT_(array_input)
UNIT_(number_output)
UNIT_(array_output)

double gantry_number_input_get(gantry_number_input input) {
    return gantry_command_hardware_method_number_input_get(BORROW_(number_input, input));
}

bool gantry_boolean_input_get(gantry_boolean_input input) {
    return gantry_command_hardware_method_boolean_input_get(BORROW_(boolean_input, input));
}

size_t gantry_array_input_get(gantry_array_input input, double *numbers, size_t capacity) {
    command_plugin_list_f64_t list = {0};
    gantry_command_hardware_method_array_input_get(BORROW_(array_input, input), &list);
    size_t count = list.len < capacity ? list.len : capacity;
    if (count > 0) memcpy(numbers, list.ptr, count * sizeof *numbers);
    command_plugin_list_f64_free(&list);
    return list.len;
}

static gantry_status refused(gantry_command_hardware_write_error_t error) {
    gantry_status status = error.tag == GANTRY_COMMAND_HARDWARE_WRITE_ERROR_OUT_OF_RANGE
                               ? GANTRY_INVALID
                               : GANTRY_FAILED;
    return gantry_set_error_(status, gantry_take_(error.val.other));
}

gantry_status gantry_number_output_set(gantry_number_output output, double value) {
    gantry_command_hardware_write_error_t error;
    bool ok = gantry_command_hardware_method_number_output_set(BORROW_(number_output, output), value, &error);
    return ok ? GANTRY_OK : refused(error);
}

gantry_status (gantry_boolean_output_set)(gantry_boolean_output output, bool value) {
    gantry_command_hardware_write_error_t error;
    bool ok = gantry_command_hardware_method_boolean_output_set(BORROW_(boolean_output, output), value, &error);
    return ok ? GANTRY_OK : refused(error);
}

gantry_status gantry_array_output_set(gantry_array_output output, const double *numbers, size_t count) {
    gantry_command_hardware_write_error_t error;
    command_plugin_list_f64_t list = {(double *)numbers, count};
    bool ok = gantry_command_hardware_method_array_output_set(BORROW_(array_output, output), &list, &error);
    return ok ? GANTRY_OK : refused(error);
}

double gantry_number_output_minimum(gantry_number_output output) {
    return gantry_command_hardware_method_number_output_minimum(BORROW_(number_output, output));
}

double gantry_number_output_maximum(gantry_number_output output) {
    return gantry_command_hardware_method_number_output_maximum(BORROW_(number_output, output));
}

gantry_status gantry_number_output_set_clamped(gantry_number_output output, double value) {
    double minimum = gantry_number_output_minimum(output);
    double maximum = gantry_number_output_maximum(output);
    /* NaN and infinities are left for the host to refuse, which says why. */
    if (!__builtin_isfinite(value)) return gantry_number_output_set(output, value);
    return gantry_number_output_set(output, value < minimum ? minimum : value > maximum ? maximum : value);
}

size_t gantry_array_output_length(gantry_array_output output) {
    return gantry_command_hardware_method_array_output_length(BORROW_(array_output, output));
}

gantry_status gantry_topic_open(gantry_topic *out, const char *name) {
    wit_string text = gantry_lend_(name), error = {0};
    gantry_command_state_own_topic_t made = {0};
    if (!gantry_command_state_static_topic_open(&text, &made, &error)) return gantry_invalid_(error);
    out->handle_ = made.__handle;
    return GANTRY_OK;
}

gantry_status gantry_topic_publish(gantry_topic topic, gantry_value value) {
    if (value.kind == GANTRY_KIND_NONE)
        return gantry_set_error_(GANTRY_INVALID, gantry_format_("a topic cannot be nothing"));
    wit_value lent = gantry_lend_value_(&value);
    wit_string error = {0};
    bool ok = gantry_command_state_method_topic_publish((gantry_command_state_borrow_topic_t){topic.handle_}, &lent, &error);
    return ok ? GANTRY_OK : gantry_invalid_(error);
}

bool gantry_topic_read(gantry_topic topic, gantry_value *out) {
    wit_value value;
    memset(out, 0, sizeof *out);
    if (!gantry_command_state_method_topic_read((gantry_command_state_borrow_topic_t){topic.handle_}, &value)) return false;
    *out = gantry_take_value_(value);
    return true;
}

void gantry_topic_drop(gantry_topic topic) {
    gantry_command_state_topic_drop_own((gantry_command_state_own_topic_t){topic.handle_});
}

double gantry_now(void) {
    return gantry_command_clock_now();
}

double gantry_period(void) {
    return gantry_command_clock_period();
}

uint64_t gantry_tick(void) {
    return gantry_command_clock_tick();
}
