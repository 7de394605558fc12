/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VavGtkView:
 * @VAV_GTK_VIEW_BOTH: the other side, and the own picture in a corner
 * @VAV_GTK_VIEW_REMOTE: the other side alone
 * @VAV_GTK_VIEW_OWN: the own picture alone
 *
 * What a conference view shows.
 */
typedef enum
{
  VAV_GTK_VIEW_BOTH,
  VAV_GTK_VIEW_REMOTE,
  VAV_GTK_VIEW_OWN,
} VavGtkView;

G_END_DECLS
