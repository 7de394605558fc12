/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-application.h"
#include "app/vav-app-background.h"
#include "app/vav-app-callers.h"
#include "app/vav-app-host.h"
#include "app/vav-app-launch.h"
#include "app/vav-app-settings.h"
#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* The program and its actions. */

struct _VavAppApplication
{
  AdwApplication parent_instance;

  VavAppOptions options;
  VavAppPlace place;
  VavAppSettings *settings;     /* owned, nullable before startup */
  VavAppHost *host;             /* owned, nullable before it started and after it closed */
  VavAppCallers *callers;       /* owned, as long as the host */
  VavAppBackground *background; /* the same */
  GtkWidget *share;             /* weak pointer: a window, nullable */
  char *pending_call;           /* nullable: to be called when the host is there */
  char *pending_link;           /* nullable: to be asked about then */
  GError *start_error;          /* nullable: why there is no host */
  char *notice;                 /* nullable: what the person is told when there is a window */
  char **again;                 /* with which options this program is started again */
  char *import_file;            /* nullable: a saved profile that takes the place of this one, after all is closed */
  char *import_passphrase;

  gboolean starting; /* the host is on its way */
  gboolean exported; /* the calls are on the bus */
  gboolean lost_race;
  gboolean leaving;
  gboolean restart; /* begins anew after it has left */
  gboolean is_service;
  guint signal_sources[2];
};

VavAppWindow *vav_app_application_get_window (VavAppApplication *self); /* (nullable) */

/* Returns: (nullable): the window; NULL when the program is leaving */
VavAppWindow *vav_app_application_present_window (VavAppApplication *self);

/* Calls as soon as there is a host. */
void vav_app_application_request_call (VavAppApplication *self, const char *address);

/* Calls end with a goodbye before the process goes, and the window is gone at once. */
void vav_app_application_leave (VavAppApplication *self);

/* vav-app-application-actions.c */
void vav_app_application_add_actions (VavAppApplication *self);
void vav_app_application_begin_import (VavAppApplication *self); /* when all else is closed */

G_END_DECLS
