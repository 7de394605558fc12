/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VavStep:
 *
 * What a call passes on its way to the first picture, and a program on its way to its window, each in about the order in which it happens. What each is
 * called stands in vav-timeline.c, and only there.
 */
typedef enum
{
  /* signalling */
  VAV_STEP_DIALLED,
  VAV_STEP_RESOLVED,
  VAV_STEP_CONNECTED,
  VAV_STEP_SECURED,
  VAV_STEP_REQUEST_SENT,
  VAV_STEP_HELLO,
  VAV_STEP_REQUEST_READ,
  VAV_STEP_RINGING,
  VAV_STEP_ACCEPTED,
  VAV_STEP_ACCEPT_READ,

  /* the path */
  VAV_STEP_MEDIA_BUILT,
  VAV_STEP_DESCRIBED,
  VAV_STEP_PEER_DESCRIBED,
  VAV_STEP_GATHERED,
  VAV_STEP_CHECKING,
  VAV_STEP_PATH,
  VAV_STEP_DTLS_SENT,
  VAV_STEP_DTLS_READ,
  VAV_STEP_DTLS_DONE,
  VAV_STEP_MATCHED,

  /* what we send */
  VAV_STEP_ENCODER_READY,
  VAV_STEP_SOURCE_HELD,
  VAV_STEP_CAPTURED,
  VAV_STEP_ENCODED,
  VAV_STEP_MEDIA_SENT,

  /* what comes */
  VAV_STEP_MEDIA_READ,
  VAV_STEP_UNBUFFERED,
  VAV_STEP_KEY_FRAME,
  VAV_STEP_DECODED,
  VAV_STEP_SHOWN,

  /* a program with a window */
  VAV_STEP_PROCESS,
  VAV_STEP_MAIN,
  VAV_STEP_SETTINGS,
  VAV_STEP_GTK,
  VAV_STEP_WINDOW_MADE,
  VAV_STEP_WINDOW_SHOWN,
  VAV_STEP_WINDOW_DRAWN,
  VAV_STEP_GSTREAMER,
  VAV_STEP_PROFILE,
  VAV_STEP_LISTENING,

  /* of the timeline itself; never in a table */
  VAV_STEP_TO_TELL,
  VAV_STEP_TOLD,

  VAV_N_STEPS
} VavStep;

/**
 * VavTimeline:
 *
 * When each step came: for people who ask where the time goes. A step has the time of its first mark; those after it are not counted. Marks may come from any
 * thread. There is none, and a mark costs a comparison, unless the program asked for it.
 */
#define VAV_TYPE_TIMELINE (vav_timeline_get_type ())
typedef struct _VavTimeline VavTimeline;

GType vav_timeline_get_type (void);

/* Before the first is made. */
void vav_timeline_enable (void);
gboolean vav_timeline_is_enabled (void);
VavTimeline *vav_timeline_new (void); /* (nullable): not enabled; all functions take %NULL */
VavTimeline *vav_timeline_ref (VavTimeline *self);
void vav_timeline_unref (VavTimeline *self);

void vav_timeline_mark (VavTimeline *self, VavStep step);
void vav_timeline_mark_at (VavTimeline *self, VavStep step, gint64 monotonic_us);
gboolean vav_timeline_has (VavTimeline *self, VavStep step);

/* (transfer full): a table, a line a step, in the order in which they came: ms since the dialling (or the accepting, or the first step that there is), ms since
 * the step before, what it is called. Empty without any. */
char *vav_timeline_describe (VavTimeline *self);
const char *vav_step_to_string (VavStep step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavTimeline, vav_timeline_unref)

G_END_DECLS
