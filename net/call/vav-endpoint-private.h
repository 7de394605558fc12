/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-endpoint.h"
#include "net/call/vav-last-words.h"
#include "net/media/vav-media.h"
#include "net/signal/vav-announcement.h"
#include "net/signal/vav-direct.h"
#include "net/signal/vav-identity.h"
#include "net/signal/vav-nearby-search.h"
#include "net/signal/vav-rendezvous.h"

G_BEGIN_DECLS

/* What the endpoint is to its streams, its calls and its door. */

typedef struct _VavDoor VavDoor;

enum
{
  VAV_ENDPOINT_CONNECTION_REQUESTED,
  VAV_ENDPOINT_LISTEN_FAILED,
  VAV_ENDPOINT_DEVICE_FAILED,
  VAV_ENDPOINT_STREAM_ENDED,
  VAV_ENDPOINT_N_SIGNALS,
};

extern guint vav_endpoint_signals[VAV_ENDPOINT_N_SIGNALS];

/* Held while it runs, as it may put another one in its place. */
typedef struct
{
  VavConditionFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} VavCondition;

struct _VavEndpoint
{
  GObject parent_instance;

  /* fixed */
  char *profile;
  VavIdentity *identity;
  VavPeople *people;
  VavHistory *history;
  GFileMonitor *written; /* nullable: that people or history were, by whomever */
  VavMedia *media;

  /* the broker carrier */
  VavRendezvous *rendezvous; /* nullable: no broker is set */
  char *broker;
  char *meeting_address;
  gboolean no_direct;
  gboolean present; /* a stream detects */
  gboolean presence_hidden;
  gulong people_read; /* handler */

  /* settings */
  char *identifier;
  char *listening_address;
  gboolean history_kept;
  gboolean findable;

  VavDoor *door;
  GPtrArray *streams; /* of VavStream: those that detect or are in a call */
  VavLastWords *last_words;
  GQueue failed; /* of FailedCall: that nobody has hung up, the oldest first */
  guint64 value_base;
  guint64 value_counter;

  VavCondition *condition; /* nullable: until the first is set */

  /* the local network */
  VavNearby *nearby;
  VavAnnouncement *announcement;

  /* closing */
  gboolean closing;
  guint n_tasks;
  guint n_errands; /* of these tasks; for tests */
  GTask *close_task;
  GSource *close_limit; /* in the endpoint's context */
};

void vav_condition_release (VavCondition *condition);

VavIdentity *vav_endpoint_get_identity (VavEndpoint *self);
VavMedia *vav_endpoint_get_media (VavEndpoint *self);
guint64 vav_endpoint_next_value (VavEndpoint *self);
guint16 vav_endpoint_get_port (VavEndpoint *self); /* where we can be called back; 0: nowhere */
gboolean vav_endpoint_is_closing (VavEndpoint *self);

void vav_endpoint_watch_profile (VavEndpoint *self); /* other programs of this user write there, too */

/* vav-endpoint-nearby.c */
void vav_endpoint_make_nearby (VavEndpoint *self);
void vav_endpoint_drop_nearby (VavEndpoint *self);
/* Where else in the local network somebody with that id is said to be. (transfer full) (nullable) */
char **vav_endpoint_list_nearby (VavEndpoint *self, const char *id);

/* The address to dial: a person's name, an address, or "" for this computer. */
VavAddress *vav_endpoint_find_address (VavEndpoint *self, const char *text, char ***others, GError **error);
/* others (out, nullable): further places of the same person, HOST:PORT */

/* A stream's detection, state or call has changed: list it or not, open or close the door. */
void vav_endpoint_stream_changed (VavEndpoint *self, VavStream *stream);

/* The stream that the next request arrives on; (transfer full) (nullable): all are busy. */
VavStream *vav_endpoint_pick_stream (VavEndpoint *self, gboolean for_self);
void vav_endpoint_raise (VavEndpoint *self, VavStream *stream, VavRequest *request);

/* A call of this side has failed: its number and error stay until somebody hangs it up, or too many have failed after it. */
void vav_endpoint_keep_failed (VavEndpoint *self, guint64 value, const GError *error);
void vav_endpoint_forget (VavEndpoint *self, guint64 value);
void vav_failed_call_free (gpointer failed_call);
void vav_endpoint_set_listening_address (VavEndpoint *self, char *address);
void vav_endpoint_tell_listen_failed (VavEndpoint *self, const GError *error);

/* What must be finished before the endpoint is closed: channels that still flush, sessions being taken down. */
void vav_endpoint_begin_task (VavEndpoint *self);
void vav_endpoint_end_task (VavEndpoint *self);
void vav_endpoint_admit (VavEndpoint *self, VavChannel *channel); /* see vav_door_admit() */
void vav_endpoint_close_channel (VavEndpoint *self, VavChannel *channel);

/* vav-endpoint-devices.c; after the endpoint's own, camera to speaker in the order of VavDeviceKind */
enum
{
  VAV_ENDPOINT_PROP_CAMERA = 16,
  VAV_ENDPOINT_PROP_MICROPHONE,
  VAV_ENDPOINT_PROP_SPEAKER,
  VAV_ENDPOINT_PROP_VOLUME,
  VAV_ENDPOINT_PROP_MUTED,
  VAV_ENDPOINT_PROP_VOICE_PROCESSING,
  VAV_ENDPOINT_PROP_PICTURE_QUALITY,
  VAV_ENDPOINT_PROP_TEST_PICTURE,
  VAV_ENDPOINT_PROP_RATE_LIMIT,
  VAV_ENDPOINT_PROP_HAS_CAMERA,
  VAV_ENDPOINT_PROP_HAS_MICROPHONE,
};

/* Tells of `has-camera` and `has-microphone` from now on. */
void vav_endpoint_watch_media (VavEndpoint *self);
void vav_endpoint_install_device_properties (GObjectClass *class);
/* vav-endpoint-broker.c; NULL: no broker is set */
VavTunnels *vav_endpoint_get_tunnels (VavEndpoint *self);
void vav_endpoint_review_meeting (VavEndpoint *self, gboolean open, gboolean in_call);
void vav_endpoint_review_door (VavEndpoint *self); /* opens or closes what takes calls */
void vav_endpoint_clear_broker (VavEndpoint *self);

/* vav-endpoint-presence.c: at a rendezvous that was just made, or is about to go */
void vav_endpoint_begin_presence (VavEndpoint *self);
void vav_endpoint_end_presence (VavEndpoint *self);
void vav_endpoint_keep_key (VavEndpoint *self,
                            VavChannel *channel); /* (nullable): of a person that was just remembered */
void vav_endpoint_review_presence (VavEndpoint *self, gboolean open);

/* Whether it is one of these properties. */
gboolean vav_endpoint_get_device_property (VavEndpoint *self, guint id, GValue *value);
gboolean vav_endpoint_set_device_property (VavEndpoint *self, guint id, const GValue *value);

G_END_DECLS
