/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's own prompt, on a terminal (editing, history, completion by librte_cmdline's
 * line editor) or, when standard input is no terminal, a plain reader of lines. Control lcore.
 */
#pragma once

#include <stdbool.h>

/* false: the descriptor cannot be read. The terminal's mode is changed until cmd_prompt_close(). */
bool cmd_prompt_open(int fd);
/* The descriptor is readable: takes what is there, runs complete lines. false: it has ended. */
bool cmd_prompt_input(void);
void cmd_prompt_close(void);
