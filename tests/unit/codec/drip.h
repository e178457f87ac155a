/* drip.h — a stream that gives one byte a read, for tests. */
#ifndef TOBAN_TEST_DRIP_H
#define TOBAN_TEST_DRIP_H

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codec/stream.h"

struct sender {
    int fd;
    struct str bytes;
};

static void *send_bytes(void *arg)
{
    struct sender *s = arg;
    for (size_t i = 0; i < s->bytes.n; i++)
        if (send(s->fd, s->bytes.p + i, 1, MSG_NOSIGNAL) != 1)
            break;
    close(s->fd);
    return NULL;
}

/* A stream that gives one byte a read: each is a packet of its own. */
static struct stream *drip(struct sender *s, pthread_t *t, struct str bytes)
{
    int fd[2];
    struct err e;
    struct stream *in;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
    *s = (struct sender){fd[1], bytes};
    assert_int_equal(pthread_create(t, NULL, send_bytes, s), 0);
    assert_int_equal(stream_open_fd(&in, "drip", fd[0], UINT64_MAX, &e), 0);
    return in;
}

/* A document with something of everything. */
static const char sample[] =
    "\xEF\xBB\xBF{\"id\": \"CVE-2021-0001\", \"n\": -12.5e+3,\r\n"
    " \"text\": \"a\\n\\u3042\\ud83d\\ude00\xE3\x81\x84 \\\"q\\\" \xF0\x9F\x98\x80\",\n"
    "  \"list\": [true, false, null, [], {}, 0, \"long long long long long long text\"],"
    "\"\\u3042\":{\"a\":{\"b\":[[1]]}}}\n";

#endif
