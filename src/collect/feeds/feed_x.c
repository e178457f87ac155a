/* An account on X (Twitter), API v2: GET /2/users/by/username/:name for its id, then
 * GET /2/users/:id/tweets, newest first, 100 a page, since_id for what is new, pagination_token
 * for the next page. The default account is eurekaberry.
 *
 * Documented at docs.x.com: app-only bearer tokens suffice for both; the token goes into the header
 * "Authorization: Bearer TOKEN" (the round writes the word Bearer when the configured key has none);
 * at most 3,200 posts back; "text" is cut for posts over 280 characters and the whole is in
 * note_tweet.text; text has &amp; &lt; &gt; escaped and addresses shortened (entities.urls).
 * Reposts and replies are left out. Without a token the source is off (needs_key).
 * Cursor: {"account":…,"user":…,"since":…}.
 */
#include "collect/feed.h"

#include "codec/html.h"

#define DEFAULT_ACCOUNT "eurekaberry"
#define TITLE_MAX 100

static struct str pack(struct arena *a, struct str account, struct str user, struct str since)
{
    struct buf b = BUF_INIT(4 * KIB);
    struct json_writer w;
    json_writer_init(&w, &b);
    json_w_object(&w);
    json_w_kstr(&w, "account", account);
    json_w_kstr(&w, "user", user);
    json_w_kstr(&w, "since", since);
    json_w_object_end(&w);
    struct str s = arena_str(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/* Ids are decimal numbers; anything else is not put into an address. */
static bool is_id(struct str s)
{
    uint64_t v;
    return num_u64(s, &v);
}

static int ask_posts(struct str api, struct str context, struct str next, struct arena *a,
                     struct feed_sink *sink, struct err *e)
{
    struct err ignored;
    const struct json *c = json_parse(a, context, &ignored);
    struct str user = json_get_str(c, "user"), since = json_get_str(c, "since");
    struct str url = feed_printf(a,
                                 "%.*s/users/%.*s/"
                                 "tweets?max_results=100&exclude=retweets%%2Creplies&tweet.fields=created_at%"
                                 "%2Clang%%2Centities%%2Cnote_tweet%s%.*s%s%.*s",
                                 STR_ARG(api), STR_ARG(user), is_id(since) ? "&since_id=" : "",
                                 STR_ARG(is_id(since) ? since : (struct str){0}),
                                 next.n ? "&pagination_token=" : "", STR_ARG(feed_url_escape(a, next)));
    return feed_ask_list(sink, next.n ? "more" : "list", url, "application/json", context, false, e);
}

static int plan(const struct feed_state *st, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct err ignored;
    struct str account = st->account.n ? st->account : STR_LIT(DEFAULT_ACCOUNT);
    if (!st->have_key)
        return err_set(
            e, ERR_USAGE,
            "x: X answers only with a bearer token; configure one for the source, or leave it off");
    const struct json *c = st->cursor.n ? json_parse(a, st->cursor, &ignored) : NULL;
    if (st->cursor.n)
        sink->cursor(sink->ctx, st->cursor);
    if (str_ieq(json_get_str(c, "account"), account) && is_id(json_get_str(c, "user")))
        return ask_posts(st->url, st->cursor, (struct str){0}, a, sink, e);
    struct str url =
        feed_printf(a, "%.*s/users/by/username/%.*s", STR_ARG(st->url), STR_ARG(feed_url_escape(a, account)));
    return feed_ask_list(sink, "user", url, "application/json",
                         pack(a, account, (struct str){0}, (struct str){0}), false, e);
}

/* The address of the API: what stands in front of /users/. */
static struct str api_of(struct str url)
{
    size_t at = str_find(url, STR_LIT("/users/"));
    return at == STR_NONE ? url : str_sub(url, 0, at);
}

static int parse_user(const struct feed_input *in, const struct json *root, struct arena *a,
                      struct feed_sink *sink, struct err *e)
{
    struct err ignored;
    const struct json *data = json_get(root, "data");
    struct str id = json_get_str(data, "id");
    if (!is_id(id)) {
        struct str why = json_get_str(json_at(json_get(root, "errors"), 0), "detail");
        return err_set(e, ERR_NOT_FOUND, "%.*s: X knows no such account: %.*s; check the account's name",
                       STR_ARG(in->url), STR_ARG(why));
    }
    struct str account = json_get_str(json_parse(a, in->context, &ignored), "account");
    return ask_posts(api_of(in->url), pack(a, account, id, (struct str){0}), (struct str){0}, a, sink, e);
}

/* t.co addresses by what they stand for. */
static struct str expand(struct arena *a, struct str text, const struct json *entities)
{
    const struct json *urls = json_get(entities, "urls");
    for (size_t i = 0; i < json_len(urls) && i < 64; i++) {
        struct str from = json_get_str(json_at(urls, i), "url"),
                   to = json_get_str(json_at(urls, i), "expanded_url");
        size_t at = from.n && to.n ? str_find(text, from) : STR_NONE;
        if (at != STR_NONE && text.n + to.n < LIMIT_NOTICE_TEXT)
            text = feed_printf(a, "%.*s%.*s%.*s", (int)at, text.p, STR_ARG(to), (int)(text.n - at - from.n),
                               text.p + at + from.n);
    }
    return text;
}

static struct str unescape(struct arena *a, struct str s)
{
    struct buf b = BUF_INIT(LIMIT_NOTICE_TEXT);
    html_unescape(s, &b);
    s = arena_str(a, str_trim(buf_str(&b)));
    buf_release(&b);
    return s;
}

static int read_post(struct arena *a, struct feed_sink *sink, const struct json *post, struct str account,
                     struct err *e)
{
    struct notice n = {.source = STR_LIT("x"), .complete = true, .updated = WHEN_NONE};
    n.id = json_get_str(post, "id");
    const struct json *note = json_get(post, "note_tweet");
    struct str text = json_get_str(note, "text");
    const struct json *entities = json_get(text.n ? note : post, "entities");
    if (!text.n)
        text = json_get_str(post, "text");
    if (!is_id(n.id) || !text.n) {
        sink->bad(sink->ctx, text, tr("the post has no id or no text"));
        return 0;
    }
    n.text = unescape(a, expand(a, text, entities));
    struct str first = n.text, rest = n.text;
    if (str_line_next(&rest, &first) && first.n > TITLE_MAX)
        first.n = str_utf8_clip(first.p, TITLE_MAX);
    n.title = first;
    n.url = feed_printf(a, "https://x.com/%.*s/status/%.*s", STR_ARG(account.n ? account : STR_LIT("i")),
                        STR_ARG(n.id));
    struct str lang = json_get_str(post, "lang");
    if (str_is(lang, "ja") || str_is(lang, "en"))
        n.lang = lang;
    n.published = feed_when(json_get_str(post, "created_at"), ZONE_UTC);
    feed_cves_in_text(a, n.text, &n.cve, &n.cve_n);
    return sink->notice(sink->ctx, &n, e);
}

static int parse_posts(const struct feed_input *in, const struct json *root, struct arena *a,
                       struct feed_sink *sink, struct err *e)
{
    struct err ignored;
    const struct json *c = in->context.n ? json_parse(a, in->context, &ignored) : NULL;
    const struct json *data = json_get(root, "data"), *meta = json_get(root, "meta");
    struct str account = json_get_str(c, "account"), newest = json_get_str(meta, "newest_id"),
               next = json_get_str(meta, "next_token");
    if (!meta && !json_is(data, JSON_ARRAY)) {
        struct str why = json_get_str(root, "detail");
        if (!why.n)
            why = json_get_str(json_at(json_get(root, "errors"), 0), "detail");
        return err_set(e, ERR_INPUT, "%.*s: the answer holds no posts: %.*s", STR_ARG(in->url), STR_ARG(why));
    }
    int rc = 0;
    for (size_t i = 0; i < json_len(data) && rc == 0; i++)
        rc = read_post(a, sink, json_at(data, i), account, e);
    if (rc < 0 || feed_is_file(in))
        return rc;
    /* the first page has the newest post; an empty one leaves the cursor where it was */
    if (str_is(in->kind, "list"))
        sink->cursor(sink->ctx,
                     is_id(newest) ? pack(a, account, json_get_str(c, "user"), newest) : in->context);
    return next.n ? ask_posts(api_of(in->url), in->context, next, a, sink, e) : 0;
}

static int parse(const struct feed_input *in, struct arena *a, struct feed_sink *sink, struct err *e)
{
    struct str bytes;
    int rc = feed_slurp(in, a, &bytes, e);
    if (rc < 0)
        return rc;
    const struct json *root = json_parse(a, bytes, e);
    if (!root)
        return err_prefix(e, "%.*s", STR_ARG(in->url));
    return str_is(in->kind, "user") ? parse_user(in, root, a, sink, e) : parse_posts(in, root, a, sink, e);
}

static bool sniff(struct str head, const char *file_name)
{
    (void)file_name;
    return feed_looks_json(head) && (feed_has(head, "\"edit_history_tweet_ids\"") ||
                                     (feed_has(head, "\"newest_id\"") && feed_has(head, "\"oldest_id\"")));
}

const struct source source_x = {
    .name = "x",
    .title = TR("An account on X"),
    .kind = SOURCE_NOTICE,
    .publisher = "X",
    .default_url = "https://api.x.com/2",
    .key_header = "Authorization",
    .needs_key = true,
    .period_min = 30,
    .stale_hours = 168,
    .min_gap_ms = 1000,
    .max_shrink_pct = 100,
    .page_max = 40,
    .plan = plan,
    .parse = parse,
    .sniff = sniff,
};
