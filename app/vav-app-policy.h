/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppPolicy:
 *
 * Who may ring, and whether anything makes itself felt here. Knows no GTK; the settings are bound to it.
 *
 * Property `do-not-disturb`: callers hear it ring as always, but here nothing sounds, no notification comes and no window opens.
 * Property `presence`: whether one's people see at the meeting server when this user is reachable; they never do while nothing may disturb.
 * Property `who-may-ring`: "everyone", or "people": who is not among one's people is told that nobody is to be reached, and never rings.
 */
#define VAV_APP_TYPE_POLICY (vav_app_policy_get_type ())
G_DECLARE_FINAL_TYPE (VavAppPolicy, vav_app_policy, VAV_APP, POLICY, GObject)

VavAppPolicy *vav_app_policy_new (void);
gboolean vav_app_policy_is_quiet (VavAppPolicy *self);
void vav_app_policy_rule_presence (VavAppPolicy *self, VavEndpoint *endpoint); /* from now on */
gboolean vav_app_policy_admits (VavAppPolicy *self, VavPeer *peer, VavPeople *people);

G_END_DECLS
