/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

#define VAV_JSON_MAX_DEPTH 16

/* Whether these bytes may be given to json-glib, which crashes on deep nesting, takes much that is not JSON, and leaks
 * what it read so far of a string that is wrong: only JSON (RFC 8259) in valid UTF-8, without NUL or half a surrogate
 * pair (also not as escapes), at most VAV_JSON_MAX_DEPTH brackets deep. Pure. */
gboolean vav_json_guard (const char *text, gsize length, GError **error);

/* Guards, then parses: the root must be an object. VAV_ERROR_PROTOCOL. */
JsonObject *vav_json_parse_object (GBytes *body, GError **error);

G_END_DECLS
