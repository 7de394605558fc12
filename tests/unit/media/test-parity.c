/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parity of RTP packets: whichever one of a group is lost comes back as it was, runs of losses too, and nonsense makes nothing. */
#include <glib.h>
#include <string.h>

#include "net/media/vav-number-guard.h"
#include "net/media/vav-parity.h"

#define N 96

typedef struct
{
  guint8 data[VAV_PARITY_MAX_PACKET];
  gsize size;
} Packet;

typedef struct
{
  guint after; /* this packet */
  guint8 data[VAV_PARITY_MAX_SIZE];
  gsize size;
} Parity;

static Packet packets[N];
static Parity parities[N];
static guint n_parities;

/* With a number for feedback, which is another one at the receiver's. */
static void
make_packets (guint16 first, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < N; i++)
    {
      Packet *packet = &packets[i];
      guint16 number = (guint16)(first + i);

      packet->size = 20 + (gsize)g_rand_int_range (rand, 1, 1180);
      for (gsize at = 0; at < packet->size; at++)
        packet->data[at] = (guint8)g_rand_int (rand);
      memcpy (packet->data, "\x90\x60", 2);
      if (i % 3 == 0)
        packet->data[1] |= 0x80;
      packet->data[2] = (guint8)(number >> 8);
      packet->data[3] = (guint8)number;
      memcpy (packet->data + 8, "\0\0\0\x07\xbe\xde\0\x01\x31", 9);
      packet->data[19] = 0;
    }
}

static void
protect (guint group, guint depth)
{
  g_autoptr (VavParityMaker) maker = vav_parity_maker_new ();

  n_parities = 0;
  vav_parity_maker_set (maker, group, depth);
  for (guint i = 0; i < N; i++)
    {
      Parity *parity = &parities[n_parities];

      parity->size = vav_parity_maker_add (maker, packets[i].data, packets[i].size, parity->data);
      parity->after = i;
      n_parities += parity->size > 0;
    }
}

static void
assert_same (const guint8 *found, gsize size, const Packet *packet)
{
  guint8 plain[VAV_PARITY_MAX_PACKET];

  memcpy (plain, packet->data, packet->size);
  vav_number_guard_strip (plain, packet->size);
  g_assert_cmpmem (found, size, plain, packet->size);
}

static guint16
get_number (const guint8 *packet)
{
  return (guint16)(packet[2] << 8 | packet[3]);
}

/* Loses @n packets from @lost on. Returns: how many came back */
static guint
receive (guint lost, guint n)
{
  g_autoptr (VavParityWindow) window = vav_parity_window_new ();
  guint8 found[VAV_PARITY_MAX_PACKET];
  guint next = 0, recovered = 0;

  vav_parity_window_recover (window, parities[0].data, parities[0].size, found);
  for (guint i = 0; i < N; i++)
    {
      if (i < lost || i >= lost + n)
        vav_parity_window_add (window, packets[i].data, packets[i].size);
      for (; next < n_parities && parities[next].after == i; next++)
        {
          gsize size = vav_parity_window_recover (window, parities[next].data, parities[next].size, found);

          if (size == 0)
            continue;
          assert_same (found, size, &packets[(guint16)(get_number (found) - get_number (packets[0].data))]);
          recovered++;
        }
    }

  return recovered;
}

/* Each of them but the very first, which nothing is like yet; also where the numbers wrap, and none is made where none was lost. */
static void
test_any_one (void)
{
  for (guint group = 1; group <= VAV_PARITY_MAX_GROUP; group++)
    for (guint depth = 1; depth <= VAV_PARITY_MAX_DEPTH; depth++)
      {
        guint covered;

        make_packets ((guint16)-30, group * 8 + depth);
        protect (group, depth);
        covered = N / (group * depth) * group * depth - (depth > 1 ? group * depth : 0);
        g_assert_cmpuint (n_parities, >=, covered / group);
        g_assert_cmpuint (receive (N, 0), ==, 0);
        for (guint lost = 1; lost < covered; lost++)
          g_assert_cmpuint (receive (lost, 1), ==, 1);
      }
}

/* As long as the depth, wherever it begins; the parity in it would have been lost with it, and was not of these. */
static void
test_runs (void)
{
  for (guint depth = 2; depth <= VAV_PARITY_MAX_DEPTH; depth++)
    {
      make_packets (700, depth);
      protect (4, depth);
      for (guint lost = 0; lost + depth < 60; lost++)
        g_assert_cmpuint (receive (lost, depth), ==, depth);
    }
}

static void
test_off (void)
{
  g_autoptr (VavParityWindow) window = vav_parity_window_new ();
  guint8 header[12];

  make_packets (0, 1);
  protect (0, 1);
  g_assert_cmpuint (n_parities, ==, 0);
  /* nobody sends parity: nothing is kept */
  vav_parity_window_add (window, packets[0].data, packets[0].size);
  g_assert_false (vav_parity_window_get_latest (window, header));
}

/* Pictures were left out: numbers leap, and a mask has room for so many only. */
static void
test_leaps (void)
{
  g_autoptr (VavParityMaker) maker = vav_parity_maker_new ();
  guint8 parity[VAV_PARITY_MAX_SIZE];
  guint n = 0;

  make_packets (0, 1);
  vav_parity_maker_set (maker, 2, 1);
  for (guint i = 0; i < N; i++)
    {
      packets[i].data[2] = (guint8)(i % 2 ? i : i + 100);
      n += vav_parity_maker_add (maker, packets[i].data, packets[i].size, parity) > 0;
    }
  g_assert_cmpuint (n, ==, 0);
}

/* Cut off, and with lies about what is covered: nothing, or what fits. */
static void
test_lies (void)
{
  g_autoptr (VavParityWindow) window = vav_parity_window_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  guint8 found[VAV_PARITY_MAX_PACKET], lie[VAV_PARITY_MAX_SIZE];

  make_packets (65500, 3);
  protect (4, 2);
  vav_parity_window_recover (window, lie, 0, found);
  for (guint i = 0; i < N; i += 2)
    vav_parity_window_add (window, packets[i].data, packets[i].size);
  for (guint n = 0; n < 200000; n++)
    {
      const Parity *parity = &parities[n % n_parities];
      gsize size = n % 5 == 0 ? (gsize)g_rand_int_range (rand, 0, 30) : parity->size;

      memcpy (lie, parity->data, parity->size);
      for (guint change = 0; change < n % 4; change++)
        lie[g_rand_int_range (rand, 0, 20)] = (guint8)g_rand_int (rand);
      size = vav_parity_window_recover (window, lie, MIN (size, sizeof lie), found);
      g_assert_cmpuint (size, <=, sizeof found);
      if (size == 0)
        continue;
      g_assert_cmpuint (size, >=, 12);
      g_assert_cmpuint (found[0] & 0xcf, ==, 0x80);
      g_assert_cmpuint (found[1] & 0x7f, ==, 0x60);
      g_assert_cmpmem (found + 8, 4, "\0\0\0\x07", 4);
    }
}

/* A packet longer than is taken is one that is lost to all of this. */
static void
test_long (void)
{
  g_autoptr (VavParityMaker) maker = vav_parity_maker_new ();
  g_autofree guint8 *large = g_malloc0 (9000);
  guint8 parity[VAV_PARITY_MAX_SIZE];

  large[0] = 0x80;
  vav_parity_maker_set (maker, 1, 1);
  g_assert_cmpuint (vav_parity_maker_add (maker, large, 9000, parity), ==, 0);
  g_assert_cmpuint (vav_parity_maker_add (maker, large, 11, parity), ==, 0);
  g_assert_cmpuint (vav_parity_maker_add (maker, large, VAV_PARITY_MAX_PACKET, parity), >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parity/any-one", test_any_one);
  g_test_add_func ("/parity/runs", test_runs);
  g_test_add_func ("/parity/off", test_off);
  g_test_add_func ("/parity/leaps", test_leaps);
  g_test_add_func ("/parity/lies", test_lies);
  g_test_add_func ("/parity/long", test_long);

  return g_test_run ();
}
