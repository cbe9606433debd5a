/* Between the definitions and the contract's exports. */
#include "internal.h"

typedef exports_gantry_command_plugin_definition_t wit_definition;
typedef exports_gantry_command_plugin_parameter_t wit_parameter;

static const gantry_plugin_ *plugin;
static gantry_definition_ *first;
static gantry_definition_ **end = &first;
static gantry_value returned;

void (*gantry_at_end_)(void);

void gantry_register_plugin_(const gantry_plugin_ *declared) {
    plugin = declared;
}

void gantry_register_command_(gantry_definition_ *definition) {
    definition->next = NULL;
    *end = definition;
    end = &definition->next;
}

gantry_status gantry_return_value(gantry_value value) {
    gantry_value_free(&returned);
    if (value.kind != GANTRY_KIND_NONE) {
        /* The same memory either way, but for a text's NUL. */
        wit_value copy = gantry_give_value_(&value);
        returned = gantry_take_value_(copy);
    }
    return GANTRY_OK;
}

/* `raise_arm` as `raise-arm`. */
static wit_string dashed(const char *name) {
    wit_string text;
    command_plugin_string_dup(&text, name);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '_') text.ptr[i] = '-';
    return text;
}

static wit_string copied(const char *text) {
    wit_string copy;
    command_plugin_string_dup(&copy, text == NULL ? "" : text);
    if (gantry_is_utf8_(copy)) return copy;
    wit_string repaired = gantry_repaired_(copy);
    free(copy.ptr);
    return repaired;
}

static command_plugin_list_string_t copied_list(const char *const *names) {
    command_plugin_list_string_t list = {0};
    while (names != NULL && names[list.len] != NULL) list.len++;
    list.ptr = gantry_allocate_(list.len * sizeof *list.ptr);
    for (size_t i = 0; i < list.len; i++) list.ptr[i] = copied(names[i]);
    return list;
}

static uint8_t wit_kind(gantry_kind kind) {
    return (uint8_t)(kind - GANTRY_KIND_BOOLEAN);
}

static wit_parameter declare_parameter(const gantry_item_ *item) {
    wit_parameter parameter = {
        .name = dashed(item->name),
        .kind = wit_kind(item->kind),
        .unit = copied(item->unit),
        .summary = copied(item->summary),
    };
    parameter.default_.is_some = item->fallback.kind != GANTRY_KIND_NONE;
    if (parameter.default_.is_some) parameter.default_.val = gantry_give_value_(&item->fallback);
    return parameter;
}

static wit_definition declare(const gantry_definition_ *definition) {
    wit_definition declared = {.name = dashed(definition->name), .summary = copied(definition->summary)};
    declared.parameters.ptr = gantry_allocate_(definition->count * sizeof(wit_parameter));
    declared.requirements.ptr = gantry_allocate_(definition->count * sizeof(wit_string));
    for (size_t i = 0; i < definition->count; i++) {
        const gantry_item_ *item = &definition->items[i];
        if (item->name != NULL) declared.parameters.ptr[declared.parameters.len++] = declare_parameter(item);
        if (item->requirement != NULL)
            declared.requirements.ptr[declared.requirements.len++] = copied(item->requirement);
        if (item->priority != 0) declared.priority = item->priority;
        if (item->runs_while_disabled) declared.runs_while_disabled = true;
        if (item->returns != GANTRY_KIND_NONE) {
            declared.returns.is_some = true;
            declared.returns.val = wit_kind(item->returns);
        }
    }
    return declared;
}

bool exports_gantry_command_plugin_describe(exports_gantry_command_plugin_description_t *out, wit_string *error) {
    if (plugin == NULL) {
        *error = copied("the plugin does not say what it is: write GANTRY_PLUGIN(\"its-name\", \"0.1.0\") once");
        return false;
    }
    if (plugin->configure != NULL) {
        gantry_status status = plugin->configure();
        if (status != GANTRY_OK) {
            *error = copied(gantry_error_of_(status));
            return false;
        }
    }
    memset(out, 0, sizeof *out);
    out->name = copied(plugin->name);
    out->version = copied(plugin->version);
    out->summary = copied(plugin->summary);
    out->reads = copied_list(plugin->reads);
    out->publishes = copied_list(plugin->publishes);
    for (gantry_definition_ *command = first; command != NULL; command = command->next) out->commands.len++;
    out->commands.ptr = gantry_allocate_(out->commands.len * sizeof(wit_definition));
    wit_definition *next = out->commands.ptr;
    for (gantry_definition_ *command = first; command != NULL; command = command->next) *next++ = declare(command);
    return true;
}

/* Whether a name of the host's is this one of C's. */
static bool is_named(const char *name, wit_string text) {
    for (size_t i = 0; i < text.len; i++) {
        char letter = name[i] == '_' ? '-' : name[i];
        if (letter == '\0' || letter != (char)text.ptr[i]) return false;
    }
    return name[text.len] == '\0';
}

static gantry_status store(const gantry_item_ *item, const gantry_value *value, void *field) {
    switch (item->kind) {
    case GANTRY_KIND_BOOLEAN: return gantry_value_boolean(value, field);
    case GANTRY_KIND_INTEGER: return gantry_value_integer(value, field);
    case GANTRY_KIND_NUMBER: return gantry_value_number(value, field);
    case GANTRY_KIND_TEXT: return gantry_value_text(value, field);
    default: return gantry_value_numbers(value, field);
    }
}

/* Arguments come in the order of the declaration. Their memory lives as long as the run. */
static gantry_status unpack(const gantry_definition_ *definition, exports_gantry_command_plugin_list_argument_t arguments, char *fields) {
    size_t next = 0;
    for (size_t i = 0; i < definition->count; i++) {
        const gantry_item_ *item = &definition->items[i];
        if (item->name == NULL) continue;
        if (next == arguments.len || !is_named(item->name, arguments.ptr[next].name))
            return gantry_set_error_(GANTRY_INVALID, gantry_format_("the argument `%s` is missing", item->name));
        gantry_value value = gantry_take_value_(arguments.ptr[next].value);
        if (definition->takes_values) {
            ((gantry_value *)fields)[next] = value;
        } else if (store(item, &value, fields + item->offset) != GANTRY_OK) {
            return gantry_set_error_(GANTRY_INVALID, gantry_format_("the argument `%s`: %s", item->name, gantry_error_text()));
        }
        next++;
    }
    return GANTRY_OK;
}

static gantry_kind declared_result(const gantry_definition_ *definition) {
    for (size_t i = 0; i < definition->count; i++)
        if (definition->items[i].returns != GANTRY_KIND_NONE) return definition->items[i].returns;
    return GANTRY_KIND_NONE;
}

static gantry_status run(const gantry_definition_ *definition, exports_gantry_command_plugin_list_argument_t arguments) {
    char *fields = gantry_allocate_(definition->size);
    GANTRY_TRY(unpack(definition, arguments, fields));
    GANTRY_TRY(definition->run(definition->context, fields));
    /* Comparisons are whole numbers in C, and whole numbers are numbers. */
    gantry_kind kind = declared_result(definition);
    if (returned.kind == GANTRY_KIND_INTEGER) {
        if (kind == GANTRY_KIND_BOOLEAN) returned = gantry_boolean(returned.integer != 0);
        if (kind == GANTRY_KIND_NUMBER) returned = gantry_number((double)returned.integer);
    }
    return GANTRY_OK;
}

bool exports_gantry_command_plugin_run(wit_string *name, exports_gantry_command_plugin_list_argument_t *arguments, exports_gantry_command_plugin_option_value_t *out, wit_string *error) {
    for (gantry_definition_ *command = first; command != NULL; command = command->next) {
        if (!is_named(command->name, *name)) continue;
        gantry_status status = run(command, *arguments);
        if (gantry_at_end_ != NULL) gantry_at_end_();
        /* Nobody looks at what a canceled run answers. */
        if (gantry_is_canceled_ && status != GANTRY_OK && status != GANTRY_CANCELED)
            gantry_error("the cleanup failed: %s", gantry_error_of_(status));
        if (status != GANTRY_OK) {
            *error = copied(gantry_error_of_(status));
            return false;
        }
        out->is_some = returned.kind != GANTRY_KIND_NONE;
        if (out->is_some) out->val = gantry_give_value_(&returned);
        return true;
    }
    char *called = gantry_take_(*name);
    char *text = gantry_format_("this plugin has no command `%s`", called);
    *error = copied(text);
    free(text);
    return false;
}
