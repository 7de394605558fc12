/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

/* The view's properties, as GObject wants them: each goes to its own setter. */

enum
{
  PROP_STREAM = 1,
  PROP_ENDPOINT,
  PROP_VIEW,
  PROP_ADDRESS,
  PROP_IDENTIFIER,
  PROP_DETECTION,
  PROP_DIALLER_VISIBLE,
  PROP_DETECTION_VISIBLE,
  PROP_CONTROLS_VISIBLE,
  PROP_NAME_VISIBLE,
  PROP_MIRROR_OWN,
  PROP_MICROPHONE,
  PROP_CAMERA,
  PROP_CONTROLS_SHOWN,
  PROP_OWN_CORNER,
  PROP_SWAPPED,
  PROP_HELD,
  PROP_FULLSCREEN,
  PROP_SCREEN,
  PROP_HOLD_BUTTON,
  PROP_SCREEN_BUTTON,
  PROP_FULLSCREEN_BUTTON,
  PROP_MENU_MODEL,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

void
vav_gtk_conference_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (object);

  switch (id)
    {
    case PROP_STREAM:
      g_value_set_object (value, self->stream);
      break;
    case PROP_ENDPOINT:
      g_value_set_object (value, self->endpoint);
      break;
    case PROP_VIEW:
      g_value_set_enum (value, (int)self->view);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, vav_gtk_conference_get_address (self));
      break;
    case PROP_IDENTIFIER:
      g_value_set_string (value, vav_gtk_conference_get_identifier (self));
      break;
    case PROP_DETECTION:
      g_value_set_boolean (value, vav_gtk_conference_get_detection (self));
      break;
    case PROP_DIALLER_VISIBLE:
      g_value_set_boolean (value, self->dialler_visible);
      break;
    case PROP_DETECTION_VISIBLE:
      g_value_set_boolean (value, self->detection_visible);
      break;
    case PROP_CONTROLS_VISIBLE:
      g_value_set_boolean (value, self->controls_visible);
      break;
    case PROP_NAME_VISIBLE:
      g_value_set_boolean (value, self->name_visible);
      break;
    case PROP_MIRROR_OWN:
      g_value_set_boolean (value, self->mirror_own);
      break;
    case PROP_MICROPHONE:
      g_value_set_boolean (value, vav_gtk_conference_get_microphone (self));
      break;
    case PROP_CAMERA:
      g_value_set_boolean (value, vav_gtk_conference_get_camera (self));
      break;
    case PROP_CONTROLS_SHOWN:
      g_value_set_boolean (value, self->controls_shown);
      break;
    case PROP_OWN_CORNER:
      g_value_set_enum (value, (int)self->own_corner);
      break;
    case PROP_SWAPPED:
      g_value_set_boolean (value, self->swapped);
      break;
    case PROP_HELD:
      g_value_set_boolean (value, vav_gtk_conference_get_held (self));
      break;
    case PROP_FULLSCREEN:
      g_value_set_boolean (value, vav_gtk_conference_get_fullscreen (self));
      break;
    case PROP_SCREEN:
      g_value_set_boolean (value, vav_gtk_conference_get_screen (self));
      break;
    case PROP_HOLD_BUTTON:
      g_value_set_boolean (value, self->has_hold);
      break;
    case PROP_SCREEN_BUTTON:
      g_value_set_boolean (value, self->has_screen);
      break;
    case PROP_FULLSCREEN_BUTTON:
      g_value_set_boolean (value, self->has_fullscreen);
      break;
    case PROP_MENU_MODEL:
      g_value_set_object (value, gtk_menu_button_get_menu_model (self->more_button));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* The switches of what is shown: compare, store, update, notify. */
static void
set_flag (VavGtkConference *self, gboolean *flag, gboolean value, guint property)
{
  if (*flag == value)
    return;
  *flag = value;
  vav_gtk_conference_update_visibility (self);
  vav_gtk_conference_update_views (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_menu_model (VavGtkConference *self, GMenuModel *model)
{
  if (gtk_menu_button_get_menu_model (self->more_button) == model)
    return;
  gtk_menu_button_set_menu_model (self->more_button, model);
  vav_gtk_conference_update_visibility (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MENU_MODEL]);
}

void
vav_gtk_conference_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavGtkConference *self = VAV_GTK_CONFERENCE (object);

  switch (id)
    {
    case PROP_STREAM:
      vav_gtk_conference_set_stream (self, g_value_get_object (value));
      break;
    case PROP_ENDPOINT:
      vav_gtk_conference_set_endpoint (self, g_value_get_object (value));
      break;
    case PROP_VIEW:
      vav_gtk_conference_set_view (self, (VavGtkView)g_value_get_enum (value));
      break;
    case PROP_ADDRESS:
      vav_gtk_conference_set_address (self, g_value_get_string (value));
      break;
    case PROP_IDENTIFIER:
      vav_gtk_conference_set_identifier (self, g_value_get_string (value));
      break;
    case PROP_DETECTION:
      vav_gtk_conference_set_detection (self, g_value_get_boolean (value));
      break;
    case PROP_DIALLER_VISIBLE:
      set_flag (self, &self->dialler_visible, g_value_get_boolean (value), id);
      break;
    case PROP_DETECTION_VISIBLE:
      set_flag (self, &self->detection_visible, g_value_get_boolean (value), id);
      break;
    case PROP_CONTROLS_VISIBLE:
      set_flag (self, &self->controls_visible, g_value_get_boolean (value), id);
      break;
    case PROP_NAME_VISIBLE:
      set_flag (self, &self->name_visible, g_value_get_boolean (value), id);
      break;
    case PROP_MIRROR_OWN:
      set_flag (self, &self->mirror_own, g_value_get_boolean (value), id);
      break;
    case PROP_MICROPHONE:
      vav_gtk_conference_set_microphone (self, g_value_get_boolean (value));
      break;
    case PROP_CAMERA:
      vav_gtk_conference_set_camera (self, g_value_get_boolean (value));
      break;
    case PROP_OWN_CORNER:
      vav_gtk_conference_set_own_corner (self, (VavGtkCorner)g_value_get_enum (value));
      break;
    case PROP_SWAPPED:
      vav_gtk_conference_set_swapped (self, g_value_get_boolean (value));
      break;
    case PROP_HELD:
      vav_gtk_conference_set_held (self, g_value_get_boolean (value));
      break;
    case PROP_FULLSCREEN:
      vav_gtk_conference_set_fullscreen (self, g_value_get_boolean (value));
      break;
    case PROP_SCREEN:
      vav_gtk_conference_set_screen (self, g_value_get_boolean (value));
      break;
    case PROP_HOLD_BUTTON:
      set_flag (self, &self->has_hold, g_value_get_boolean (value), id);
      break;
    case PROP_SCREEN_BUTTON:
      set_flag (self, &self->has_screen, g_value_get_boolean (value), id);
      break;
    case PROP_FULLSCREEN_BUTTON:
      set_flag (self, &self->has_fullscreen, g_value_get_boolean (value), id);
      break;
    case PROP_MENU_MODEL:
      set_menu_model (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

void
vav_gtk_conference_install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_STREAM] = g_param_spec_object ("stream", "Stream", "The call that it shows", VAV_TYPE_STREAM, flags);
  properties[PROP_ENDPOINT] = g_param_spec_object ("endpoint", "Endpoint", "Who makes it a stream when it has none",
                                                   VAV_TYPE_ENDPOINT, flags);
  properties[PROP_VIEW] = g_param_spec_enum ("view", "View", "Which of the two pictures it shows", VAV_GTK_TYPE_VIEW,
                                             VAV_GTK_VIEW_BOTH, flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", "Address", "Whom to call; setting it dials", NULL, flags);
  properties[PROP_IDENTIFIER]
      = g_param_spec_string ("identifier", "Identifier", "The name under which it can be called", NULL, flags);
  properties[PROP_DETECTION] = g_param_spec_boolean ("detection", "Detection", "Whether it takes calls", FALSE, flags);
  properties[PROP_DIALLER_VISIBLE] = g_param_spec_boolean (
      "dialler-visible", "Dialler visible", "Whether it offers an address entry and a call button", TRUE, flags);
  properties[PROP_DETECTION_VISIBLE] = g_param_spec_boolean (
      "detection-visible", "Detection visible", "Whether it offers a switch for calls that come", TRUE, flags);
  properties[PROP_CONTROLS_VISIBLE] = g_param_spec_boolean ("controls-visible", "Controls visible",
                                                            "Whether it offers controls in a call", TRUE, flags);
  properties[PROP_NAME_VISIBLE]
      = g_param_spec_boolean ("name-visible", "Name visible", "Whether a call says whom it is with", TRUE, flags);
  properties[PROP_MIRROR_OWN] = g_param_spec_boolean ("mirror-own", "Mirror own",
                                                      "Whether the own picture is shown as in a mirror", TRUE, flags);
  properties[PROP_MICROPHONE]
      = g_param_spec_boolean ("microphone", "Microphone", "Whether this side's sound goes out", FALSE, flags);
  properties[PROP_CAMERA]
      = g_param_spec_boolean ("camera", "Camera", "Whether this side's picture goes out", FALSE, flags);
  properties[PROP_CONTROLS_SHOWN] = g_param_spec_boolean ("controls-shown", "Controls shown",
                                                          "Whether header and controls are to be seen at the moment",
                                                          TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_OWN_CORNER]
      = g_param_spec_enum ("own-corner", "Own corner", "Where the small picture stands", VAV_GTK_TYPE_CORNER, 0, flags);
  properties[PROP_SWAPPED]
      = g_param_spec_boolean ("swapped", "Swapped", "Whether the own picture is the large one", FALSE, flags);
  properties[PROP_HELD] = g_param_spec_boolean ("held", "Held", "Whether this side has the call on hold", FALSE, flags);
  properties[PROP_FULLSCREEN]
      = g_param_spec_boolean ("fullscreen", "Fullscreen", "Whether the window fills the screen", FALSE, flags);
  properties[PROP_SCREEN]
      = g_param_spec_boolean ("screen", "Screen", "Whether a screen is sent in the place of the camera", FALSE, flags);
  properties[PROP_SCREEN_BUTTON] = g_param_spec_boolean ("screen-button", "Screen button",
                                                         "Whether there is a button to share a screen", TRUE, flags);
  properties[PROP_HOLD_BUTTON]
      = g_param_spec_boolean ("hold-button", "Hold button", "Whether there is a button to hold the call", TRUE, flags);
  properties[PROP_FULLSCREEN_BUTTON] = g_param_spec_boolean (
      "fullscreen-button", "Fullscreen button", "Whether there is a button to fill the screen", TRUE, flags);
  properties[PROP_MENU_MODEL]
      = g_param_spec_object ("menu-model", "Menu model", "What the button \"More\" opens", G_TYPE_MENU_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}
