/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call-private.h"
#include "net/call/vav-courier.h"
#include "net/call/vav-freight.h"
#include "net/call/vav-post.h"
#include "net/core/vav-hop.h"

G_BEGIN_DECLS

enum
{
  VAV_COURIER_TEXT,
  VAV_COURIER_TEXT_ACKNOWLEDGED,
  VAV_COURIER_FILE_OFFERED,
  VAV_COURIER_FILE_CHANGED,
  VAV_COURIER_N_SIGNALS,
};

extern guint vav_courier_signals[VAV_COURIER_N_SIGNALS];

struct _VavCourier
{
  GObject parent_instance;

  VavCall *call; /* borrowed: it owns us; NULL once that is gone */
  VavPost *post;
  gboolean flushing; /* the call waits to say goodbye */
  GQueue early;      /* of VavMessage: that came before the call was up on this side too */

  /* texts, by their numbers */
  guint64 text_sent;
  guint64 text_acknowledged;
  guint64 text_heard;

  /* files: those that are not over; vav-courier-files.c */
  VavHop *hop;
  GHashTable *outgoing; /* id → VavFile, owned */
  GHashTable *incoming;
  guint32 last_outgoing;
  guint32 last_incoming;
  VavFreight *freight; /* nullable: from the first file on */

  /* the connection for their bytes; vav-courier-path.c */
  enum
  {
    VAV_PATH_NONE,
    VAV_PATH_TRYING,
    VAV_PATH_UP,
  } path;
  GCancellable *path_dialling; /* nullable */
  VavChannel *path_channel;    /* nullable: until it is a pipe */
  GSource *path_limit;
  guint n_paths;            /* second connections in this call so far */
  gboolean uses_call;       /* there is no second connection in this call */
  gboolean listens_to_call; /* to the pipe through the media's path */
};

/* vav-courier.c */
gboolean vav_courier_send (VavCourier *self, VavMessage *message, GError **error);

/* Whether this side may begin something now: VAV_ERROR_CLOSED, or VAV_ERROR_NOT_SUPPORTED if the peer's hello lacked the feature,
 * or VAV_ERROR_TOO_LARGE if too much waits to be sent. */
gboolean vav_courier_may_give (VavCourier *self, const char *feature, GError **error);

void vav_courier_check_flushed (VavCourier *self);

/* vav-courier-files.c */
gboolean vav_courier_take_offer (VavCourier *self, VavMessage *message);
gboolean vav_courier_take_accept (VavCourier *self, VavMessage *message);
gboolean vav_courier_take_refuse (VavCourier *self, VavMessage *message);
gboolean vav_courier_take_cancel (VavCourier *self, VavMessage *message);
gboolean vav_courier_take_done (VavCourier *self, VavMessage *message);
gboolean vav_courier_flush_files (VavCourier *self); /* FALSE: some still go out */
void vav_courier_cut_files (VavCourier *self);
void vav_courier_end_files (VavCourier *self);
void vav_courier_fail_path (VavCourier *self);     /* there is no connection for them */
gboolean vav_courier_has_files (VavCourier *self); /* accepted ones */

/* Both take the error. */
void vav_courier_set_file_state (VavCourier *self, VavFile *file, VavFileState state, GError *error);
void vav_courier_fail_file (VavCourier *self, VavFile *file, GError *error);

/* vav-courier-ready.c */
void vav_courier_make_ready (VavCourier *self, VavFile *file);

/* vav-courier-path.c */
void vav_courier_ensure_freight (VavCourier *self);
void vav_courier_ensure_path (VavCourier *self);
void vav_courier_path_lost (VavCourier *self);
gboolean vav_courier_take_way (VavCourier *self, VavMessage *message);
void vav_courier_leave_path (VavCourier *self);

extern const VavFreightEvents vav_courier_freight_events;

G_END_DECLS
