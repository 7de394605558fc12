/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* Adds somebody, or changes what is kept of them: name, picture, addresses. A card, as a link or as a picture file, fills it in. */
#define VAV_APP_TYPE_PERSON_EDITOR (vav_app_person_editor_get_type ())
G_DECLARE_FINAL_TYPE (VavAppPersonEditor, vav_app_person_editor, VAV_APP, PERSON_EDITOR, AdwWindow)

/* person: (nullable): somebody new. Both return the window, owned by GTK. */
GtkWidget *vav_app_person_editor_new (GtkWindow *parent, VavPeople *people, VavPerson *person);
GtkWidget *vav_app_person_editor_new_for_card (GtkWindow *parent, VavPeople *people, const VavCard *card);

G_END_DECLS
