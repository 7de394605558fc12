/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* Two people compare the code of their two keys; if it is the same the person is verified. With another key than the known one: if the code is the same, that is
 * the person's key from then on. */
#define VAV_APP_TYPE_COMPARE (vav_app_compare_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCompare, vav_app_compare, VAV_APP, COMPARE, AdwWindow)

/* new_id: (nullable): the key that answered in the place of the known one. Returns the window, owned by GTK. */
GtkWidget *vav_app_compare_new (GtkWindow *parent, VavEndpoint *endpoint, VavPerson *person, const char *new_id);

G_END_DECLS
