/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-gate.h"

#include <string.h>

#include "net/media/vav-certificate.h"

enum
{
  GATE_EXPECTS = 1 << 0,
  GATE_MATCHED = 1 << 1,
  GATE_OPEN = 1 << 2,
  GATE_CLOSED = 1 << 3,
};

struct _VavMediaGate
{
  gatomicrefcount ref_count;
  VavTimeline *timeline; /* owned, nullable */

  guint bits;                               /* atomic */
  guint flows;                              /* atomic */
  guint8 fingerprint[VAV_FINGERPRINT_SIZE]; /* constant once GATE_EXPECTS is set */
};

VavMediaGate *
vav_media_gate_new (void)
{
  VavMediaGate *self = g_new0 (VavMediaGate, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->flows = VAV_FLOW_ALL;

  return self;
}

VavMediaGate *
vav_media_gate_ref (VavMediaGate *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_media_gate_unref (VavMediaGate *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  vav_timeline_unref (self->timeline);
  g_free (self);
}

void
vav_media_gate_expect (VavMediaGate *self, const guint8 fingerprint[VAV_FINGERPRINT_SIZE])
{
  if (g_atomic_int_get (&self->bits) & GATE_EXPECTS)
    return;

  memcpy (self->fingerprint, fingerprint, VAV_FINGERPRINT_SIZE);
  g_atomic_int_or (&self->bits, GATE_EXPECTS);
}

gboolean
vav_media_gate_match (VavMediaGate *self, const char *pem)
{
  guint8 seen[VAV_FINGERPRINT_SIZE];

  if (!(g_atomic_int_get (&self->bits) & GATE_EXPECTS) || !vav_certificate_digest (pem, seen)
      || !vav_fingerprint_equal (seen, self->fingerprint))
    {
      /* whatever matched before: from now on nothing passes */
      vav_media_gate_close (self);
      return FALSE;
    }

  g_atomic_int_or (&self->bits, GATE_MATCHED);
  vav_media_gate_mark (self, VAV_STEP_MATCHED);
  return TRUE;
}

void
vav_media_gate_open (VavMediaGate *self)
{
  g_atomic_int_or (&self->bits, GATE_OPEN);
}

void
vav_media_gate_set_flows (VavMediaGate *self, VavFlows flows)
{
  g_atomic_int_set (&self->flows, (guint)flows);
}

void
vav_media_gate_close (VavMediaGate *self)
{
  g_atomic_int_or (&self->bits, GATE_CLOSED);
}

gboolean
vav_media_gate_is_matched (VavMediaGate *self)
{
  guint bits = g_atomic_int_get (&self->bits);

  return (bits & GATE_MATCHED) && !(bits & GATE_CLOSED);
}

gboolean
vav_media_gate_is_open (VavMediaGate *self)
{
  return vav_media_gate_is_matched (self) && (g_atomic_int_get (&self->bits) & GATE_OPEN);
}

gboolean
vav_media_gate_passes (VavMediaGate *self, VavFlows flow)
{
  guint bits = g_atomic_int_get (&self->bits);
  guint flows = g_atomic_int_get (&self->flows);

  return (bits & GATE_MATCHED) && (bits & GATE_OPEN) && !(bits & GATE_CLOSED) && (flows & (guint)flow);
}

void
vav_media_gate_set_timeline (VavMediaGate *self, VavTimeline *timeline)
{
  vav_timeline_unref (self->timeline);
  self->timeline = vav_timeline_ref (timeline);
}

VavTimeline *
vav_media_gate_get_timeline (VavMediaGate *self)
{
  return self->timeline;
}

void
vav_media_gate_mark (VavMediaGate *self, VavStep step)
{
  vav_timeline_mark (self->timeline, step);
}
