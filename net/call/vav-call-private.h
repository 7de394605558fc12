/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-outbox.h"
#include "net/call/vav-peer-private.h"
#include "net/call/vav-slow-watch.h"
#include "net/core/vav-enums.h"
#include "net/core/vav-network-watch.h"
#include "net/core/vav-timeline.h"
#include "net/media/vav-media-session.h"
#include "net/media/vav-screen.h"

G_BEGIN_DECLS

/* How long each part may take. */
#define VAV_RING_LIMIT_S 45       /* a callee decides */
#define VAV_ANSWER_LIMIT_S 47     /* a caller waits: it is the callee who is to say that nobody came */
#define VAV_SET_UP_LIMIT_S 20     /* from accept to the media path */
#define VAV_LINGER_LIMIT_MS 30000 /* for the peer's goodbye when the program set no linger */

#define VAV_MAX_CANDIDATES 64

/* A limit that the peer knows from our description alone, which stands until a message about flows says what it is by then. */
#define VAV_CALL_DESCRIBED G_MAXUINT

enum
{
  VAV_CALL_CHANGED,
  VAV_CALL_RINGING,
  VAV_CALL_ANSWERED,
  VAV_CALL_CLOSING,
  VAV_CALL_GOODBYE_SENT,
  VAV_CALL_CLOSED,
  VAV_CALL_ENDED,
  VAV_CALL_FIRST_FRAME,
  VAV_CALL_FIRST_SOUND,
  VAV_CALL_PATH,
  VAV_CALL_NETWORK,
  VAV_CALL_STATS,
  VAV_CALL_SHARING_ENDED,
  VAV_CALL_N_SIGNALS,
};

extern guint vav_call_signals[VAV_CALL_N_SIGNALS];

/* What goes on when a connection is lost: vav-call-resume.c. */
typedef struct
{
  VavOutbox *outbox;
  guint64 heard;       /* the number of the peer's last message */
  gint64 heard_us;     /* monotonic: when that came */
  guint n_unconfirmed; /* messages of the peer that it does not know to have come */
  GSource *confirm;
  gboolean told_port; /* caller: the peer may dial us */
  char *seen;         /* caller, nullable: another host where the peer was heard from lately */
  gint64 seen_us;
  gboolean gone; /* there is nobody to go on with: it has closed, or does not come back */
  gboolean cut;  /* the connection was ended from the other side, not by silence */
  guint n_tries; /* since it was lost */
  guint n_dials;
  GSource *retry; /* when the next begins, or when the present one has taken too long */
  GCancellable *dialling;
  VavChannel *pending; /* has said resume, and waits for the answer */
  gint64 taken_us;     /* monotonic: when one was taken last */
} VavCallResume;

/* How it goes with the path while the call is up: vav-call-touch.c. All times are monotonic. */
typedef struct
{
  gint64 tick_us; /* by the clock that goes on while the computer sleeps: the latest of: */
  GSource *tick;  /* while it is up and both sides can resume */
  VavNetworkWatch *network;
  gint64 moved_us;     /* when they changed; 0: never */
  char *addresses;     /* ours, and from which of them we send to the peer */
  gboolean expects;    /* the peer sends something that we take */
  gint64 expected_us;  /* since then */
  gint64 out_us;       /* since when the call is out of touch */
  gboolean path_lost;  /* ICE says so */
  gboolean stale;      /* our addresses have changed, and the peer cannot be told of others yet */
  gboolean changing;   /* the network has changed under the running call, and that is not told yet */
  gint64 changed_us;   /* when another path was selected since, or the connection came back; 0: not yet */
  gint64 restarted_us; /* when this side began a generation */
  guint generation;
  guint n_generations; /* that the peer began lately */
  gint64 peer_us;      /* when that was counted from */
} VavCallTouch;

struct _VavCall
{
  GObject parent_instance;

  /* fixed */
  VavEndpoint *endpoint; /* owned */
  VavRole role;
  guint64 value;
  VavOutlet *video_in;
  VavOutlet *audio_in;
  VavCourier *courier;

  /* the machine */
  VavCallPhase phase;
  VavReason reason;
  GError *error;
  gboolean graceful;
  GQueue *events; /* that came while one was being handled */
  gboolean handling;
  gboolean told;     /* `ended` was raised, or is being raised */
  gboolean given_up; /* before it was dialled */
  gboolean replaces; /* callee: stands for a call that this side had dialled */
  gboolean remnant;  /* callee: its number alone; the call goes on under another */
  gboolean dropped;  /* caller: another call stands for it; it says nothing more but that it is withdrawn */
  guint timer;       /* of the present phase; 0: none */

  /* who and what */
  char *entry;   /* what was dialled, as it is shown */
  gint64 person; /* vav_person_get_number() of who was dialled by name; 0: nobody was */
  char *identifier;
  VavAddress *address; /* caller: where to, and from the first answer on where they were reached */
  char **other_places; /* caller, nullable: where else they may be */
  VavPeer *peer;
  GBytes *connect_data; /* caller: ours; callee: theirs */
  GBytes *answer_data;  /* callee: ours */
  GBytes *goodbye_out;
  GBytes *goodbye_in;
  VavReason first_goodbye; /* whose came first: %VAV_REASON_LOCAL or _REMOTE; %VAV_REASON_NONE: nobody's yet */
  gboolean leaving;        /* this side closes as soon as both have said goodbye */
  gboolean holds_close;    /* the program says goodbye and closes by itself */
  gboolean channel_over;   /* nothing more can be sent or comes */
  VavReason decision;      /* callee: why we reject */
  gboolean decided;        /* callee: accepted, rejected, deferred or rung */
  gboolean answered;       /* callee: accepted or rejected */
  int linger_ms;
  gint64 start_us; /* monotonic: dialled, or accepted */
  gint64 start_time;
  gint64 active_us;      /* monotonic: connected; 0: never */
  VavTimeline *timeline; /* nullable */

  /* signalling */
  GCancellable *dialling;
  VavChannel *channel; /* the last one: channel_over tells whether it is up */
  char *call_id;
  VavCallResume resume;
  VavCallTouch touch;

  /* media */
  VavMediaSession *session;
  GSource *offering;                      /* the session is about to be made */
  gboolean session_local;                 /* it is for a peer on this computer */
  VavMessage *held;                       /* waits for our description */
  char *local_description;                /* made, not yet sent */
  gboolean described;                     /* ours was sent */
  char *remote_description;               /* callee: the offer, until the session takes it */
  gboolean remote_described;              /* caller: the answer came */
  GPtrArray *local_candidates;            /* of VavMessage: until ours was sent */
  GPtrArray *remote_candidates;           /* of VavMessage: until the session has the peer's description */
  VavQuality *quality[VAV_N_MEDIA_KINDS]; /* callee: what is offered */
  guint n_remote_candidates;
  VavFlows flows;        /* what this side wants */
  VavFlows peer_sends;   /* as IN flows */
  VavFlows peer_wants;   /* as OUT flows */
  gboolean on_hold;      /* by this side: nothing runs, whatever it wants */
  gboolean peer_on_hold; /* the other side has put us there */
  VavFlows told_flows;   /* what the peer knows: OUT what we send, IN what we take */
  gboolean told_on_hold;
  guint told_limit;      /* bit/s that we want at most; 0: no limit; VAV_CALL_DESCRIBED */
  VavSlowWatch slow;     /* what the path makes of our picture */
  VavSlow told_slow;     /* the same, as the peer knows it */
  VavSlow peer_slow;     /* of the peer's picture, as it says */
  VavScreen *screen;     /* owned, nullable: is being opened, or sent in the place of the camera */
  gboolean peer_shares;  /* its picture is a screen */
  gboolean told_sharing; /* that ours is */
  VavStats *stats;
};

/* vav-call.c */
void vav_call_dispatch (VavCall *self, VavCallEvent event, VavReason reason, GError *error);
gboolean vav_call_has_said_goodbye (VavCall *self);

/* vav-call-timeline.c */
void vav_call_mark_sent (VavCall *self, VavMessage *message);
void vav_call_mark_heard (VavCall *self, VavMessage *message);
void vav_call_mark_dialling (VavCall *self, VavDialPhase phase);

/* vav-call-timer.c */
void vav_call_start_timer (VavCall *self, VavCallPhase before);
void vav_call_clear_timer (VavCall *self);

/* vav-call-end.c */
void vav_call_tell_closing (VavCall *self);
void vav_call_flush (VavCall *self);
void vav_call_cut_flush (VavCall *self);
void vav_call_close_if_leaving (VavCall *self);

/* vav-call-wire.c */
void vav_call_start_dialling (VavCall *self);
void vav_call_watch_channel (VavCall *self);
void vav_call_send (VavCall *self, VavMessage *message);
GBytes *vav_call_dup_data (VavMessage *message);
void vav_call_send_held (VavCall *self);
void vav_call_hold (VavCall *self, VavMessage *message);
VavMessage *vav_call_make_request (VavCall *self);
VavMessage *vav_call_make_accept (VavCall *self);
void vav_call_send_reject (VavCall *self);
void vav_call_send_flows (VavCall *self);
void vav_call_send_closing (VavCall *self);
void vav_call_leave_channel (VavCall *self, gboolean in_order);
gboolean vav_call_read_flows (VavMessage *message, const char *field, VavFlows audio, VavFlows video, VavFlows *flows);

/* vav-call-resume.c */
gboolean vav_call_is_up (VavCall *self);
gboolean vav_call_can_resume (VavCall *self);   /* both sides can, and the call is at a point where it matters */
gboolean vav_call_could_resume (VavCall *self); /* the same, at whatever point it is */
gboolean vav_call_lose_channel (VavCall *self, const GError *error); /* FALSE: that is the end */
void vav_call_begin_confirming (VavCall *self);
gboolean vav_call_hear (VavCall *self, VavMessage *message); /* FALSE: it came before, or was for us alone */
void vav_call_resume_soon (VavCall *self);                   /* whoever called goes first */
void vav_call_resume_now (VavCall *self);
gboolean vav_call_is_resuming (VavCall *self); /* another connection is being dialled, or will be */
void vav_call_stop_resuming (VavCall *self);
gboolean vav_call_admit (VavEndpoint *endpoint, VavChannel *channel, VavMessage *resume); /* FALSE: no such call */
void vav_call_clear_resume (VavCall *self);

/* vav-call-places.c */
gboolean vav_call_find_host (VavCall *self, char **host); /* where the peer is, as far as we know */
VavAddress *vav_call_find_place (VavCall *self);
char **vav_call_list_places (VavCall *self);                         /* (transfer full): further ones */
void vav_call_keep_place (VavCall *self, const VavAddress *reached); /* where else they were dialled, if not there */
void vav_call_see_peer (VavCall *self, const char *host);            /* its media came from there */
gboolean vav_call_has_place (VavCall *self);
void vav_call_leave_last_words (VavCall *self); /* it is over, and the peer may not have heard that yet */

/* vav-call-touch.c */
void vav_call_watch_touch (VavCall *self); /* the phase has changed */
void vav_call_check_touch (VavCall *self);
gint64 vav_call_get_silence (VavCall *self, gint64 now);
void vav_call_restart_media (VavCall *self);
void vav_call_refresh_path (VavCall *self); /* if it is stale, and both have said where they are */
void vav_call_take_generation (VavCall *self, VavMessage *message);
void vav_call_path_lost (VavCall *self);

/* vav-call-flows.c */
VavFlows vav_call_get_sent_flows (VavCall *self);
VavFlows vav_call_get_taken_flows (VavCall *self);
void vav_call_apply_flows (VavCall *self);
void vav_call_update_flows (VavCall *self);

/* vav-call-slow.c */
void vav_call_follow_slow (VavCall *self, VavSlow now);

/* vav-call-screen.c */
void vav_call_drop_screen (VavCall *self);

/* vav-call-media.c */
void vav_call_offer_media_soon (VavCall *self);
void vav_call_renew_offer (VavCall *self);
void vav_call_answer_media (VavCall *self);
void vav_call_open_media (VavCall *self);
void vav_call_stop_media (VavCall *self);
void vav_call_take_description (VavCall *self, const char *sdp);
void vav_call_take_candidate (VavCall *self, VavMessage *message);

G_END_DECLS
