/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-request.h"
#include "net/call/vav-stream.h"

G_BEGIN_DECLS

enum
{
  VAV_STREAM_PROP_0,
  VAV_STREAM_PROP_ENDPOINT,
  VAV_STREAM_PROP_ADDRESS,
  VAV_STREAM_PROP_IDENTIFIER,
  VAV_STREAM_PROP_DETECTION,
  VAV_STREAM_PROP_LINGER,
  VAV_STREAM_PROP_VALUE,
  VAV_STREAM_PROP_STATE,
  VAV_STREAM_PROP_END_REASON,
  VAV_STREAM_PROP_LAST_ERROR,
  VAV_STREAM_PROP_GRACEFUL,
  VAV_STREAM_PROP_PEER,
  VAV_STREAM_PROP_FLOWS,
  VAV_STREAM_PROP_PEER_FLOWS,
  VAV_STREAM_PROP_HELD,
  VAV_STREAM_PROP_PEER_HELD,
  VAV_STREAM_PROP_SHARING,
  VAV_STREAM_PROP_PEER_SHARING,
  VAV_STREAM_PROP_SLOW,
  VAV_STREAM_PROP_PEER_SLOW,
  VAV_STREAM_PROP_INCOMING,
  VAV_STREAM_PROP_START_TIME,
  VAV_STREAM_PROP_ENTRY_NAME,
  VAV_STREAM_N_PROPS,
};

enum
{
  VAV_STREAM_CONNECTION_REQUESTED,
  VAV_STREAM_RINGING,
  VAV_STREAM_ANSWERED,
  VAV_STREAM_CLOSING,
  VAV_STREAM_GOODBYE_SENT,
  VAV_STREAM_CLOSED,
  VAV_STREAM_ENDED,
  VAV_STREAM_FIRST_FRAME,
  VAV_STREAM_FIRST_SOUND,
  VAV_STREAM_PATH,
  VAV_STREAM_NETWORK,
  VAV_STREAM_STATS,
  VAV_STREAM_SHARING_ENDED,
  VAV_STREAM_N_SIGNALS,
};

extern GParamSpec *vav_stream_properties[VAV_STREAM_N_PROPS];
extern guint vav_stream_signals[VAV_STREAM_N_SIGNALS];

struct _VavStream
{
  GObject parent_instance;

  /* set by the program */
  VavEndpoint *endpoint; /* owned */
  char *address;
  char *identifier;
  gboolean detection;
  int linger_ms;
  VavFlows flows; /* of the present call, and of the next */
  gboolean constructed;

  /* the present or last call */
  VavCall *call;               /* owned, nullable */
  GSignalGroup *call_group;    /* its signals, told on as ours */
  GListStore *files;           /* of VavFile, of that call */
  GSignalGroup *courier_group; /* the same of its courier */
  VavRequest *request;         /* owned, nullable: waits for a decision */
  GBytes *answer;              /* nullable: data that came with the answer, yes or no */
  GError *refusal;             /* of a dial that could not begin; nullable */
  guint forward_video;
  guint forward_audio;
  GList *connecting;    /* of GTask: settle when the call is up, or over */
  GList *disconnecting; /* of GTask: settle when it is over */

  VavOutlet *video_in;
  VavOutlet *audio_in;
  VavOutlet *video_out;
  VavOutlet *shown; /* owned: the camera's or the screen's, of which that has its pictures */
  guint forward_own;
  gint64 waiting_since; /* monotonic */
};

/* vav-stream.c */
void vav_stream_set_call (VavStream *self, VavCall *call);
void vav_stream_set_request (VavStream *self, VavRequest *request);

/* vav-stream-talk.c */
void vav_stream_talk_class_init (void);
void vav_stream_talk_init (VavStream *self);
void vav_stream_talk_set_call (VavStream *self, VavCall *call);

/* vav-stream-screen.c */
void vav_stream_screen_clear (VavStream *self);
void vav_stream_screen_update (VavStream *self);

/* vav-stream-verbs.c */
void vav_stream_settle (VavStream *self);
gboolean vav_stream_is_free (VavStream *self);
gboolean vav_stream_was_called (VavStream *self); /* is in a call whose other side came to us, and might again */
VavCall *vav_stream_get_call (VavStream *self);
gint64 vav_stream_get_waiting_since (VavStream *self);

G_END_DECLS
