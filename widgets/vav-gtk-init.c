/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-init.h"

#include <gtk/gtk.h>

#include "widgets/vav-gtk-chat.h"
#include "widgets/vav-gtk-conference.h"
#include "widgets/vav-gtk-details.h"
#include "widgets/vav-gtk-devices.h"

/**
 * vav_gtk_init:
 *
 * Makes the library's widgets known by name, so that `.ui` files can use `<object class="VavGtkConference">`. Needed only where nothing
 * else of the library was called before such a file is read. May be called any number of times, before or after gtk_init().
 */
void
vav_gtk_init (void)
{
  g_type_ensure (VAV_GTK_TYPE_CHAT);
  g_type_ensure (VAV_GTK_TYPE_CONFERENCE);
  g_type_ensure (VAV_GTK_TYPE_DETAILS);
  g_type_ensure (VAV_GTK_TYPE_DEVICES);
}
