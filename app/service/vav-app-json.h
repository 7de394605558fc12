/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* User data as JSON has it: a string where it is UTF-8 without NUL, else {"base64": "…"}; null for none. (transfer full) */
JsonNode *vav_app_json_data_node (GBytes *data);

/* One line of JSON without white space; numbers in their shortest form (33.3, never 33.299999999999997), NaN and infinity as null. (transfer full) */
char *vav_app_json_to_line (JsonObject *object);

/* value rounded to so many decimals, as a member. */
void vav_app_json_set_rounded (JsonObject *object, const char *member, double value, int decimals);

/* A string member; NULL becomes null. */
void vav_app_json_set_string (JsonObject *object, const char *member, const char *value);

G_END_DECLS
