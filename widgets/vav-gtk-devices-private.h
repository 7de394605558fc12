/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "widgets/vav-gtk-devices.h"
#include "widgets/vav-gtk-video-view.h"

G_BEGIN_DECLS

/* What the widget's files share: vav-gtk-devices.c is the class, vav-gtk-devices-lists.c what can be chosen, vav-gtk-devices-words.c the sentences. */
struct _VavGtkDevices
{
  GtkWidget parent_instance;

  /* template children */
  VavGtkVideoView *view;
  GtkWidget *placeholder;
  GtkLabel *camera_hint;
  GtkWidget *preview_button;
  GtkWidget *test_picture_button;
  GtkWidget *hide_button;
  GtkDropDown *drop_downs[VAV_N_DEVICE_KINDS];
  GtkLevelBar *meter;
  GtkLabel *microphone_hint;
  GtkSwitch *processing_switch;
  GtkWidget *processing_row;
  GtkWidget *sound_button;
  GtkLabel *speaker_hint;
  GtkAdjustment *volume;
  GtkScale *volume_scale;

  /* owned */
  VavEndpoint *endpoint; /* nullable */
  VavPreview *tryout;    /* nullable, with the endpoint */
  VavDeviceList *list;   /* nullable, with the endpoint */
  GSignalGroup *endpoint_signals;
  GSignalGroup *list_signals;
  GSignalGroup *tryout_signals;
  GBindingGroup *bindings;
  GPtrArray *names[VAV_N_DEVICE_KINDS]; /* of char *, nullable: what the entries of a drop-down stand for */

  gboolean preview;
  gboolean metering;
  gboolean updating; /* what is selected now is not the person's choice */
  gboolean choosing; /* a drop-down tells what was selected: it must not be filled anew meanwhile */
  guint refill;      /* the source that does so afterwards */
  gint64 heard;      /* monotonic, µs: when somebody spoke last */
  enum
  {
    VAV_GTK_SOUND_UNTRIED,
    VAV_GTK_SOUND_PLAYED,
    VAV_GTK_SOUND_FAILED,
  } sound;
};

/* vav-gtk-devices-lists.c */
void vav_gtk_devices_set_up_lists (VavGtkDevices *self);
void vav_gtk_devices_update_lists (VavGtkDevices *self);
gboolean vav_gtk_devices_uses_devices (VavGtkDevices *self);

/* vav-gtk-devices-words.c */
void vav_gtk_devices_update_words (VavGtkDevices *self);

G_END_DECLS
