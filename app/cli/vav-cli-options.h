/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* What `answer` does with a request. */
typedef enum
{
  VAV_CLI_DECIDE_PEOPLE, /* takes this user's people, refuses others */
  VAV_CLI_DECIDE_ACCEPT,
  VAV_CLI_DECIDE_REJECT,
  VAV_CLI_DECIDE_DEFER,
  VAV_CLI_DECIDE_ASK,
} VavCliDecision;

/* A change of flows during a call, by --stop and --play. */
typedef struct
{
  VavFlows flows;
  gboolean play;
  double seconds; /* since the call is active */
} VavCliFlowChange;

/* Everything that the command line says, checked. */
typedef struct
{
  /* all commands */
  char *profile;
  gboolean json;
  char *listen; /* (nullable) */
  char *media;
  char *stun;        /* (nullable) */
  char *turn;        /* (nullable) */
  char *media_ports; /* (nullable): FIRST-LAST */
  gboolean relay_only;
  char *broker; /* (nullable) */
  gboolean no_direct;
  gboolean timeline;

  /* call and answer */
  GBytes *data;     /* (nullable) */
  GBytes *bye_data; /* (nullable) */
  char *save;       /* (nullable): the folder for the other side's files */

  /* call */
  char *identifier;     /* (nullable) */
  double duration;      /* seconds; 0: until a signal */
  int linger;           /* milliseconds; -1: graceful in the background */
  GArray *flow_changes; /* element-type VavCliFlowChange */
  GPtrArray *texts;     /* element-type utf8 */
  GPtrArray *files;     /* element-type filename */

  /* answer */
  VavCliDecision decision;
  int hold_close;   /* milliseconds for each step of a close that the other side began */
  char *on_closing; /* (nullable): a command for the shell */
  int calls;        /* 0: no end */
  gboolean findable;

  /* people; and duration */
  gboolean nearby;

  /* hang-up */
  gboolean all;

  /* what stands after the command's name, without options */
  char **arguments;
  guint n_arguments;
} VavCliOptions;

/**
 * VavCliCommand:
 * @usage: what stands after the name, for help
 * @summary: what it does, a sentence
 * @min_arguments: how many arguments it needs
 * @max_arguments: how many it takes
 * @calls: whether it makes or takes calls itself: the options for that are told in its help
 * @run: does it; returns the exit status
 */
typedef struct
{
  const char *name;
  const char *usage;
  const char *summary;
  guint min_arguments, max_arguments;
  gboolean calls;
  const GOptionEntry *(*entries) (void);
  int (*run) (VavCliOptions *options);
} VavCliCommand;

/* Reads the options before the command and finds its place. Returns the index of the command in argv, 0 if there is none, -1 on error. */
int vav_cli_options_find_command (char **argv, gboolean *help, GError **error);

/* Reads all options of the command, wherever they stand. help: (out) (nullable): the command's help, if that was asked for. */
VavCliOptions *vav_cli_options_parse (const VavCliCommand *command, char **argv, char **help, GError **error);
void vav_cli_options_free (VavCliOptions *self);

const GOptionEntry *vav_cli_options_answer (void);
const GOptionEntry *vav_cli_options_call (void);
const GOptionEntry *vav_cli_options_dial (void);
const GOptionEntry *vav_cli_options_people (void);
const GOptionEntry *vav_cli_options_hang_up (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCliOptions, vav_cli_options_free)

G_END_DECLS
