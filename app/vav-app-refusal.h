/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * VavAppRefusal:
 *
 * The small menu to say no with a few words: three prepared sentences, and a line of one's own.
 *
 * Signal `chosen` (char *message): these are to be said.
 */
#define VAV_APP_TYPE_REFUSAL (vav_app_refusal_get_type ())
G_DECLARE_FINAL_TYPE (VavAppRefusal, vav_app_refusal, VAV_APP, REFUSAL, GtkPopover)

G_END_DECLS
