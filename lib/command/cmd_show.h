/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of `show` and `clear`. Each gets the words behind the two first ones. Control lcore.
 */
#pragma once

#include "cmd.h"

int cmd_show_port(struct cmd *c, int argc, char **argv);
int cmd_clear_port(struct cmd *c, int argc, char **argv);
int cmd_show_config(struct cmd *c, int argc, char **argv);
int cmd_show_sysctl(struct cmd *c, int argc, char **argv);
int cmd_show_log(struct cmd *c, int argc, char **argv);
