/* Values and outcomes, and the memory behind them. */
#include "internal.h"

void *gantry_allocate_(size_t size) {
    void *memory = malloc(size == 0 ? 1 : size);
    if (memory == NULL) {
        static const char text[] = "out of memory";
        gantry_log_text(GANTRY_ERROR, text, sizeof text - 1);
        __builtin_trap();
    }
    return memory;
}

wit_string gantry_lend_(const char *text) {
    wit_string lent = {(uint8_t *)text, strlen(text)};
    return gantry_is_utf8_(lent) ? lent : gantry_repaired_(lent);
}

char *gantry_take_(wit_string text) {
    /* The pointer of an empty text is not one that was allocated. */
    char *taken = text.len == 0 ? malloc(1) : realloc(text.ptr, text.len + 1);
    if (taken == NULL) __builtin_trap();
    taken[text.len] = '\0';
    return taken;
}

char **gantry_take_list_(command_plugin_list_string_t list) {
    size_t size = (list.len + 1) * sizeof(char *);
    for (size_t i = 0; i < list.len; i++) size += list.ptr[i].len + 1;
    char **names = gantry_allocate_(size);
    char *text = (char *)(names + list.len + 1);
    for (size_t i = 0; i < list.len; i++) {
        names[i] = text;
        memcpy(text, list.ptr[i].ptr, list.ptr[i].len);
        text[list.ptr[i].len] = '\0';
        text += list.ptr[i].len + 1;
    }
    names[list.len] = NULL;
    command_plugin_list_string_free(&list);
    return names;
}

gantry_value gantry_boolean(bool value) {
    return (gantry_value){.kind = GANTRY_KIND_BOOLEAN, .boolean = value};
}

gantry_value gantry_integer(int64_t value) {
    return (gantry_value){.kind = GANTRY_KIND_INTEGER, .integer = value};
}

gantry_value gantry_number(double value) {
    return (gantry_value){.kind = GANTRY_KIND_NUMBER, .number = value};
}

gantry_value gantry_text(const char *value) {
    return (gantry_value){.kind = GANTRY_KIND_TEXT, .text = value, .length = strlen(value)};
}

gantry_value gantry_list(gantry_numbers value) {
    return (gantry_value){.kind = GANTRY_KIND_NUMBERS, .numbers = value.data, .length = value.length};
}

gantry_value gantry_value_same_(gantry_value value) {
    return value;
}

static bool is_text(const gantry_value *value) {
    return value->kind == GANTRY_KIND_TEXT || value->kind == GANTRY_KIND_OTHER;
}

void gantry_value_free(gantry_value *value) {
    if (is_text(value)) free((char *)value->text);
    if (value->kind == GANTRY_KIND_NUMBERS) free((double *)value->numbers);
    memset(value, 0, sizeof *value);
}

wit_value gantry_lend_value_(const gantry_value *value) {
    wit_value lent = {.tag = (uint8_t)(value->kind - GANTRY_KIND_BOOLEAN)};
    switch (value->kind) {
    case GANTRY_KIND_BOOLEAN: lent.val.boolean = value->boolean; break;
    case GANTRY_KIND_INTEGER: lent.val.integer = value->integer; break;
    case GANTRY_KIND_NUMBER: lent.val.number = value->number; break;
    case GANTRY_KIND_NUMBERS:
        lent.val.numbers = (command_plugin_list_f64_t){(double *)value->numbers, value->length};
        break;
    default:
        lent.val.text = (wit_string){(uint8_t *)value->text, value->length};
        if (!gantry_is_utf8_(lent.val.text)) lent.val.text = gantry_repaired_(lent.val.text);
        break;
    }
    return lent;
}

wit_value gantry_give_value_(const gantry_value *value) {
    wit_value lent = gantry_lend_value_(value), given = lent;
    if (is_text(value)) {
        given.val.text.ptr = gantry_allocate_(given.val.text.len);
        memcpy(given.val.text.ptr, lent.val.text.ptr, given.val.text.len);
    } else if (value->kind == GANTRY_KIND_NUMBERS) {
        given.val.numbers.ptr = gantry_allocate_(value->length * sizeof(double));
        memcpy(given.val.numbers.ptr, value->numbers, value->length * sizeof(double));
    }
    return given;
}

gantry_value gantry_take_value_(wit_value value) {
    gantry_value taken = {.kind = (gantry_kind)(value.tag + GANTRY_KIND_BOOLEAN)};
    switch (taken.kind) {
    case GANTRY_KIND_BOOLEAN: taken.boolean = value.val.boolean; break;
    case GANTRY_KIND_INTEGER: taken.integer = value.val.integer; break;
    case GANTRY_KIND_NUMBER: taken.number = value.val.number; break;
    case GANTRY_KIND_NUMBERS:
        taken.length = value.val.numbers.len;
        taken.numbers = taken.length == 0 ? NULL : value.val.numbers.ptr;
        break;
    default:
        taken.length = value.val.text.len;
        taken.text = gantry_take_(value.val.text);
        break;
    }
    return taken;
}

static char *number_to_text(double number) {
    return number != number ? gantry_format_("NaN") : gantry_format_("%.15g", number);
}

char *gantry_value_to_text(const gantry_value *value) {
    switch (value->kind) {
    case GANTRY_KIND_NONE: return gantry_format_("nothing");
    case GANTRY_KIND_BOOLEAN: return gantry_format_("%s", value->boolean ? "true" : "false");
    case GANTRY_KIND_INTEGER: return gantry_format_("%lld", (long long)value->integer);
    case GANTRY_KIND_NUMBER: return number_to_text(value->number);
    case GANTRY_KIND_TEXT: return gantry_format_("\"%s\"", value->text);
    case GANTRY_KIND_OTHER: return gantry_format_("%s", value->text);
    case GANTRY_KIND_NUMBERS: break;
    }
    /* A number takes 24 characters at most, as in `-2.22507385850720e-308, `. */
    char *text = gantry_allocate_(value->length * 26 + 3);
    char *end = text;
    *end++ = '[';
    for (size_t i = 0; i < value->length; i++) {
        char *number = number_to_text(value->numbers[i]);
        end += sprintf(end, "%s%s", i > 0 ? ", " : "", number);
        free(number);
    }
    *end++ = ']';
    *end = '\0';
    return text;
}

static const char *noun(gantry_kind kind) {
    switch (kind) {
    case GANTRY_KIND_BOOLEAN: return "true or false";
    case GANTRY_KIND_INTEGER: return "a whole number";
    case GANTRY_KIND_NUMBER: return "a number";
    case GANTRY_KIND_TEXT: return "a text";
    default: return "an array of numbers";
    }
}

bool gantry_has_kind_(const gantry_value *value, gantry_kind kind) {
    return value->kind == kind ||
           (kind == GANTRY_KIND_NUMBER && value->kind == GANTRY_KIND_INTEGER);
}

static gantry_status check(const gantry_value *value, gantry_kind kind) {
    if (gantry_has_kind_(value, kind)) return GANTRY_OK;
    char *found = gantry_value_to_text(value);
    char *text = gantry_format_("it should be %s, not %s", noun(kind), found);
    free(found);
    return gantry_set_error_(GANTRY_INVALID, text);
}

gantry_status gantry_value_boolean(const gantry_value *value, bool *out) {
    GANTRY_TRY(check(value, GANTRY_KIND_BOOLEAN));
    *out = value->boolean;
    return GANTRY_OK;
}

gantry_status gantry_value_integer(const gantry_value *value, int64_t *out) {
    GANTRY_TRY(check(value, GANTRY_KIND_INTEGER));
    *out = value->integer;
    return GANTRY_OK;
}

gantry_status gantry_value_number(const gantry_value *value, double *out) {
    GANTRY_TRY(check(value, GANTRY_KIND_NUMBER));
    *out = value->kind == GANTRY_KIND_INTEGER ? (double)value->integer : value->number;
    return GANTRY_OK;
}

gantry_status gantry_value_text(const gantry_value *value, const char **out) {
    GANTRY_TRY(check(value, GANTRY_KIND_TEXT));
    *out = value->text;
    return GANTRY_OK;
}

gantry_status gantry_value_numbers(const gantry_value *value, gantry_numbers *out) {
    GANTRY_TRY(check(value, GANTRY_KIND_NUMBERS));
    *out = (gantry_numbers){value->numbers, value->length};
    return GANTRY_OK;
}

void gantry_outcome_free(gantry_outcome *outcome) {
    gantry_value_free(&outcome->value);
    free(outcome->text);
    memset(outcome, 0, sizeof *outcome);
}

char *gantry_outcome_to_text(const gantry_outcome *outcome) {
    switch (outcome->kind) {
    case GANTRY_COMPLETED: {
        if (outcome->value.kind == GANTRY_KIND_NONE) return gantry_format_("it completed");
        char *value = gantry_value_to_text(&outcome->value);
        char *text = gantry_format_("it completed with %s", value);
        free(value);
        return text;
    }
    case GANTRY_WAS_CANCELED: return gantry_format_("it was canceled");
    case GANTRY_INTERRUPTED: return gantry_format_("it was interrupted by %s", outcome->text);
    default: return gantry_format_("%s", outcome->text);
    }
}

gantry_status gantry_outcome_check(const gantry_outcome *outcome) {
    if (outcome->kind == GANTRY_COMPLETED) return GANTRY_OK;
    return gantry_set_error_(GANTRY_FAILED, gantry_outcome_to_text(outcome));
}
