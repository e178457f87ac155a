#include "model/containment.h"

static const char *const event_name[] = {"approved", "refused", "done", "undone", "skipped"};
static const char *const enquiry_name[] = {"sent", "reminded", "answered", "withdrawn"};

const char *containment_event_name(enum containment_event_kind k)
{
    return event_name[k];
}

bool containment_event_by_name(struct str name, enum containment_event_kind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(event_name); i++) {
        if (str_is(name, event_name[i])) {
            *out = (enum containment_event_kind)i;
            return true;
        }
    }
    return false;
}

const char *enquiry_event_name(enum enquiry_event_kind k)
{
    return enquiry_name[k];
}

bool enquiry_event_by_name(struct str name, enum enquiry_event_kind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(enquiry_name); i++) {
        if (str_is(name, enquiry_name[i])) {
            *out = (enum enquiry_event_kind)i;
            return true;
        }
    }
    return false;
}
