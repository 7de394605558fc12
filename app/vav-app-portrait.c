/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-portrait.h"

#include "app/vav-app-picture.h"
#include "widgets/visavis-gtk.h"

void
vav_app_portrait_set_name (AdwAvatar *avatar, const char *name)
{
  g_autofree char *text = vav_gtk_words_portrait (name);

  adw_avatar_set_text (avatar, text);
}

void
vav_app_portrait_show (AdwAvatar *avatar, VavPeople *people, VavPeer *peer, const char *name)
{
  g_autoptr (VavPerson) person = peer != NULL ? vav_people_find_by_id (people, vav_peer_get_id (peer)) : NULL;
  g_autoptr (GdkPaintable) picture
      = person != NULL ? vav_app_picture_get_paintable (vav_person_get_picture (person)) : NULL;

  vav_app_portrait_set_name (avatar, name);
  adw_avatar_set_custom_image (avatar, picture);
}
