#include "cli/batch.h"

#include "codec/json.h"
#include "codec/stream.h"

void batch_error(struct buf *out, const char *text)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_w_object(&w);
    json_w_kcstr(&w, "error", text);
    json_w_object_end(&w);
    buf_addc(out, '\n');
}

int batch_run(struct cli *c, const char *path, size_t max,
              void (*line)(void *ctx, struct str s, struct buf *out), void *ctx)
{
    struct stream *in;
    if (stream_open(&in, path, UINT64_MAX, &c->err))
        return cli_fail(c);
    struct buf out = BUF_INIT(GIB);
    struct str s;
    bool cut;
    int rc;
    while ((rc = stream_line(in, max, &s, &cut, &c->err)) == 1) {
        if (cut)
            batch_error(&out, tr("the line is too long"));
        else
            line(ctx, s, &out);
        if (out.n > 64 * KIB) {
            fwrite(out.p, 1, out.n, stdout);
            buf_clear(&out);
        }
    }
    fwrite(buf_cstr(&out), 1, out.n, stdout);
    buf_release(&out);
    stream_free(in);
    return rc < 0 ? cli_fail(c) : EXIT_DONE;
}
