/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"
#include "net/media/vav-media.h"
#include "net/media/vav-quality.h"

G_BEGIN_DECLS

#define VAV_FINGERPRINT_SIZE 32 /* SHA-256 */
#define VAV_TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/**
 * VavSdpMedia:
 * @mline: index of the m-line
 * @payload: payload type of VP8 or Opus
 * @twcc: id of the header extension for transport-wide feedback; 0 if not offered
 * @parity: payload type of parity (VavShield), of which the text says nothing; 0: none
 */
typedef struct
{
  guint mline;
  guint payload;
  guint twcc;
  guint parity;
} VavSdpMedia;

/**
 * VavSdp:
 * @text: the description, written anew from what we understand: without candidates and without attributes that we do not know
 * @answer: it takes a DTLS role, as only an answer does
 * @fingerprint: SHA-256 of the certificate that DTLS must show
 * @media: one of each kind
 * @quality: (nullable): what each kind is offered in; an owner may take it
 * @data_port: SCTP port of the part for data; 0 if there is none. @text is without that part
 * @data_mid: (nullable): its name
 * @candidates: (element-type utf8): candidate lines that were in the text, unchecked
 *
 * A description that a peer sent, checked.
 */
typedef struct
{
  char *text;
  gboolean answer;
  guint8 fingerprint[VAV_FINGERPRINT_SIZE];
  VavSdpMedia media[VAV_N_MEDIA_KINDS];
  VavQuality *quality[VAV_N_MEDIA_KINDS];
  guint data_port;
  char *data_mid;
  GPtrArray *candidates;
} VavSdp;

/* Pure. Error: VAV_ERROR_PROTOCOL. */
VavSdp *vav_sdp_parse (const char *text, GError **error);
void vav_sdp_free (VavSdp *self);

gboolean vav_fingerprint_parse (const char *text, guint8 fingerprint[VAV_FINGERPRINT_SIZE]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavSdp, vav_sdp_free)

G_END_DECLS
