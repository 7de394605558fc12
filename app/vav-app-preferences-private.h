/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-preferences.h"
#include "app/vav-app-saver-group.h"
#include "widgets/visavis-gtk.h"

G_BEGIN_DECLS

/* The window and its parts: each file of the class fills the rows that it knows. */

struct _VavAppPreferences
{
  AdwPreferencesWindow parent_instance;

  /* template children: you */
  GtkEditable *name_row;
  GtkLabel *name_error;
  GtkSwitch *reachable_switch;
  AdwActionRow *findable_row;
  GtkSwitch *findable_switch;
  GtkSwitch *disturb_switch;
  AdwComboRow *ring_row;
  AdwActionRow *autostart_action_row;
  GtkSwitch *autostart_switch;
  GtkSwitch *background_switch;

  /* template children: network */
  GtkEditable *port_row;
  AdwExpanderRow *only_row;
  GtkEditable *only_address_row;
  GtkLabel *listen_error;
  GtkEditable *media_ports_row;
  GtkLabel *media_ports_error;
  GtkEditable *stun_row;
  GtkLabel *stun_error;
  GtkEditable *turn_host_row;
  GtkEditable *turn_port_row;
  GtkEditable *turn_user_row;
  GtkEditable *turn_password_row;
  AdwComboRow *turn_transport_row;
  GtkLabel *turn_error;
  GtkEditable *broker_host_row;
  GtkEditable *broker_user_row;
  GtkEditable *broker_password_row;
  AdwComboRow *broker_tls_row;
  GtkEditable *broker_ca_row;
  AdwActionRow *broker_state_row;
  GtkLabel *broker_words;
  GtkLabel *broker_error;
  GtkWidget *secrets_group;
  AdwActionRow *secrets_row;
  GtkWidget *secrets_button;

  /* template children: devices */
  GtkWidget *devices_group;
  VavGtkDevices *devices;
  AdwComboRow *quality_row;
  VavAppSaverGroup *saver_group;

  /* template children: privacy */
  AdwActionRow *relay_row;
  GtkSwitch *relay_switch;
  GtkSwitch *presence_switch;
  AdwActionRow *folder_row;
  GtkSwitch *keep_switch;
  AdwComboRow *days_row;
  AdwActionRow *delete_row;
  AdwPreferencesGroup *blocked_group;
  GtkListBox *blocked_list;

  /* template children: profile */
  AdwActionRow *save_row;
  AdwActionRow *restore_row;

  /* borrowed */
  VavAppSettings *settings;

  /* owned */
  VavAppHost *host; /* nullable */
  char *profile;
  GListModel *blocked;           /* of VavPerson */
  GtkFileChooserNative *chooser; /* nullable: while it is open */

  gboolean only_restore; /* shown for bringing back a saved copy, and for nothing else */
  gboolean filling;      /* rows are being set to what counts: no choice of the person's */
};

/* Shows what is wrong beside a row, or takes it away: NULL. */
void vav_app_preferences_tell (GtkWidget *row, GtkLabel *label, const char *sentence);

/* If the organisation has locked that setting: rows, up to NULL, can be looked at and not changed, and the label says so. */
void vav_app_preferences_lock (VavAppPreferences *self, const char *key, GtkLabel *label, ...) G_GNUC_NULL_TERMINATED;

void vav_app_preferences_toast (VavAppPreferences *self, const char *sentence);

/* A password row that is destroyed while its entry has a key: libadwaita 1.2 leaves handlers on the entry, which then reach for the row. */
void vav_app_preferences_guard_password (GtkEditable *row);

/* vav-app-preferences-profile.c: one chooser at a time. It is shown by whoever made it; callback (self, response) takes what was chosen. */
void vav_app_preferences_choose (VavAppPreferences *self, GtkFileChooserAction action, const char *title,
                                 const char *accept, GCallback callback);
/* Returns: (nullable): the path that was chosen; the chooser is gone then */
char *vav_app_preferences_take_choice (VavAppPreferences *self, int response);

/* vav-app-preferences-history.c */
void vav_app_preferences_fill_history (VavAppPreferences *self);
void vav_app_preferences_bind_history (GtkWidgetClass *widget_class);

/* vav-app-preferences-network.c */
void vav_app_preferences_fill_network (VavAppPreferences *self);
void vav_app_preferences_fill_turn_password (VavAppPreferences *self); /* unless there is one */
void vav_app_preferences_bind_network (GtkWidgetClass *widget_class);

/* vav-app-preferences-broker.c */
void vav_app_preferences_fill_broker (VavAppPreferences *self);
void vav_app_preferences_bind_broker (GtkWidgetClass *widget_class);

/* vav-app-preferences-secrets.c */
void vav_app_preferences_fill_secrets (VavAppPreferences *self);
void vav_app_preferences_bind_secrets (GtkWidgetClass *widget_class);

/* vav-app-preferences-profile.c */
void vav_app_preferences_fill_profile (VavAppPreferences *self);
void vav_app_preferences_bind_profile (GtkWidgetClass *widget_class);

G_END_DECLS
