/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"
#include "app/cli/vav-cli-status.h"
#include "app/cli/vav-cli-talk.h"
#include "app/service/vav-app-events.h"
#include "app/service/vav-app-profile.h"
#include "app/service/vav-app-service.h"

G_BEGIN_DECLS

typedef struct _VavCliSession VavCliSession;

/* SIGINT, SIGTERM, SIGHUP, or nobody reads our output any more: end gracefully. */
typedef void (*VavCliInterrupt) (VavCliSession *session, gpointer user_data);

/**
 * VavCliSession:
 *
 * What `call` and `answer` have in common: an endpoint of their own, somebody who tells what happens (events as JSON, or lines for
 * people), the calls on the session bus if there is one, signals, and an end that waits for the goodbyes.
 */
struct _VavCliSession
{
  const VavCliOptions *options; /* borrowed */
  VavEndpoint *endpoint;
  VavAppService *service;
  VavCliStatus status; /* that run() returns */

  /* private */
  VavAppLock *lock;
  VavAppEvents *events; /* (nullable) */
  VavCliTalk *talk;     /* (nullable) */
  GMainLoop *loop;
  VavCliInterrupt interrupt;
  gpointer user_data;
  guint n_interrupts;
  guint sources[4];
  gboolean quitting; /* nothing more is to be begun */
  gboolean closing;
  gboolean closed;
};

/* Complains and returns NULL if it cannot be; *status then has the exit status. lock: take the profile's lock. */
VavCliSession *vav_cli_session_new (const VavCliOptions *options, gboolean lock, VavCliStatus *status);
void vav_cli_session_free (VavCliSession *self);

/* A stream that is told about from its first state on. (transfer full) */
VavStream *vav_cli_session_add_stream (VavCliSession *self);

/* Runs until vav_cli_session_quit(), then closes the endpoint and waits for it, for at most 3 s. */
VavCliStatus vav_cli_session_run (VavCliSession *self, VavCliInterrupt interrupt, gpointer user_data);
void vav_cli_session_quit (VavCliSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCliSession, vav_cli_session_free)

G_END_DECLS
