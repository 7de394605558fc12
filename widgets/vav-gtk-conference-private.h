/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "widgets/vav-gtk-conference.h"
#include "widgets/vav-gtk-details.h"
#include "widgets/vav-gtk-portrait.h"
#include "widgets/vav-gtk-quality.h"
#include "widgets/vav-gtk-video-view.h"

G_BEGIN_DECLS

/* Below this the controls are small. */
#define VAV_GTK_COMPACT_WIDTH 360
#define VAV_GTK_COMPACT_HEIGHT 280

/* What the view's files share: vav-gtk-conference.c is the class, vav-gtk-conference-line.c what is passed on to the stream,
 * vav-gtk-conference-end.c what follows from the end of a call, vav-gtk-conference-update.c what is seen, vav-gtk-conference-fade.c when the
 * controls hide, vav-gtk-conference-own.c where the small picture stands,
 * vav-gtk-conference-screen.c the screen that is shared, vav-gtk-conference-keys.c keys, hold and full screen, vav-gtk-conference-properties.c the properties. */
struct _VavGtkConference
{
  GtkWidget parent_instance;

  /* template children */
  GtkStack *stack;
  VavGtkPortrait *result_portrait;
  GtkLabel *result_label;
  GtkWidget *result_box;
  GtkWidget *again_button;
  GtkWidget *dialler_box;
  GtkEditable *address_entry;
  GtkWidget *detection_box;
  GtkOverlay *overlay;
  VavGtkVideoView *main_view;
  VavGtkVideoView *own_view;
  GtkWidget *placeholder_box;
  VavGtkPortrait *placeholder_portrait;
  GtkLabel *placeholder_name;
  GtkLabel *placeholder_label;
  GtkSpinner *spinner;
  GtkLabel *announcer;
  GtkLabel *silence_label;
  GtkWidget *header_box;
  GtkLabel *name_label;
  GtkLabel *state_label;
  GtkWidget *controls_box;
  GtkWidget *accept_button;
  GtkButton *microphone_button;
  GtkButton *camera_button;
  GtkButton *screen_button;
  GtkWidget *sharing_box;
  GtkWidget *quality_button;
  VavGtkDetails *details;
  GtkButton *hold_button;
  GtkButton *fullscreen_button;
  GtkMenuButton *more_button;

  /* owned */
  VavStream *stream; /* nullable */
  GSignalGroup *signals;
  GSignalGroup *device_signals; /* of the stream's endpoint */
  char *identifier;             /* set on the view before it had a stream */
  char *address;                /* the same; dialled when the stream comes */
  gint8 detection;              /* the same: -1 not set */

  /* owned: what the last call left behind when its stream went */
  char *last_words;      /* how it ended; nullable: nothing to tell */
  char *last_name;       /* whom it was with */
  char *last_address;    /* nullable: what "Call again" dials */
  char *last_identifier; /* nullable: the own name that was set, for the fresh stream */

  /* not held */
  VavEndpoint *endpoint; /* weak pointer, nullable */

  VavGtkView view;
  gboolean dialler_visible;
  gboolean detection_visible;
  gboolean controls_visible;
  gboolean name_visible;
  gboolean mirror_own;
  gboolean has_hold;
  gboolean has_screen;
  gboolean has_fullscreen;
  gboolean detection_set; /* on the view, not only on a stream */
  gboolean stream_is_own; /* made by the view */
  gboolean asks_screen;   /* the person is choosing what to share */
  gboolean follows_screen;

  gint64 active_since;  /* monotonic, microseconds; 0: not active */
  gint64 waiting_since; /* the same, since the call does not go on; 0: it does */
  char *announced;      /* owned, nullable: what a screen reader was told last */
  VavGtkQuality judged; /* the last second */
  guint hush;           /* the source that takes that away */
  double freeze_ms;     /* by the figures of the last second */
  guint clock;          /* the source that moves the call's clock on */
  guint resize;         /* the source that looks at the new size */

  /* where the small picture stands */
  VavGtkCorner own_corner;
  gboolean swapped;
  gboolean own_fills; /* nobody else is seen yet: the small picture has the whole view */
  double grown;       /* how much of that is left on its way to its corner: 1 to 0 */
  double from_grown;
  gboolean pressed; /* the button went down on the small picture */
  gboolean dragged;
  double drag_x; /* how far it is from its corner: under a finger, or on its way there */
  double drag_y;
  double from_x; /* where that way began */
  double from_y;
  gint64 slide_since; /* frame time, microseconds */
  guint slide;        /* the tick callback that moves it; 0: it rests */

  /* keys */
  gboolean talking;         /* the space bar is down and opened the microphone */
  GtkWidget *keyed;         /* the root that gives us its keys; not held, nullable */
  GtkEventController *keys; /* the root's; not held, nullable */

  /* when the controls hide */
  gboolean controls_shown;
  guint fade;       /* the source that hides them */
  double pointer_x; /* where it was last seen; GTK tells of motion also where nothing moved but the widgets */
  double pointer_y;
  gboolean steps;          /* the last key was one that moves the focus */
  gboolean focused;        /* such a key brought the focus to the controls, and it is there since */
  GtkWidget *listened;     /* the root whose keys and focus are heard; not held, nullable */
  GtkEventController *key; /* the root's; not held, nullable */
};

/* On a stream: when its call became active (monotonic, microseconds), and that call's number. */
#define VAV_GTK_ACTIVE_SINCE "vav-gtk-active-since"

/* vav-gtk-conference.c */
void vav_gtk_conference_bind (VavGtkConference *self, VavStream *stream);

/* vav-gtk-conference-line.c */
void vav_gtk_conference_hand_over (VavGtkConference *self);
VavStream *vav_gtk_conference_make_stream (VavGtkConference *self);
void vav_gtk_conference_take_endpoint (VavGtkConference *self);

/* vav-gtk-conference-end.c */
void vav_gtk_conference_keep_end (VavGtkConference *self);
void vav_gtk_conference_forget_end (VavGtkConference *self);
void vav_gtk_conference_let_go (VavGtkConference *self);

/* vav-gtk-conference-update.c */
void vav_gtk_conference_update_call (VavGtkConference *self);
void vav_gtk_conference_update_flows (VavGtkConference *self);
void vav_gtk_conference_update_views (VavGtkConference *self);
void vav_gtk_conference_update_visibility (VavGtkConference *self);
void vav_gtk_conference_update_compact (VavGtkConference *self);
void vav_gtk_conference_stop_clock (VavGtkConference *self);

/* vav-gtk-conference-tell.c */
void vav_gtk_conference_set_tooltip (GtkWidget *widget, const char *text);
void vav_gtk_conference_announce (VavGtkConference *self, const char *words);
void vav_gtk_conference_announce_call (VavGtkConference *self);
void vav_gtk_conference_show_stats (VavGtkConference *self, const VavStats *stats);

/* vav-gtk-conference-own.c */
gboolean vav_gtk_conference_place_child (VavGtkConference *self, GtkWidget *child, GdkRectangle *rectangle);
void vav_gtk_conference_init_own (VavGtkConference *self);
gboolean vav_gtk_conference_is_swapped (VavGtkConference *self);
void vav_gtk_conference_update_fills (VavGtkConference *self);
gboolean vav_gtk_conference_has_words_over (VavGtkConference *self);

/* vav-gtk-conference-screen.c */
void vav_gtk_conference_install_screen (GtkWidgetClass *widget_class);
gboolean vav_gtk_conference_can_share (VavGtkConference *self);
void vav_gtk_conference_on_sharing (VavGtkConference *self);
void vav_gtk_conference_on_sharing_ended (VavGtkConference *self, const GError *error);

/* vav-gtk-conference-keys.c */
void vav_gtk_conference_stop_talking (VavGtkConference *self);
void vav_gtk_conference_take_keys (VavGtkConference *self, GtkWidget *root);

/* vav-gtk-conference-properties.c */
void vav_gtk_conference_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec);
void vav_gtk_conference_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec);
void vav_gtk_conference_install_properties (GObjectClass *object_class);

/* vav-gtk-conference-fade.c */
void vav_gtk_conference_init_fade (VavGtkConference *self);
void vav_gtk_conference_wake (VavGtkConference *self);
void vav_gtk_conference_stop_fade (VavGtkConference *self);
void vav_gtk_conference_listen (VavGtkConference *self, GtkWidget *root);

G_END_DECLS
