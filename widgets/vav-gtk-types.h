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

/**
 * VavGtkCorner:
 * @VAV_GTK_CORNER_BOTTOM_END: at the bottom, on the side where lines of text end
 * @VAV_GTK_CORNER_BOTTOM_START: at the bottom, where they begin
 * @VAV_GTK_CORNER_TOP_START: at the top, where they begin
 * @VAV_GTK_CORNER_TOP_END: at the top, where they end
 *
 * Where the small picture of a conference view stands.
 */
typedef enum
{
  VAV_GTK_CORNER_BOTTOM_END,
  VAV_GTK_CORNER_BOTTOM_START,
  VAV_GTK_CORNER_TOP_START,
  VAV_GTK_CORNER_TOP_END,
} VavGtkCorner;

/**
 * VavGtkQuality:
 * @VAV_GTK_QUALITY_UNKNOWN: nothing was measured yet
 * @VAV_GTK_QUALITY_BAD: one cannot talk well
 * @VAV_GTK_QUALITY_WEAK: one notices it
 * @VAV_GTK_QUALITY_GOOD: one does not notice it
 *
 * How well a call goes.
 */
typedef enum
{
  VAV_GTK_QUALITY_UNKNOWN,
  VAV_GTK_QUALITY_BAD,
  VAV_GTK_QUALITY_WEAK,
  VAV_GTK_QUALITY_GOOD,
} VavGtkQuality;

G_END_DECLS
