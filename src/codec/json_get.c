#include "codec/json.h"

const struct json *json_get(const struct json *v, const char *key)
{
    if (!v || v->type != JSON_OBJECT)
        return NULL;
    size_t n = strlen(key);
    for (uint32_t i = 0; i < v->n; i++)
        if (v->key[i].n == n && memcmp(v->key[i].p, key, n) == 0)
            return &v->item[i];
    return NULL;
}

const struct json *json_at(const struct json *v, size_t i)
{
    return v && v->type == JSON_ARRAY && i < v->n ? &v->item[i] : NULL;
}

size_t json_len(const struct json *v)
{
    return v && v->type == JSON_ARRAY ? v->n : 0;
}

struct str json_str(const struct json *v)
{
    return v && v->type == JSON_STRING ? v->text : str_n("", 0);
}

struct str json_get_str(const struct json *v, const char *key)
{
    return json_str(json_get(v, key));
}

int64_t json_int(const struct json *v, int64_t otherwise)
{
    int64_t i;
    double d;
    if (!v || v->type != JSON_NUMBER)
        return otherwise;
    if (num_i64(v->text, &i))
        return i;
    /* 1e5 and 2.0 are whole numbers too, as far as a double tells them apart. */
    if (num_double(v->text, &d) && d >= -9007199254740992.0 && d <= 9007199254740992.0 &&
        (double)(int64_t)d == d)
        return (int64_t)d;
    return otherwise;
}

double json_double(const struct json *v, double otherwise)
{
    double d;
    return v && v->type == JSON_NUMBER && num_double(v->text, &d) ? d : otherwise;
}

bool json_bool(const struct json *v, bool otherwise)
{
    if (!v || (v->type != JSON_TRUE && v->type != JSON_FALSE))
        return otherwise;
    return v->type == JSON_TRUE;
}

bool json_is(const struct json *v, enum json_event type)
{
    return v && v->type == type;
}
