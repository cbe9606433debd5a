/* What the parts of the SDK share. */
#ifndef GANTRY_INTERNAL_H
#define GANTRY_INTERNAL_H

#include "../bindings/command_plugin.h"
#include "../gantry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef command_plugin_string_t wit_string;
typedef gantry_command_types_value_t wit_value;
typedef gantry_command_types_scheduling_error_t wit_error;

/* Memory that is not there ends the run, as a trap that the host reports. */
void *gantry_allocate_(size_t size);

/* Whether the host takes a text. */
bool gantry_is_utf8_(wit_string text);
/* A copy with U+FFFD for each byte that is not UTF-8. */
wit_string gantry_repaired_(wit_string text);
/* A text that is only looked at. One that is not UTF-8 is repaired; the memory for that is the run's. */
wit_string gantry_lend_(const char *text);
/* A text of the host's as one with a NUL at its end. */
char *gantry_take_(wit_string text);
/* A list of texts of the host's as one block, with a NULL at its end. */
char **gantry_take_list_(command_plugin_list_string_t list);

/* A value that is only looked at. `value` is not GANTRY_KIND_NONE. */
wit_value gantry_lend_value_(const gantry_value *value);
/* A value with memory of its own, for an export to hand out. */
wit_value gantry_give_value_(const gantry_value *value);
gantry_value gantry_take_value_(wit_value value);
bool gantry_has_kind_(const gantry_value *value, gantry_kind kind);

/* These set the last error and answer its status. */
gantry_status gantry_set_error_(gantry_status status, char *text);
gantry_status gantry_invalid_(wit_string text);
gantry_status gantry_from_wit_error_(wit_error error);
/* The text of an error of this status. */
const char *gantry_error_of_(gantry_status status);
/* Whether a call of this run has answered that it is canceled. */
extern bool gantry_is_canceled_;

/* Called when a command has returned, if there is something to do. */
extern void (*gantry_at_end_)(void);

__attribute__((format(printf, 1, 2))) char *gantry_format_(const char *format, ...);

#endif
