/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call-private.h"
#include "net/call/vav-courier.h"
#include "net/call/vav-post.h"

G_BEGIN_DECLS

enum
{
  VAV_COURIER_TEXT,
  VAV_COURIER_TEXT_ACKNOWLEDGED,
  VAV_COURIER_N_SIGNALS,
};

extern guint vav_courier_signals[VAV_COURIER_N_SIGNALS];

struct _VavCourier
{
  GObject parent_instance;

  VavCall *call; /* borrowed: it owns us; NULL once that is gone */
  VavPost *post;
  gboolean flushing; /* the call waits to say goodbye */

  /* texts, by their numbers */
  guint64 text_sent;
  guint64 text_acknowledged;
  guint64 text_heard;
};

/* vav-courier.c */
gboolean vav_courier_send (VavCourier *self, VavMessage *message, GError **error);

/* Whether this side may begin something now: VAV_ERROR_CLOSED, or VAV_ERROR_NOT_SUPPORTED if the peer's hello lacked the feature. */
gboolean vav_courier_may_give (VavCourier *self, const char *feature, GError **error);

G_END_DECLS
