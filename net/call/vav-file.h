/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-enums.h"
#include "net/core/vav-error.h"

G_BEGIN_DECLS

/**
 * VavFile:
 *
 * A file that one of the two people of a call offers to the other. Made by vav_stream_send_file_async(), or told by #VavStream's `file-offered`. Main-context
 * object; it may be kept beyond its call.
 *
 * Properties, all notified: `state`, `transferred` (bytes; at most ten times a second, and at the end), `path`, `sha256`, `error`.
 */
#define VAV_TYPE_FILE (vav_file_get_type ())
G_DECLARE_FINAL_TYPE (VavFile, vav_file, VAV, FILE, GObject)

const char *vav_file_get_name (VavFile *self); /* fit to be shown, and to be a file's name */
guint64 vav_file_get_size (VavFile *self);
gboolean vav_file_is_incoming (VavFile *self);
VavFileState vav_file_get_state (VavFile *self);
gboolean vav_file_is_over (VavFile *self); /* nothing more happens with it */
guint64 vav_file_get_transferred (VavFile *self);
const char *vav_file_get_path (
    VavFile *self); /* (nullable): where it is read from; of an incoming one, where it is, when it is done */
const char *vav_file_get_sha256 (VavFile *self);  /* (nullable): in hex, when it is done */
const GError *vav_file_get_error (VavFile *self); /* (nullable): a sentence on why it failed */
const char *vav_file_state_to_nick (VavFileState state);

/* An incoming one, before it is decided. It goes into the folder, and keeps its name if that is free there. VAV_ERROR_CLOSED: it is decided, or over. */
gboolean vav_file_accept (VavFile *self, const char *folder, GError **error);
gboolean vav_file_refuse (VavFile *self, GError **error);

/* Gives it up, from either side, in any state; of an incoming one nothing is left. Does nothing when it is over. */
void vav_file_cancel (VavFile *self);

G_END_DECLS
