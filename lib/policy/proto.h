/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proto.h - what the socket service and its clients say to each other
 *
 * A socket of type SOCK_SEQPACKET, so a message is whole or not there:
 *
 *	magic, version, kind	32, 16 and 16 bits, little end first
 *	body			by kind
 *
 * The client begins with one request.  PROTO_RUN brings descriptors with it,
 * in the order of enum proto_fd, and the words of the program in a memfd that
 * can no longer change: strings, each with its end, and nothing else.
 * Neither side believes the other.
 */
#ifndef RUNNS_PROTO_H
#define RUNNS_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/base.h"

enum {
	PROTO_MAX = 4096,	   /* bytes of a message */
	PROTO_WORDS_MAX = 6 << 20, /* bytes of the words: above the kernel's */
	PROTO_TEXT_MAX = 2048,	   /* bytes of a text in a message */
	PROTO_PIDS_MAX = 512,	   /* pids in a message */
};

enum proto_kind {
	/* requests */
	PROTO_RUN = 1,
	PROTO_LIST,
	PROTO_STOP,
	/* later from the client: for the program */
	PROTO_SIGNAL,
	/* answers */
	PROTO_TEXT, /* for the user to read */
	PROTO_PIDS,
	PROTO_STARTED, /* the program runs */
	PROTO_STOPPED, /* the program was stopped */
	PROTO_ENDED,   /* the last: how it ended, as wait(2) has it */
	PROTO_BUSY,    /* the last: try again */
};

enum proto_flag {
	PROTO_HAS_NAME = 1,	/* the first word is the namespace's name */
	PROTO_HAS_RESOLV = 2,	/* the next word is a resolv.conf(5) */
	PROTO_HAS_TERMINAL = 4, /* the terminal that the program is to have */
	PROTO_DETACH = 8,	/* it outlives the connection */
	PROTO_NO_STDIN = 16,	/* the client has the descriptor closed */
	PROTO_NO_STDOUT = 32,
	PROTO_NO_STDERR = 64,
	PROTO_FLAGS = 127,
};

enum proto_fd {
	PROTO_FD_STDIN,
	PROTO_FD_STDOUT,
	PROTO_FD_STDERR,
	PROTO_FD_WORDS,
	PROTO_FD_TERMINAL,
	PROTO_FDS_MAX,
};

/**
 * struct proto_run - the body of PROTO_RUN
 * @blocked:	signals, bit N-1 for signal N
 * @ignored:	the same
 * @n_args:	words of the program, its name included, at least 1
 * @n_env:	variables of its environment
 */
struct proto_run {
	uint32_t flags;
	uint32_t n_args;
	uint32_t n_env;
	uint64_t blocked;
	uint64_t ignored;
};

/**
 * struct proto_message - any message
 * @value:	PROTO_SIGNAL, PROTO_STOPPED: the signal, PROTO_ENDED: status
 * @text:	PROTO_TEXT, terminated
 * @pids:	PROTO_PIDS
 */
struct proto_message {
	enum proto_kind kind;
	union {
		struct proto_run run;
		uint32_t value;
		struct {
			size_t len;
			char text[PROTO_TEXT_MAX];
		};
		struct {
			size_t n_pids;
			uint32_t pids[PROTO_PIDS_MAX];
		};
	};
};

/**
 * proto_encode() - write a message
 * @out:	PROTO_MAX bytes
 *
 * Return: its bytes.  What does not fit of a text or of pids is left out.
 */
size_t proto_encode(const struct proto_message *m, uint8_t out[PROTO_MAX]);

/**
 * proto_decode() - read a message
 *
 * Return: 0; -EPROTO if it is none; -EPROTONOSUPPORT for another version.
 */
int proto_decode(const uint8_t *in, size_t size,
		 struct proto_message *out) _must_check_;

/** proto_fds() - how many descriptors a request brings */
size_t proto_fds(const struct proto_run *run);

/** proto_strings() - how many strings the words of a request are */
size_t proto_strings(const struct proto_run *run);

/**
 * struct proto_words - the words of a request, as pointers into them
 * @argv:	ends with NULL
 * @envp:	ends with NULL
 */
struct proto_words {
	const char *name;
	const char *resolv;
	char **argv;
	char **envp;
};

/**
 * proto_words_read() - find the strings in the words of a request
 * @text:	must stay while @out is used
 * @table:	memory for proto_strings() + 2 pointers
 *
 * Return: 0; -EPROTO if they are not as @run says.
 */
int proto_words_read(const struct proto_run *run, char *text, size_t size,
		     char **table, struct proto_words *out) _must_check_;

#endif
