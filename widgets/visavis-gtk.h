/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one header of libvisavis-gtk: the conference view for GTK 4 programs. */

#include "net/visavis.h"
#include "widgets/vav-gtk-chat.h"
#include "widgets/vav-gtk-conference.h"
#include "widgets/vav-gtk-conversation.h"
#include "widgets/vav-gtk-details.h"
#include "widgets/vav-gtk-devices.h"
#include "widgets/vav-gtk-dial.h"
#include "widgets/vav-gtk-enums.h"
#include "widgets/vav-gtk-init.h"
#include "widgets/vav-gtk-types.h"
#include "widgets/vav-gtk-video-sink.h"
#include "widgets/vav-gtk-words.h"
