/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* libmosquitto and the numbers of MQTT: since 2.1 one header has both. */
#include <mosquitto.h>
#if LIBMOSQUITTO_VERSION_NUMBER < 2001000
#include <mqtt_protocol.h>
#endif
