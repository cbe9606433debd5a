/* The plugin's own table in robot.toml. */
#include "internal.h"

bool gantry_config_get(const char *key, gantry_value *out) {
    wit_string text = gantry_lend_(key);
    wit_value value;
    memset(out, 0, sizeof *out);
    if (!gantry_command_config_get(&text, &value)) return false;
    *out = gantry_take_value_(value);
    return true;
}

static gantry_status of_entry(gantry_status status, const char *key) {
    if (status == GANTRY_OK) return status;
    return gantry_set_error_(status, gantry_format_("`%s`: %s", key, gantry_error_text()));
}

#define ENTRY_(kind, type)                                                                         \
    gantry_status gantry_config_##kind(type *out, const char *key, type fallback) {                \
        gantry_value value;                                                                        \
        *out = fallback;                                                                           \
        if (!gantry_config_get(key, &value)) return GANTRY_OK;                                     \
        gantry_status status = of_entry(gantry_value_##kind(&value, out), key);                    \
        gantry_value_free(&value);                                                                 \
        return status;                                                                             \
    }

ENTRY_(number, double)
ENTRY_(integer, int64_t)
ENTRY_(boolean, bool)

gantry_status gantry_config_text(char **out, const char *key, const char *fallback) {
    gantry_value value;
    *out = NULL;
    if (!gantry_config_get(key, &value)) {
        *out = gantry_format_("%s", fallback);
        return GANTRY_OK;
    }
    const char *text = NULL;
    gantry_status status = of_entry(gantry_value_text(&value, &text), key);
    if (status == GANTRY_OK) {
        *out = (char *)text;
    } else {
        gantry_value_free(&value);
    }
    return status;
}

gantry_status gantry_config_in_range(double *out, const char *key, double fallback, double minimum, double maximum) {
    GANTRY_TRY(gantry_config_number(out, key, fallback));
    if (*out >= minimum && *out <= maximum) return GANTRY_OK;
    return gantry_set_error_(GANTRY_INVALID, gantry_format_("`%s` should be from %.15g to %.15g, not %.15g", key, minimum, maximum, *out));
}

char **gantry_config_keys(void) {
    command_plugin_list_string_t keys = {0};
    gantry_command_config_keys(&keys);
    return gantry_take_list_(keys);
}

/* How many letters must be added, removed or replaced (Levenshtein's distance). */
static size_t edits(const char *from, const char *to) {
    size_t length = strlen(to);
    size_t *row = gantry_allocate_((length + 1) * sizeof *row);
    for (size_t column = 0; column <= length; column++) row[column] = column;
    for (size_t line = 0; from[line] != '\0'; line++) {
        size_t diagonal = row[0];
        row[0] = line + 1;
        for (size_t column = 0; column < length; column++) {
            size_t best = diagonal + (from[line] != to[column]);
            diagonal = row[column + 1];
            if (diagonal + 1 < best) best = diagonal + 1;
            if (row[column] + 1 < best) best = row[column] + 1;
            row[column + 1] = best;
        }
    }
    size_t count = row[length];
    free(row);
    return count;
}

/* The known name that takes the fewest edits, if that is less than half of its length. */
static const char *nearest(const char *key, const char *const *known) {
    const char *best = NULL;
    size_t fewest = SIZE_MAX;
    for (; *known != NULL; known++) {
        size_t count = edits(key, *known);
        if (count < fewest) {
            fewest = count;
            best = *known;
        }
    }
    return best != NULL && fewest * 2 < strlen(best) ? best : NULL;
}

static bool is_known(const char *key, const char *const *known) {
    for (; *known != NULL; known++)
        if (strcmp(key, *known) == 0) return true;
    return false;
}

gantry_status gantry_config_only(const char *const *known) {
    char **keys = gantry_config_keys();
    gantry_status status = GANTRY_OK;
    for (char **key = keys; *key != NULL && status == GANTRY_OK; key++) {
        if (is_known(*key, known)) continue;
        const char *near = nearest(*key, known);
        status = gantry_set_error_(
            GANTRY_INVALID,
            near == NULL ? gantry_format_("there is no `%s`", *key)
                         : gantry_format_("there is no `%s`; did you mean `%s`?", *key, near));
    }
    free(keys);
    return status;
}
