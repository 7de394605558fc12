/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The addresses of this computer that candidates are made of. With @local (the peer is on this computer), or if there is nothing else:
 * loopback. Which of them: vav-ice-policy.h. Returns: (element-type utf8) (transfer full) */
GPtrArray *vav_ice_addresses_list (gboolean local);

G_END_DECLS
