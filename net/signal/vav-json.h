/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

#define VAV_JSON_MAX_DEPTH 16

/* Whether these bytes may be given to json-glib, which crashes on deep nesting and takes much that is not JSON: valid
 * UTF-8 without NUL (also not as an escape), at most VAV_JSON_MAX_DEPTH brackets deep, nothing outside of strings that
 * RFC 8259 does not know. Pure. */
gboolean vav_json_guard (const char *text, gsize length, GError **error);

/* Guards, then parses: the root must be an object. VAV_ERROR_PROTOCOL. */
JsonObject *vav_json_parse_object (GBytes *body, GError **error);

G_END_DECLS
