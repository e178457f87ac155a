#include "assess/scores/ssvc.h"

#include "assess/scores/ssvc_file.h"

int ssvc_column_find(const struct ssvc_table *t, struct str name)
{
    for (size_t i = 0; i < t->column_n; i++)
        if (str_ieq(t->column[i].name, name) || str_ieq(t->column[i].head, name))
            return (int)i;
    return -1;
}

int ssvc_value_find(const struct ssvc_table *t, int column, struct str text)
{
    if (column < 0 || (size_t)column >= t->column_n)
        return -1;
    const struct ssvc_column *c = &t->column[column];
    for (size_t i = 0; i < c->value_n; i++)
        if (str_ieq(c->value[i].text, text) || (c->value[i].code.n && str_ieq(c->value[i].code, text)))
            return (int)i;
    for (size_t i = 0; i < c->alias_n; i++)
        if (str_ieq(c->alias[i].from, text))
            return (int)c->alias[i].to;
    return -1;
}

const char *ssvc_value_list(struct arena *a, const struct ssvc_column *c)
{
    const char *list = "";
    for (size_t i = 0; i < c->value_n; i++)
        list = arena_printf(a, "%s%s" STR_FMT, list, i ? ", " : "", STR_ARG(c->value[i].text));
    return list;
}

static int given_index(const struct ssvc_table *t, const struct ssvc_given *g, int *want, struct err *e)
{
    int column = ssvc_column_find(t, g->column);
    if (column < 0 || (size_t)column == t->column_n - 1)
        return err_set(e, ERR_USAGE, "%s: the decision table has no input column \"%.*s\"", t->file.p,
                       STR_ARG(g->column));
    if (str_empty(g->value))
        return 0;
    want[column] = ssvc_value_find(t, column, g->value);
    if (want[column] >= 0)
        return 0;
    struct arena a = {0};
    int rc = err_set(e, ERR_INPUT, "%s: \"%.*s\" is no value of \"%.*s\" (one of: %s)", t->file.p,
                     STR_ARG(ssvc_clip(g->value)), STR_ARG(t->column[column].name),
                     ssvc_value_list(&a, &t->column[column]));
    arena_release(&a);
    return rc;
}

/* The index of the combination's value in every column, out of its number. */
static void row_split(const struct ssvc_table *t, size_t row, int *index)
{
    for (size_t c = t->column_n - 1; c-- > 0;) {
        index[c] = (int)(row % t->column[c].value_n);
        row /= t->column[c].value_n;
    }
}

static bool row_fits(const int *index, const int *want, size_t n)
{
    for (size_t c = 0; c < n; c++)
        if (want[c] >= 0 && want[c] != index[c])
            return false;
    return true;
}

/* True when rows that differ in this column alone have another outcome. */
static bool column_matters(const struct ssvc_table *t, const int *want, size_t column)
{
    int index[LIMIT_SSVC_COLUMNS];
    size_t step = 1;
    for (size_t c = column + 1; c + 1 < t->column_n; c++)
        step *= t->column[c].value_n;
    for (size_t row = 0; row < t->row_n; row++) {
        row_split(t, row, index);
        if (!row_fits(index, want, t->column_n - 1))
            continue;
        size_t first = row - (size_t)index[column] * step;
        if (t->outcome[row] != t->outcome[first])
            return true;
    }
    return false;
}

int ssvc_decide(const struct ssvc_table *t, const struct ssvc_given *given, size_t n, struct ssvc_answer *out,
                struct err *e)
{
    int want[LIMIT_SSVC_COLUMNS], index[LIMIT_SSVC_COLUMNS];
    size_t inputs = t->column_n - 1, best = SIZE_MAX, worst = 0;
    *out = (struct ssvc_answer){0};
    for (size_t c = 0; c < inputs; c++)
        want[c] = -1;
    for (size_t i = 0; i < n; i++) {
        int rc = given_index(t, &given[i], want, e);
        if (rc < 0)
            return rc;
    }
    for (size_t row = 0; row < t->row_n; row++) {
        row_split(t, row, index);
        if (!row_fits(index, want, inputs))
            continue;
        out->rows++;
        best = MIN(best, t->outcome[row]);
        worst = MAX(worst, t->outcome[row]);
    }
    for (size_t c = 0; c < inputs; c++) {
        if (want[c] >= 0)
            continue;
        out->unknown |= 1U << c;
        if (column_matters(t, want, c))
            out->matters |= 1U << c;
    }
    out->best = &ssvc_outcomes(t)->value[best];
    out->worst = &ssvc_outcomes(t)->value[worst];
    return 0;
}
